// Tells the timer of a sealed group to devices that enter: they have not read the message that has set it, and what they say
// would stay on every device. Its owners and moderators do, each after another wait: what one of them says holds for
// the others. Nothing of it is the server's word.
import type { Place } from '../../wire/extended/names.ts';
import type { Conversation } from '../account/conversations.ts';
import type { InboxBatch } from '../account/inbox/batch.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { Expiry } from './expiry.ts';
import type { ToldTimer, ToldTimerContent } from './told-timer.ts';

export interface TimerTellingPorts {
  readonly expiry: Pick<Expiry, 'setOf' | 'take'>;
  /** Whether this account may set timers there. */
  readonly isAdmin: (conversation: Conversation) => Promise<boolean>;
  readonly tell: (place: Place, content: ToldTimerContent) => void;
  readonly timers: Timers;
  readonly random: RandomBytes;
}

/** From when a device is in to when it is told: those of all who come in that time are told together. */
const leastMs = 250;
const spreadMs = 15;

export class TimerTelling {
  readonly #ports: TimerTellingPorts;
  /** What ends the wait. */
  readonly #due = new Map<Conversation, () => void>();

  constructor(ports: TimerTellingPorts) {
    this.#ports = ports;
  }

  /** A device has entered. */
  entered(conversation: Conversation): void {
    const { expiry, timers, random } = this.#ports;
    const { name, place } = conversation;
    if (place.kind !== 'group' || this.#due.has(conversation)) return;
    if (expiry.setOf(name) === undefined) return;
    const [share = 0] = random(1);
    const cancel = timers.after(leastMs + spreadMs * share, () => void this.#tell(conversation));
    this.#due.set(conversation, cancel);
  }

  /** Somebody else who may has told it. */
  told(conversation: Conversation, timer: ToldTimer, batch: InboxBatch): void {
    const { expiry } = this.#ports;
    const { name } = conversation;
    const { seconds, at, seq } = timer;
    const own = expiry.setOf(name);
    if (own?.at === at && own.seq === seq && own.seconds === seconds) this.#end(conversation);
    else expiry.take(name, [seconds, at, seq], batch);
  }

  close(): void {
    for (const conversation of this.#due.keys()) this.#end(conversation);
  }

  #end(conversation: Conversation): void {
    this.#due.get(conversation)?.();
    this.#due.delete(conversation);
  }

  async #tell(conversation: Conversation): Promise<void> {
    const { expiry, isAdmin, tell } = this.#ports;
    const may = await isAdmin(conversation);
    const timer = expiry.setOf(conversation.name);
    if (!this.#due.delete(conversation) || !may || timer === undefined) return;
    tell(conversation.place, { kind: 'timer-told', timer });
  }
}
