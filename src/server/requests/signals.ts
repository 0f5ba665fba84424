// SIGNAL and MARK [13.14]: passes on that somebody is writing, and how far somebody has read. Keeps nothing of the one, and
// of the other each device's last, in memory only: no file says who read what. Whoever does not say how far they have read
// does not hear it of others. Nothing here holds up a message: who reads slowly is not told, nor is anybody while the store
// is slow, and what comes too often is passed over.

import type { ConnectionId } from '../../hub/effects.ts';
import type { LogId } from '../../hub/records.ts';
import {
  signalPlace,
  type SignalHearer,
  type SignalPlace,
} from '../../hub/messages/signal-hearers.ts';
import type { Hub } from '../../hub/state.ts';
import { invariant } from '../../lib/invariant.ts';
import { formatExtendedEvent, type ExtendedEventOf } from '../../wire/extended/events.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import { parsePlace } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { Clock } from '../clock.ts';

/** Of each kind, in each conversation, a connection may say two at once, and then one in this time, in milliseconds. */
export const signalEveryMs = 5_000;
const signalsAtOnce = 2;
/** In so many conversations at a time. */
export const maxPaced = 64;
/** Whoever has more bytes unread hears nothing. */
export const maxUnreadBytes = 64 * 1024;
/** While the store takes longer than this for one commit, nobody hears anything. */
const maxStoreMs = 500;
/** Marks that are kept, of all conversations. Those of the conversation go in which nobody has read for longest. */
export const maxMarks = 50_000;
/** What one that goes nowhere costs, in bytes: whom it would go to has to be looked up. */
const lookCost = 512;

type Signal = RequestOf<'SIGNAL'> | RequestOf<'MARK'>;
type Mark = ExtendedEventOf<'MARK'>;

export interface SignalPorts {
  /** How much a connection has not read yet. Undefined when it has ended. */
  readonly unsentBytes: (to: ConnectionId) => number | undefined;
  /** How long the store has been busy with a commit, in milliseconds. */
  readonly storeMs: () => number;
  readonly tell: (to: readonly ConnectionId[], line: string) => void;
}

interface KeptMark {
  readonly account: SignalHearer['account'];
  readonly device: string;
  readonly mark: Mark;
}

/** What a connection has said. */
interface Said {
  /** By kind and conversation: when it may say all again. */
  readonly pace: Map<string, number>;
  /** Where it says how far its person has read, and hears the same of others. */
  readonly marks: Set<LogId>;
}

export class Signals {
  readonly #clock: Clock;
  readonly #ports: SignalPorts;
  readonly #said = new Map<ConnectionId, Said>();
  /** By their conversations, the latest last, and by devices. */
  readonly #marks = new Map<LogId, Map<string, KeptMark>>();
  #count = 0;

  constructor(clock: Clock, ports: SignalPorts) {
    this.#clock = clock;
    this.#ports = ports;
  }

  /** How many marks are kept. */
  get size(): number {
    return this.#count;
  }

