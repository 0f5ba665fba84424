// The people of the timeline and their conversations: whether they are online, and how messages to each are
// protected.

import type { Devices } from '../encryption/trust/devices.ts';
import { parseUsername } from '../../wire/text.ts';
import type { ConversationBook, TimelineConversation } from './conversation-book.ts';
import type { Protection } from './model.ts';
import type { ShownPresence } from './presence.ts';

export interface TimelinePeopleOptions {
  readonly book: ConversationBook;
  readonly here: ShownPresence;
  readonly devices: Pick<Devices, 'of'>;
  /** Something has changed. */
  readonly changed: () => void;
}

const protections = { compared: 'verified', seen: 'encrypted', changed: 'changed' } as const;

export class TimelinePeople {
  readonly #options: TimelinePeopleOptions;
  /** People whose keys were compared. */
  readonly verified = new Set<string>();

  constructor(options: TimelinePeopleOptions) {
    this.#options = options;
  }

  /** Somebody's presence has changed. */
  changed(): void {
    const { book, here, changed } = this.#options;
    for (const kept of book.all) {
      if (kept.kind === 'person') kept.isHere = here.isHere(kept.name);
    }
    book.touched();
    changed();
  }

  /** Something came from that person just now. */
  receive(name: string): void {
    const { book, here } = this.#options;
    here.cameFrom(name);
    const kept = book.get(`@${name}`);
    if (kept === undefined || kept.isHere === true) return;
    kept.isHere = here.isHere(name);
    book.touched();
  }

  /** The conversation with somebody. */
  person(name: string): TimelineConversation {
    const { book, here } = this.#options;
    const kept = book.open('person', name);
    kept.isHere = here.isHere(name);
    return kept;
  }

  /** A person's conversation is opened: the key that this device knows them by says how it is protected. */
  async recall({ kind, name, protection }: TimelineConversation): Promise<void> {
    const { book, devices } = this.#options;
    if (kind !== 'person' || protection !== 'untried') return;
    // An unreadable key is reported where something is to be sent.
    const peer = await devices.of(name).catch(() => undefined);
    // What came meanwhile is newer.
    if (peer === undefined || book.get(`@${name}`)?.protection !== 'untried') return;
    this.protect(name, protections[peer.standing]);
  }

  /** Sets how messages to a person are protected from now on. */
  protect(name: string, protection: Protection): void {
    const user = parseUsername(name);
    if (user === undefined) return;
    const { book, here, changed } = this.#options;
    this.person(user).protection = protection;
    if (protection === 'verified') this.verified.add(name);
    else this.verified.delete(name);
    here.touched();
    book.touched();
    changed();
  }
}
