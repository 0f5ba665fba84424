// Delivery: lines -> bytes on transports. Owns who is in which audience and in which form, the lines buffered since
// the last flush, and how much each connection has yet to read. Knows nothing of users, rules, or what lines say.
//
// The cost of delivery is the number of writes, not the bytes (measured: 2.1 µs a write of 80 or of 1,280 bytes). So
// the lines of an audience are encoded once, into one buffer that every member's socket gets in one write; only
// receivers that need something else get a composition of their own.
//
// Invariant: every connection gets its lines in the order in which they were handed in, whatever the audience and the
// form, none twice, none missing, until it is closed.

import type { Audience, ConnectionId, Form } from '../../hub/effects.ts';
import type { Clock } from '../clock.ts';
import type { Origin, Transport } from '../transport/transport.ts';
import { audienceKey, AudienceBuffers, type Lines } from './audience.ts';
import { compose } from './compose.ts';
import { FlushPacer } from './flush-pacer.ts';
import { Receiver, type AudienceBuffer, type DirectPiece } from './receiver.ts';
import { SlowConsumers, type SlowConsumerLimits } from './slow-consumers.ts';

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
  readonly #pacer: FlushPacer;
  readonly #slowReaders: SlowConsumers;
  readonly #receivers = new Map<ConnectionId, Receiver>();
  readonly #audiences = new Map<string, AudienceBuffers>();
  /** Runs of audiences with something to hear. */
  #heldRuns: AudienceBuffer[] = [];
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
    limits: SlowConsumerLimits,
    clock: Clock,
    onSlowReader: (connection: ConnectionId) => void,
  ) {
    this.#pacer = new FlushPacer(clock, () => this.#flush());
    this.#slowReaders = new SlowConsumers(limits, clock, onSlowReader);
  }

  /** What all connections have yet to read, in bytes. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const receiver of this.#receivers.values()) bytes += receiver.transport.unsentBytes;
    return bytes;
  }

  /** How long it takes at present to write to everybody who has something to read, in milliseconds. */
  get flushMs(): number {
    return this.#pacer.flushMs;
  }

  /** How long what is delivered now will wait before it is written, in milliseconds. */
  get holdMs(): number {
    return this.#pacer.holdMs;
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
    return this.transportOf(connection)?.origin;
  }

  /** What carries a connection; undefined once it is closed. */
  transportOf(connection: ConnectionId): Transport | undefined {
    return this.#receivers.get(connection)?.transport;
  }

  /** Writes what is left for a connection, closes it and forgets it. It hears no audience any more. */
  close(connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    this.#settle(receiver);
    for (const buffer of receiver.buffers) buffer.members.delete(receiver);
    receiver.buffers = nothing;
    this.#receivers.delete(connection);
    this.#slowReaders.forget(receiver);
    receiver.transport.end();
  }

  /** From here on the connection hears the audience, in the words of `form`. */
  join(audience: Audience, connection: ConnectionId, form: Form): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    const key = audienceKey(audience);
    let buffers = this.#audiences.get(key);
    if (buffers === undefined) {
      buffers = new AudienceBuffers();
      this.#audiences.set(key, buffers);
    }
    const buffer = buffers.of(form, () => ++this.#runNumber);
    // What was said before it came is not for it; what it has yet to read of other audiences is written first.
    if (buffer.held) this.#settle(receiver);
    buffer.members.add(receiver);
    // concat, for a list that grows or is spread has room for 17 where nearly everybody needs one.
    receiver.buffers = receiver.buffers.concat(buffer);
  }

  /** From here on the connection no longer hears the audience. */
  leave(audience: Audience, connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    const key = audienceKey(audience);
    const buffers = this.#audiences.get(key);
    if (receiver === undefined || buffers === undefined) return;
    const form = buffers.v1?.members.has(receiver) === true ? 'v1' : 'extended';
    const buffer = buffers[form];
    if (buffer === undefined) return;
    // What was said before it left is still for it.
    if (buffer.held) this.#settle(receiver);
    buffer.members.delete(receiver);
    receiver.buffers = receiver.buffers.filter((heard) => heard !== buffer);
    if (buffers.prune(form)) this.#audiences.delete(key);
  }

  /** One line, with its end, to one connection. */
  send(connection: ConnectionId, line: string): void {
    const receiver = this.#receivers.get(connection);
    if (receiver === undefined) return;
    this.#counts.deliveries++;
    if (receiver.append(line, this.#turn)) this.#addressed.push(receiver);
    this.#pacer.request();
  }

  /** How many connections hear an audience in the words of `form`. */
  listeners(audience: Audience, form: Form): number {
    return this.#audiences.get(audienceKey(audience))?.[form]?.members.size ?? 0;
  }

  /** The same to everybody in an audience, each in the own form, but not to `except`. */
  deliver(audience: Audience, lines: Lines, except: ConnectionId | undefined): void {
    const buffers = this.#audiences.get(audienceKey(audience));
    if (buffers === undefined) return;
    // One turn for both forms, so that who hears several audiences hears them in the same order in either.
    const turn = ++this.#turn;
    const speaker = except === undefined ? undefined : this.#receivers.get(except);
    if (speaker !== undefined) speaker.spokeAt = turn;
    this.#hold(buffers.v1, lines.v1, turn, speaker);
    this.#hold(buffers.extended, lines.extended, turn, speaker);
    this.#pacer.request();
  }

  #hold(
    buffer: AudienceBuffer | undefined,
    line: string | undefined,
    turn: number,
    speaker: Receiver | undefined,
  ): void {
    if (buffer === undefined || line === undefined) return;
    if (!buffer.held) this.#heldRuns.push(buffer);
    buffer.append(line, turn, speaker?.id);
    const spoken = speaker !== undefined && buffer.members.has(speaker) ? 1 : 0;
    this.#counts.deliveries += buffer.members.size - spoken;
  }

  /** Writes once to each connection that has something to read. */
  #flush(): void {
    const number = ++this.#flushNumber;
    const heldRuns = this.#heldRuns;
    const addressed = this.#addressed;
    this.#heldRuns = [];
    this.#addressed = [];
    let firstTurn = Infinity;
    for (const buffer of heldRuns)
      firstTurn = Math.min(firstTurn, buffer.lines[0]?.turn ?? Infinity);
    const slow: Receiver[] = [];
    const write = (receiver: Receiver) => {
      if (receiver.flushedAt === number) return;
      receiver.flushedAt = number;
      this.#write(receiver, firstTurn);
      if (this.#slowReaders.isOverSoftMark(receiver)) slow.push(receiver);
      else this.#slowReaders.forget(receiver);
    };
    for (const buffer of heldRuns) for (const receiver of buffer.members) write(receiver);
    for (const receiver of addressed) write(receiver);
    if (this.onFlush !== undefined && heldRuns.length > 0) {
      this.onFlush(heldRuns.reduce((lines, buffer) => lines + buffer.lines.length, 0));
    }
    for (const buffer of heldRuns) buffer.clear();
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
  #shared(receiver: Receiver, held: readonly AudienceBuffer[]): Buffer {
    const [only] = held;
    if (only !== undefined && held.length === 1) return only.shared();
    const key = held.map((buffer) => buffer.number).join(' ');
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

function heldRunsOf(receiver: Receiver): readonly AudienceBuffer[] {
  let only: AudienceBuffer | undefined;
  for (const buffer of receiver.buffers) {
    if (!buffer.held) continue;
    if (only !== undefined) return receiver.buffers.filter(({ held }) => held);
    only = buffer;
  }
  // Nearly always one audience hears something, whatever others somebody is in: nothing is made for that.
  return only?.alone ?? nothing;
}

const nothing: readonly AudienceBuffer[] = [];
