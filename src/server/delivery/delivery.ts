// Delivery: events of the hub -> bytes on transports. Owns who hears which audience, what has been said in this
// gathering, and how much each connection has yet to read. Knows nothing of users or rules.
//
// The number of writes is what delivery costs, not the bytes (measured: 2.1 µs a write of 80 or of 1,280 bytes).
// So the lines of an audience are encoded once, into one buffer that every member's socket gets as it is, in one
// write; only those who need something else get a composition of their own.
//
// Invariant: every connection gets its events in the order of the hub's effects, nothing twice, nothing left
// out, until it is closed.

import type { Audience, ConnectionId } from '../../hub/effects.ts';
import { formatEvent, type Event } from '../../wire/events.ts';
import type { Clock } from '../clock.ts';
import type { Origin, Transport } from '../transport/transport.ts';
import { compose } from './compose.ts';
import { Pace } from './pace.ts';
import { Receiver, type AudienceRun, type DirectPiece } from './receiver.ts';
import { Run } from './run.ts';
import { SlowReaders, type SlowReaderLimits } from './slow-readers.ts';

/** What delivery has done so far, for the metrics. Counts only grow. */
export interface DeliveryCounts {
  /** Lines handed to connections. */
  readonly deliveries: number;
  /** Writes to transports. */
  readonly writes: number;
  /** Bytes handed to transports. */
  readonly bytes: number;
  /** Times that what was gathered has been written out. */
  readonly flushes: number;
}

export class Delivery {
  readonly #pace: Pace;
  readonly #slowReaders: SlowReaders;
  readonly #receivers = new Map<ConnectionId, Receiver>();
  readonly #audiences = new Map<string, AudienceRun>();
  /** Audiences with something to hear. */
  #heldRuns: AudienceRun[] = [];
  /** Connections with lines for them alone. */
  #addressed: Receiver[] = [];
  /** Counts the lines of all audiences, which puts everything said in order. */
  #turn = 0;
  #flushNumber = 0;
  #runNumber = 0;
  /** What the members of several audiences share in this flush, by the numbers of the runs. */
  readonly #composed = new Map<string, Buffer>();
  readonly #counts = { deliveries: 0, writes: 0, bytes: 0, flushes: 0 };

  /** Told how many lines for audiences each flush writes, by whoever wants to know. */
  onFlush: ((lines: number) => void) | undefined;

  /** @param onSlowReader told once about each connection that reads too slowly; expected to close it */
  constructor(
    limits: SlowReaderLimits,
    clock: Clock,
    onSlowReader: (connection: ConnectionId) => void,
  ) {
    this.#pace = new Pace(clock, () => this.#flush());
    this.#slowReaders = new SlowReaders(limits, clock, onSlowReader);
  }

  /** What all connections have yet to read, in bytes. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const receiver of this.#receivers.values()) bytes += receiver.transport.unsentBytes;
    return bytes;
  }

  get counts(): DeliveryCounts {
    return this.#counts;
  }

  /** How many connections are over the soft mark of unsent bytes. */
  get slowReaders(): number {
    return this.#slowReaders.size;
  }

  /** From here on the connection can be sent to. */
  open(connection: ConnectionId, transport: Transport): void {
    this.#receivers.set(connection, new Receiver(connection, transport));
  }

  /** Where a connection comes from; undefined once it is closed. */
  originOf(connection: ConnectionId): Origin | undefined {
    return this.#receivers.get(connection)?.transport.origin;
  }

  /** Writes what is left for a connection, closes it and forgets it. It hears no audience any more. */
  close(connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    this.#settle(receiver);
    for (const run of receiver.runs) run.members.delete(receiver);
    receiver.runs = nothing;
    this.#receivers.delete(connection);
    this.#slowReaders.forget(receiver);
    receiver.transport.end();
  }

