// Lines of sessions that are not known (yet): a line can overtake the one with its Welcome. They wait for a moment,
// then they count as unreadable.
import type { SealedMessage } from '../../../e2ee/pair-session.ts';
import type { MessengerContext } from './messenger-context.ts';
import { heldLineMs, maxHeldLinesPerPeer } from './limits.ts';

export interface HeldLine {
  readonly message: SealedMessage;
  readonly bytes: Uint8Array;
}

export class HeldLines {
  readonly #requests: MessengerContext;
  readonly #expired: (line: HeldLine) => Promise<void>;
  readonly #held = new Map<HeldLine, () => void>();

  constructor(requests: MessengerContext, expired: (line: HeldLine) => Promise<void>) {
    this.#requests = requests;
    this.#expired = expired;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Holds `line` until its Welcome comes. False if too many are held. */
  hold(line: HeldLine): boolean {
    if (this.#held.size >= maxHeldLinesPerPeer || !this.#requests.mayHold()) return false;
    const cancel = this.#requests.timers.after(heldLineMs, () => {
      this.#requests.run(async () => {
        if (this.#release(line)) await this.#expired(line);
      });
    });
    this.#held.set(line, cancel);
    return true;
  }

  /** Takes the lines of a session that became known, in the order of arrival. */
  take(groupId: string): HeldLine[] {
    const lines = [...this.#held.keys()].filter(({ message }) => message.groupId === groupId);
    for (const line of lines) this.#release(line);
    return lines;
  }

  stop(): void {
    for (const line of this.#held.keys()) this.#release(line);
  }

  #release(line: HeldLine): boolean {
    const cancel = this.#held.get(line);
    if (cancel === undefined) return false;
    cancel();
    this.#requests.letGo();
    return this.#held.delete(line);
  }
}
