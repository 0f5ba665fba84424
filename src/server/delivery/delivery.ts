// Delivery: lines -> bytes on transports. Owns who is in which audience and in which form, the lines buffered since the
// last flush, and how much each connection has yet to get. Knows nothing of users, rules, or the content of lines.
//
// The cost of delivery is the number of writes, not the bytes (measured: 2.1 µs a write of 80 or of 1,280 bytes). So
// the lines of an audience are encoded once, into one buffer that every member's socket gets in one write. Only
// receivers that need something else get a composition of their own.
//
// Invariant: every connection gets its lines in the order in which they were delivered, whatever the audience and the
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
  /** Lines delivered to connections. */
  readonly deliveries: number;
  /** Writes to transports. */
  readonly writes: number;
  /** Bytes given to transports. */
  readonly bytes: number;
  /** How often the buffers were written. */
  readonly flushes: number;
}

export class Delivery {
  readonly #pacer: FlushPacer;
  readonly #slowReaders: SlowConsumers;
  readonly #receivers = new Map<ConnectionId, Receiver>();
  readonly #audiences = new Map<string, AudienceBuffers>();
  /** Buffers of audiences with pending lines. */
  #heldBuffers: AudienceBuffer[] = [];
  /** Connections with lines for them alone. */
  #addressed: Receiver[] = [];
  /** Counts the lines of all audiences, so that all lines have one order. */
  #turn = 0;
  #flushNumber = 0;
  #runNumber = 0;
  /** The bytes that members of the same audiences share in this flush, by the numbers of the buffers. */
  readonly #composed = new Map<string, Buffer>();
  readonly #counts = { deliveries: 0, writes: 0, bytes: 0, flushes: 0 };

  /** Called with the number of audience lines in each flush. */
  onFlush: ((lines: number) => void) | undefined;

  /** @param onSlowReader called once for each connection that reads too slowly; expected to close it */
  constructor(
    limits: SlowConsumerLimits,
    clock: Clock,
    onSlowReader: (connection: ConnectionId) => void,
  ) {
    this.#pacer = new FlushPacer(clock, () => this.#flush());
    this.#slowReaders = new SlowConsumers(limits, clock, onSlowReader);
  }

  /** How much all connections have not read yet, in bytes. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const receiver of this.#receivers.values()) bytes += receiver.transport.unsentBytes;
    return bytes;
  }

  /** How long writing to all receivers takes at present, in milliseconds. */
  get flushMs(): number {
    return this.#pacer.flushMs;
  }

  /** How long lines that are delivered now will wait until they are written, in milliseconds. */
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

  /** From now on lines can be sent to the connection. */
  open(connection: ConnectionId, transport: Transport): void {
    this.#receivers.set(connection, new Receiver(connection, transport));
  }

  /** Where a connection comes from. Undefined once it is closed. */
  originOf(connection: ConnectionId): Origin | undefined {
    return this.transportOf(connection)?.origin;
  }

  /** The transport of a connection. Undefined once it is closed. */
  transportOf(connection: ConnectionId): Transport | undefined {
    return this.#receivers.get(connection)?.transport;
  }

  /** Writes what is pending for a connection, closes it and forgets it, in all audiences. */
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

  /** From now on the connection gets the audience's lines, in `form`. */
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
    // Lines from before it joined are not for it. Its pending lines of other audiences are written first.
    if (buffer.held) this.#settle(receiver);
    buffer.members.add(receiver);
    // concat, because an array that grows or is spread allocates room for 17, and nearly every receiver needs one.
    receiver.buffers = receiver.buffers.concat(buffer);
  }

  /** From now on the connection does not get the audience's lines. */
  leave(audience: Audience, connection: ConnectionId): void {
    const receiver = this.#receivers.get(connection);
    const key = audienceKey(audience);
    const buffers = this.#audiences.get(key);
    if (receiver === undefined || buffers === undefined) return;
    const form = buffers.v1?.members.has(receiver) === true ? 'v1' : 'extended';
    const buffer = buffers[form];
    if (buffer === undefined) return;
    // Lines from before it left are still for it.
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

  /** How many connections get an audience's lines in `form`. */
  listeners(audience: Audience, form: Form): number {
    return this.#audiences.get(audienceKey(audience))?.[form]?.members.size ?? 0;
  }

  /** Delivers a message to everybody in an audience except `except`, each in its own form. */
  deliver(audience: Audience, lines: Lines, except: ConnectionId | undefined): void {
    const buffers = this.#audiences.get(audienceKey(audience));
    if (buffers === undefined) return;
    // One turn for both forms, so that the order over several audiences is the same in both.
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
    if (!buffer.held) this.#heldBuffers.push(buffer);
    buffer.append(line, turn, speaker?.id);
    const spoken = speaker !== undefined && buffer.members.has(speaker) ? 1 : 0;
    this.#counts.deliveries += buffer.members.size - spoken;
  }

  /** Writes once to each connection with pending lines. */
  #flush(): void {
    const number = ++this.#flushNumber;
    const heldBuffers = this.#heldBuffers;
    const addressed = this.#addressed;
    this.#heldBuffers = [];
    this.#addressed = [];
    let firstTurn = Infinity;
    for (const buffer of heldBuffers)
      firstTurn = Math.min(firstTurn, buffer.lines[0]?.turn ?? Infinity);
    const slow: Receiver[] = [];
    const write = (receiver: Receiver) => {
      if (receiver.flushedAt === number) return;
      receiver.flushedAt = number;
      this.#write(receiver, firstTurn);
      if (this.#slowReaders.isOverSoftMark(receiver)) slow.push(receiver);
      else this.#slowReaders.forget(receiver);
    };
    for (const buffer of heldBuffers) for (const receiver of buffer.members) write(receiver);
    for (const receiver of addressed) write(receiver);
    if (this.onFlush !== undefined && heldBuffers.length > 0) {
      this.onFlush(heldBuffers.reduce((lines, buffer) => lines + buffer.lines.length, 0));
    }
    for (const buffer of heldBuffers) buffer.clear();
    this.#composed.clear();
    this.#counts.flushes++;
    // Last, because closing a slow reader changes audiences.
    if (slow.length > 0) this.#slowReaders.check(slow);
  }

  /** Writes everything pending for `receiver`. No pending line is older than `firstTurn`. */
  #write(receiver: Receiver, firstTurn: number): void {
    const { pieces } = receiver;
    const held = heldBuffersOf(receiver);
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

  /** The bytes for everybody in the same audiences who sent nothing and has no lines of their own. */
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

  /** Writes a connection's pending lines early, because its audiences are about to change. */
  #settle(receiver: Receiver): void {
    this.#write(receiver, 0);
    receiver.heardUpTo = this.#turn;
  }
}

function heldBuffersOf(receiver: Receiver): readonly AudienceBuffer[] {
  let only: AudienceBuffer | undefined;
  for (const buffer of receiver.buffers) {
    if (!buffer.held) continue;
    if (only !== undefined) return receiver.buffers.filter(({ held }) => held);
    only = buffer;
  }
  // Nearly always one audience of a receiver has pending lines, so this makes no new list for that.
  return only?.alone ?? nothing;
}

const nothing: readonly AudienceBuffer[] = [];