  /** From here on the connection hears the audience. */
  join(audience: Audience, connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    const key = audienceKey(audience);
    let run = this.#audiences.get(key);
    if (run === undefined) {
      run = new Run(++this.#runNumber);
      this.#audiences.set(key, run);
    }
    // What was said before it came is not for it; what it has yet to read of other audiences is written first.
    if (run.held) this.#settle(receiver);
    run.members.add(receiver);
    // concat, for a list that grows or is spread has room for 17 where nearly everybody needs one.
    receiver.runs = receiver.runs.concat(run);
  }

  /** From here on the connection no longer hears the audience. */
  leave(audience: Audience, connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    const key = audienceKey(audience);
    const run = this.#audiences.get(key);
    if (receiver === undefined || run === undefined) return;
    // What was said before it left is still for it.
    if (run.held) this.#settle(receiver);
    run.members.delete(receiver);
    receiver.runs = receiver.runs.filter((heard) => heard !== run);
    if (run.members.size === 0) this.#audiences.delete(key);
  }

  /** One event to one connection. Returns its bytes. */
  send(connection: ConnectionId, event: Event): number {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return 0;
    const line = formatEvent(event);
    this.#counts.deliveries++;
    if (receiver.append(line, this.#turn)) this.#addressed.push(receiver);
    this.#pace.request();
    return line.length;
  }

  /** One event to an audience, but not to `except`. Returns its bytes, counted for everybody who hears it. */
  deliver(audience: Audience, event: Event, except: ConnectionId | undefined): number {
    const run = this.#audiences.get(audienceKey(audience));
    if (run === undefined) return 0;
    if (!run.held) this.#heldRuns.push(run);
    const turn = ++this.#turn;
    const line = formatEvent(event);
    run.append(line, turn, except);
    const speaker = except === undefined ? undefined : this.#receivers.get(except);
    if (speaker !== undefined) speaker.spokeAt = turn;
    const listeners = run.members.size - (speaker === undefined ? 0 : 1);
    this.#counts.deliveries += listeners;
    this.#pace.request();
    return line.length * listeners;
  }

  /** Writes once to each connection that has something to read. */
  #flush(): void {
    const number = ++this.#flushNumber;
    const heldRuns = this.#heldRuns;
    const addressed = this.#addressed;
    this.#heldRuns = [];
    this.#addressed = [];
    let firstTurn = Infinity;
    for (const run of heldRuns) firstTurn = Math.min(firstTurn, run.lines[0]?.turn ?? Infinity);
    const slow: Receiver[] = [];
    const write = (receiver: Receiver) => {
      if (receiver.flushedAt === number) return;
      receiver.flushedAt = number;
      this.#write(receiver, firstTurn);
      if (this.#slowReaders.isOverSoftMark(receiver)) slow.push(receiver);
      else this.#slowReaders.forget(receiver);
    };
    for (const run of heldRuns) for (const receiver of run.members) write(receiver);
    for (const receiver of addressed) write(receiver);
    if (this.onFlush !== undefined && heldRuns.length > 0) {
      this.onFlush(heldRuns.reduce((lines, run) => lines + run.lines.length, 0));
    }
    for (const run of heldRuns) run.clear();
    this.#composed.clear();
    this.#counts.flushes++;
    // Last, since giving a reader up changes who hears what.
    if (slow.length > 0) this.#slowReaders.check(slow);
  }

  /** Writes all that `receiver` has yet to read. No line that is held was said before `firstTurn`. */
  #write(receiver: Receiver, firstTurn: number): void {
    const { pieces } = receiver;
    const held = heldRunsOf(receiver);
    if (held.length === 0 || receiver.heardUpTo >= this.#turn) {
      if (pieces !== undefined) this.#writePieces(receiver, pieces);
      return;
    }
    const whole = Math.max(receiver.heardUpTo, receiver.spokeAt) < firstTurn;
    if (whole && pieces === undefined) {
      this.#writeBytes(receiver, this.#shared(receiver, held));
    } else {
      receiver.pieces = undefined;
      this.#writeBytes(receiver, compose(receiver, held, pieces ?? []));
    }
  }

  /** What everybody in the same audiences reads, who has not spoken and has nothing of their own to read. */
  #shared(receiver: Receiver, held: readonly AudienceRun[]): Buffer {
    const [only] = held;
    if (only !== undefined && held.length === 1) return only.shared();
    const key = held.map((run) => run.number).join(' ');
    const composed = this.#composed.get(key) ?? compose(receiver, held, []);
    this.#composed.set(key, composed);
    return composed;
  }

  #writePieces(receiver: Receiver, pieces: readonly DirectPiece[]): void {
    receiver.pieces = undefined;
    const [only] = pieces;
    const text =
      only !== undefined && pieces.length === 1
        ? only.text
        : pieces.map((piece) => piece.text).join('');
    this.#count(text.length);
    receiver.transport.write(text);
  }

  #writeBytes(receiver: Receiver, bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#count(bytes.length);
    receiver.transport.writeBytes(bytes);
  }

  #count(bytes: number): void {
    this.#counts.writes++;
    this.#counts.bytes += bytes;
  }

  /** Writes all that a connection has yet to read out of turn, because what it hears is about to change. */
  #settle(receiver: Receiver): void {
    this.#write(receiver, 0);
    receiver.heardUpTo = this.#turn;
  }
}

function heldRunsOf(receiver: Receiver): readonly AudienceRun[] {
  const { runs } = receiver;
  const [only] = runs;
  // Nearly everybody hears the lobby alone.
  if (runs.length === 1 && only !== undefined) return only.held ? runs : nothing;
  return runs.filter((run) => run.held);
}

const nothing: readonly AudienceRun[] = [];

function audienceKey(audience: Audience): string {
  // Names of groups hold no space, so no group is taken for the lobby.
  return audience.kind === 'lobby' ? ' lobby' : audience.group;
}