  /** Passes on what a connection says. Returns why not, or what that costs, in bytes. */
  handle(hub: Hub, connection: ConnectionId, request: Signal): FailureCode | number {
    const place = parsePlace(request.in);
    invariant(place, 'the schema of the request has checked it');
    const found = signalPlace(hub, connection, place);
    if (!found.ok) return found.error;
    const refusal = refusalOf(request, found.value);
    if (refusal !== undefined) return refusal;
    const said = this.#saidBy(connection);
    const { name, others } = found.value;
    if (others === undefined || !this.#mayNow(said.pace, `${request.verb} ${name}`))
      return lookCost;
    return request.verb === 'SIGNAL'
      ? this.#pass(found.value, signalOf(request, found.value), () => true)
      : this.#mark(connection, said, request, found.value);
  }

  /** A connection has ended. */
  leave(connection: ConnectionId): void {
    this.#said.delete(connection);
  }

  #mark(
    connection: ConnectionId,
    said: Said,
    request: RequestOf<'MARK'>,
    place: SignalPlace,
  ): number {
    const { log, from, others = [] } = place;
    invariant(log !== undefined, 'what is not kept has been refused');
    const mark = markOf(request, place);
    this.#keep(log, { account: from.account, device: from.device, mark });
    const told = this.#pass(place, mark, (to) => this.#said.get(to)?.marks.has(log) === true);
    if (said.marks.has(log)) return told;
    if (said.marks.size >= maxPaced) said.marks.clear();
    said.marks.add(log);
    const kept = [...(this.#marks.get(log)?.values() ?? [])].filter(({ account, device }) =>
      others.some((other) => other.account === account && other.devices.includes(device)),
    );
    const lines = kept.map((one) => formatExtendedEvent(one.mark)).join('');
    if (lines !== '') this.#ports.tell([connection], lines);
    return told + lines.length;
  }

  #pass(
    { others = [] }: SignalPlace,
    event: Mark | ExtendedEventOf<'SIGNAL'>,
    hears: (to: ConnectionId) => boolean,
  ): number {
    const line = formatExtendedEvent(event);
    const isFast = (to: ConnectionId): boolean =>
      (this.#ports.unsentBytes(to) ?? Infinity) <= maxUnreadBytes;
    const to = others
      .flatMap(({ connections }) => connections)
      .filter(hears)
      .filter(isFast);
    if (this.#ports.storeMs() > maxStoreMs || to.length === 0) return lookCost;
    this.#ports.tell(to, line);
    return lookCost + line.length * to.length;
  }

  #keep(log: LogId, kept: KeptMark): void {
    const marks = this.#marks.get(log) ?? new Map<string, KeptMark>();
    this.#marks.delete(log);
    this.#marks.set(log, marks);
    if (!marks.has(kept.device)) this.#count += 1;
    marks.set(kept.device, kept);
    for (const [oldest, those] of this.#marks) {
      if (this.#count <= maxMarks || oldest === log) return;
      this.#marks.delete(oldest);
      this.#count -= those.size;
    }
  }

  #saidBy(connection: ConnectionId): Said {
    const known = this.#said.get(connection);
    if (known !== undefined) return known;
    const said: Said = { pace: new Map(), marks: new Set() };
    this.#said.set(connection, said);
    return said;
  }

  /** A token bucket each, as one number: when it is full again. */
  #mayNow(pace: Map<string, number>, key: string): boolean {
    const now = this.#clock.now();
    const fullAt = Math.max(now, pace.get(key) ?? now) + signalEveryMs;
    if (fullAt > now + signalsAtOnce * signalEveryMs) return false;
    if (!pace.has(key) && pace.size >= 2 * maxPaced) {
      for (const [other, at] of pace) if (at <= now) pace.delete(other);
      if (pace.size >= 2 * maxPaced) return false;
    }
    pace.set(key, fullAt);
    return true;
  }
}

/** What is sealed is for rooms, where nothing else is said, and a mark is about a log. */
function refusalOf(request: Signal, { isSealed, log }: SignalPlace): FailureCode | undefined {
  const { sealed, on } = request;
  const seq = request.verb === 'MARK' ? request.seq : undefined;
  if (request.verb === 'MARK' && log === undefined) return 'not-kept';
  if (isSealed) {
    return sealed === undefined || on === undefined || seq !== undefined ? 'malformed' : undefined;
  }
  if (sealed !== undefined || on !== undefined) return 'not-sealed';
  return request.verb === 'MARK' && seq === undefined ? 'malformed' : undefined;
}

function signalOf(
  { sealed, on }: RequestOf<'SIGNAL'>,
  { name, from }: SignalPlace,
): ExtendedEventOf<'SIGNAL'> {
  return { verb: 'SIGNAL', in: name, from: from.name, sealed, on };
}

function markOf({ seq, sealed, on }: RequestOf<'MARK'>, { name, from }: SignalPlace): Mark {
  return { verb: 'MARK', in: name, from: from.name, seq, sealed, on };
}
