// Whose files are accepted without asking, and how much of them: from people to whom this user has written, on whichever
// device, or whose key was compared, and from each no more than a limit over all logins, until this user accepts a file of theirs by hand. A
// person who has only written to this user stays a stranger. One for each program; its data is stored.

import { parseConversation } from '../../wire/extended/names.ts';
import type { ClientEvent } from '../client-event.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import { maxAcquaintances } from './limits.ts';
import type { KnownSenderRecord, KnownSenderStore } from './ports.ts';
import type { AskReason } from './transfer.ts';

export class KnownSenders {
  readonly #acceptUpTo: number;
  readonly #store: KnownSenderStore;
  /** By name, the most recent last. */
  #people = new Map<string, KnownSenderRecord>();
  /** The stored data has been read. Writes follow one another. */
  #turn: Promise<void>;
  /** Whether the next write has not begun: further changes go with it. */
  #isWriteDue = false;

  /** @param acceptUpTo in bytes, from one person */
  constructor(acceptUpTo: number, store: KnownSenderStore) {
    this.#acceptUpTo = acceptUpTo;
    this.#store = store;
    this.#turn = this.#load();
  }

  /** Resolves when everything up to now is read and stored. */
  settled(): Promise<void> {
    return this.#turn;
  }

  /** This user has written to `user`. */
  wroteTo(user: string): void {
    if (this.#people.get(user)?.isWrittenTo !== true) this.#put({ user, isWrittenTo: true });
  }

  /**
   * What this client tells its view: this user may have written to somebody from another device, or before this one was
   * theirs. That counts where it was sealed between devices alone: the server could say it of anybody.
   */
  heard(event: ClientEvent): void {
    if (event.type === 'history-taken' && event.wroteTo !== undefined) this.wroteTo(event.wroteTo);
    if (event.type !== 'message' || event.message.place !== 'private') return;
    const { message } = event;
    const { filed } = message;
    if (filed?.own !== true || !message.encrypted || message.key === 'changed') return;
    const place = parseConversation(filed.conversation);
    if (place?.kind !== 'direct') return;
    for (const user of place.people) if (user !== message.from) this.wroteTo(user);
  }

  /** This user has accepted a file of `user` by hand. */
  acceptedFrom(user: string): void {
    this.#put({ user, isWrittenTo: true, takenBytes: 0 });
  }

  /**
   * Why this user must be asked about a file of that size, or undefined. What is accepted without asking is counted.
   */
  judge(user: string, size: number, standing: KeyStanding): AskReason | undefined {
    if (standing === 'changed') return 'key-changed';
    const known = this.#people.get(user);
    if (standing !== 'verified' && known?.isWrittenTo !== true) return 'stranger';
    const takenBytes = (known?.takenBytes ?? 0) + size;
    if (takenBytes > this.#acceptUpTo) return 'large';
    this.#put({ user, takenBytes });
    return undefined;
  }

  async #load(): Promise<void> {
    // Unreadable data counts as empty: that asks more often, never less.
    const kept = await this.#store.load().catch(() => []);
    const meanwhile = this.#people.values();
    this.#people = new Map(kept.map((record) => [record.user, record]));
    for (const { user, takenBytes, isWrittenTo } of meanwhile) {
      const before = this.#people.get(user);
      this.#put({
        user,
        takenBytes: (before?.takenBytes ?? 0) + takenBytes,
        isWrittenTo: isWrittenTo || before?.isWrittenTo === true,
      });
    }
  }

  #put(change: Pick<KnownSenderRecord, 'user'> & Partial<KnownSenderRecord>): void {
    const { user } = change;
    const record = { takenBytes: 0, isWrittenTo: false, ...this.#people.get(user), ...change };
    this.#people.delete(user);
    this.#people.set(user, record);
    const [oldest] = this.#people.keys();
    if (this.#people.size > maxAcquaintances && oldest !== undefined) this.#people.delete(oldest);
    if (this.#isWriteDue) return;
    this.#isWriteDue = true;
    this.#turn = this.#write(this.#turn);
  }

  async #write(before: Promise<void>): Promise<void> {
    await before;
    this.#isWriteDue = false;
    await this.#store.keep([...this.#people.values()]).catch(() => {
      // Then the next login asks again.
    });
  }
}
