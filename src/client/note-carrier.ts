// Which engine carries a note about a file: the stored one between accounts whose clients know notes there, the live one
// to everybody else. Whether they do shows when the note is encrypted: until then it waits in the outbox. Owns the ids
// of notes that were handed over. It must not know what notes say.

import type { Username } from '../wire/text.ts';
import type { AccountSync } from './account/account-sync.ts';
import type { NoteNews } from './files/notes/note-news.ts';
import type { LiveMessages, NoteMessage } from './live-messages.ts';

export interface NoteCarrierPorts {
  /** Undefined for guests. */
  readonly account: Pick<AccountSync, 'sendNote'> | undefined;
  readonly live: Pick<LiveMessages, 'sendNote'>;
  readonly receive: (news: NoteNews) => void;
}

/** Notes handed over whose outcome is not known; beyond, the oldest one's is not told. The live engine holds fewer. */
const maxHanded = 1000;

/** Of one login. */
export class NoteCarrier {
  readonly #ports: NoteCarrierPorts;
  /** The ids under which notes were taken, by those of the live engine. */
  readonly #handed = new Map<string, string>();

  constructor(ports: NoteCarrierPorts) {
    this.#ports = ports;
  }

  /** The note's id; nothing where no more are taken. */
  send(to: Username, note: Uint8Array): string | undefined {
    const { account, live } = this.#ports;
    return account === undefined ? live.sendNote(to, note) : account.sendNote(to, note);
  }

  /** The stored engine does not carry that one. */
  handOver(to: Username, id: string, note: Uint8Array): void {
    const liveId = this.#ports.live.sendNote(to, note);
    if (liveId === undefined) {
      const reason = 'no-receipt';
      this.#ports.receive({ type: 'own-note', id, fate: 'not-delivered', reason });
      return;
    }
    this.#handed.set(liveId, id);
    const [oldest] = this.#handed.keys();
    if (this.#handed.size > maxHanded && oldest !== undefined) this.#handed.delete(oldest);
  }

  /** The live engine has heard something. */
  fromLive(news: NoteMessage): void {
    const { receive } = this.#ports;
    if (news.type === 'note') {
      receive({ ...news, isStored: false });
      return;
    }
    const handed = this.#handed.get(news.id);
    if (handed === undefined) {
      receive(news);
      return;
    }
    if (news.fate === 'delivered' || news.fate === 'not-delivered') this.#handed.delete(news.id);
    receive({ ...news, id: handed });
  }
}
