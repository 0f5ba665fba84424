// Messages that could not be decrypted: each is requested again once, by its hash; if the sender does not answer in a
// while, the person is told that something was lost.
import type { MessengerContext } from './messenger-context.ts';
import { maxUnreadLines, recoveryTimeoutMs } from './limits.ts';

export class Recovery {
  readonly #requests: MessengerContext;
  readonly #failed: () => void;
  readonly #toAsk = new Set<string>();
  readonly #known = new Set<string>();
  #cancel: (() => void) | undefined;

  constructor(requests: MessengerContext, failed: () => void) {
    this.#requests = requests;
    this.#failed = failed;
  }

  /** Something is missing, and nothing was heard since. */
  get isOpen(): boolean {
    return this.#cancel !== undefined;
  }

  /** Hashes that are still to be asked for. */
  get hasQuestions(): boolean {
    return this.#toAsk.size > 0;
  }

  /** Notes an unreadable message. False for a repeat of one that is known, or beyond the cap. */
  note(hash: string): boolean {
    if (this.#known.has(hash) || this.#toAsk.size >= maxUnreadLines) return false;
    this.#known.add(hash);
    if (this.#known.size > 2 * maxUnreadLines) {
      const [oldest] = this.#known;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#toAsk.add(hash);
    this.#cancel ??= this.#requests.timers.after(recoveryTimeoutMs, () => {
      this.#requests.run(async () => {
        this.giveUp();
      });
    });
    return true;
  }

  /** Takes out the hashes to ask for. */
  takeQuestions(): string[] {
    const hashes = [...this.#toAsk];
    this.#toAsk.clear();
    return hashes;
  }

  /** The sender was heard from after everything was asked for: what is still missing, they will send. */
  settle(): void {
    if (!this.hasQuestions) this.stop();
  }

  /** Nothing helped: says so, once. */
  giveUp(): void {
    const wasOpen = this.isOpen;
    this.stop();
    if (wasOpen) this.#failed();
  }

  stop(): void {
    this.#toAsk.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
