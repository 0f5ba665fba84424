// Receipts for texts that were shown: gathered for a moment, so that several texts cost one line back, and sent in the
// session of the text, which the sender certainly has.
import type { MessengerContext } from './messenger-context.ts';
import { maxReceipts, maxReceiptSessions, receiptDelayMs } from './limits.ts';

export class LiveReceipts {
  readonly #requests: MessengerContext;
  readonly #give: () => Promise<void>;
  readonly #due = new Map<string, Set<string>>();
  #cancel: (() => void) | undefined;

  /** `give` takes the due receipts and sends them. */
  constructor(requests: MessengerContext, give: () => Promise<void>) {
    this.#requests = requests;
    this.#give = give;
  }

  get isEmpty(): boolean {
    return this.#due.size === 0;
  }

  /** One more text came in the session `groupId`. Beyond the cap it is not recorded, and will be sent again. */
  async add(groupId: string, id: string): Promise<void> {
    const ids = this.#due.get(groupId) ?? new Set();
    if (ids.size === 0 && this.#due.size >= maxReceiptSessions) return;
    this.#due.set(groupId, ids);
    if (ids.size < maxReceipts) ids.add(id);
    if (ids.size >= maxReceipts) await this.#give();
    else {
      this.#cancel ??= this.#requests.timers.after(receiptDelayMs, () => {
        this.#cancel = undefined;
        this.#requests.run(this.#give);
      });
    }
  }

  /** Takes the due receipts: ids by session. */
  take(): readonly (readonly [string, readonly string[]])[] {
    this.stop();
    const due = [...this.#due].map(([groupId, ids]) => [groupId, [...ids]] as const);
    this.#due.clear();
    return due;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
