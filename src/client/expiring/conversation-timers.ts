// The timers of conversations: after which time disappears what is said there. Each is set by a message of the log; the
// latest in the order of the log holds. Kept on the device, and part of what the devices of an account have in common,
// because a device that comes later has not read that message. Judges nothing: who may is decided where lines are read.
import * as v from 'valibot';
import { isExpirySeconds, type ExpirySeconds } from '../../wire/expiry.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { JsonValue } from '../account/own/own-note.ts';
import type { ToldTimer } from './told-timer.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';

/** Conversations whose timers are remembered; of more those are forgotten that were set longest ago. */
const maxTimers = 1_000;
const valueName = 'timers';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Seconds, 0 for none; the server's time, and the number of the message that has set it. */
const timerForm = v.strictTuple([
  v.pipe(
    count,
    v.check((seconds) => seconds === 0 || isExpirySeconds(seconds)),
  ),
  count,
  count,
]);
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(v.tuple([v.string(), timerForm])));

type Timer = v.InferOutput<typeof timerForm>;

export class ConversationTimers {
  /** The one that was set last is the last. */
  readonly #timers = new Map<ConversationName, Timer>();

  constructor(values: readonly KeptValue[]) {
    const kept = values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    for (const [name, timer] of parsed.success ? parsed.output : [])
      this.#put(name as ConversationName, timer);
  }

  of(name: ConversationName): ExpirySeconds | 0 {
    const [seconds = 0] = this.#timers.get(name) ?? [];
    return isExpirySeconds(seconds) ? seconds : 0;
  }

  /** The same with the message that has set it. Undefined where nothing disappears. */
  setOf(name: ConversationName): ToldTimer | undefined {
    const [, at = 0, seq = 0] = this.#timers.get(name) ?? [];
    const seconds = this.of(name);
    return seconds === 0 ? undefined : { seconds, at, seq };
  }

  /** All of them, for a device of the account that knows none. */
  get all(): readonly (readonly [ConversationName, JsonValue])[] {
    return [...this.#timers].map(([name, timer]) => [name, [...timer]] as const);
  }

  /** A message has set one. Whether it is the latest. */
  set(name: ConversationName, seconds: ExpirySeconds | 0, at: number, seq: number): boolean {
    return this.#take(name, [seconds, at, seq]);
  }

  /** Another device knows one. Whether it is later than what is known here. */
  take(name: string, timer: unknown): boolean {
    const given = v.safeParse(timerForm, timer);
    return given.success && this.#take(name as ConversationName, given.output);
  }

  get change(): ClientChange {
    return { type: 'kept-value', name: valueName, value: JSON.stringify([...this.#timers]) };
  }

  #take(name: ConversationName, timer: Timer): boolean {
    const [, at, seq] = timer;
    const [, knownAt = -1, knownSeq = -1] = this.#timers.get(name) ?? [];
    // The server's clock comes first: a log that was put back gives numbers a second time.
    if (at < knownAt || (at === knownAt && seq <= knownSeq)) return false;
    this.#put(name, timer);
    return true;
  }

  #put(name: ConversationName, timer: Timer): void {
    this.#timers.delete(name);
    this.#timers.set(name, timer);
    const [oldest] = this.#timers.keys();
    if (this.#timers.size > maxTimers && oldest !== undefined) this.#timers.delete(oldest);
  }
}
