// Messages that could not be decrypted: each is requested again once, by its hash. If the sender does not answer in a
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

  /** Whether something is missing, and nothing was received since. */
  get isOpen(): boolean {
    return this.#cancel !== undefined;
  }

  /** Whether there are hashes to request. */
  get hasQuestions(): boolean {
    return this.#toAsk.size > 0;
  }

  /** Records an unreadable message. False for a repeat of a recorded one, or beyond the cap. */
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

  /** Takes the hashes to request. */
  takeQuestions(): string[] {
    const hashes = [...this.#toAsk];
    this.#toAsk.clear();
    return hashes;
  }

  /** The sender answered after everything was requested: they will send what is missing. */
  settle(): void {
    if (!this.hasQuestions) this.stop();
  }

  /** Nothing helped: reports that once. */
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
