// What a device has stored, as the timeline shows it before there is a client: conversations and their messages. The client
// takes over when it has come, and what was seen until then is told to it. Who is here is unknown until then, and so is
// whatever else only a client knows. Reads; changes nothing.

import type { ExpirySeconds } from '../../wire/expiry.ts';
import type { ConversationView } from '../account/conversations.ts';
import type { ChatClient } from '../chat-client.ts';
import type { PeerDevice } from '../encryption/trust/devices.ts';
import type { Pin } from '../encryption/trust/pin-store.ts';
import type {
  ConversationRecord,
  HistoryRange,
  HistoryRecord,
  PlacedRecord,
} from '../store/store-port.ts';
import { placeOf, type ConversationName, type Place } from '../../wire/extended/names.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { TimelineSource } from './timeline-source.ts';

/** What is stored, to be read. */
export interface StoredHistory {
  readonly conversations: readonly ConversationRecord[];
  /** Whom the person ignores, as account/own/quiet/ignored.ts keeps it; empty for nobody. */
  readonly ignored: string;
  /** The conversations that are known as sealed groups. */
  readonly sealed: ReadonlySet<string>;
  historyRange(
    conversation: ConversationName,
    range: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]>;
  /** The last `limit` messages of a conversation, oldest first. */
  last(conversation: ConversationName, limit: number): Promise<readonly HistoryRecord[]>;
  /** The key by which a person is known. */
  pinOf(user: string): Promise<Pin | undefined>;
}

/** The most messages of a conversation that are looked at for what is unread, as a client does. */
const maxUnreadCounted = 1_000;

type View = ConversationView & { unread: number };

export class StoredSource implements TimelineSource {
  readonly #me: Username;
  readonly #stored: StoredHistory;
  readonly #views: readonly View[];
  readonly #seen = new Set<ConversationName>();
  #client: ChatClient | undefined;
  /** Whether the client has counted what is unread, and can tell of its conversations. */
  #hasCounted = false;

  constructor(me: Username, stored: StoredHistory) {
    this.#me = me;
    this.#stored = stored;
    this.#views = stored.conversations.flatMap((record) => this.#viewOf(record) ?? []);
  }

  /** Whether there is anything to show. Every account is in the lobby. */
  get isEmpty(): boolean {
    return this.#views.length === 0;
  }

  /** Counts what is unread. Resolves with whether there is anything. */
  async count(): Promise<boolean> {
    let isAny = false;
    for (const view of this.#views) {
      if (view.cursor <= view.read) continue;
      const last = await this.#stored.last(view.name, maxUnreadCounted);
      const hides = (from = ''): boolean => view.place.kind !== 'direct' && this.isIgnored(from);
      const isUnread = ({ seq = 0, from }: HistoryRecord) =>
        seq > view.read && from !== this.#me && !hides(from);
      view.unread = last.filter(isUnread).length;
      isAny ||= view.unread > 0;
    }
    return isAny;
  }

  /** The client is there. */
  take(client: ChatClient): void {
    this.#client = client;
    for (const name of this.#seen) client.read(name);
  }

  /** The client has told of its conversations for the first time. */
  counted(): void {
    this.#hasCounted = true;
  }

  get as(): 'account' | 'guest' | undefined {
    if (this.#client !== undefined) return this.#client.as;
    return this.isEmpty ? undefined : 'account';
  }

  get conversations(): readonly ConversationView[] {
    if (this.#client === undefined || !this.#hasCounted) return this.#views;
    return this.#client.conversations;
  }

  get amending() {
    return this.#client?.amending ?? [];
  }

  get root() {
    return this.#client?.root;
  }

  get roster() {
    return this.#client?.roster;
  }

  get people() {
    return this.#client?.people ?? nobody;
  }

  get files() {
    return this.#client?.files;
  }

  readonly devices = { of: (user: string) => this.#deviceOf(user) };

  async historyRange(
    conversation: ConversationName,
    range: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    return (this.#client ?? this.#stored).historyRange(conversation, range, limit);
  }

  read(conversation: ConversationName): void {
    if (this.#client === undefined) this.#seen.add(conversation);
    else this.#client.read(conversation);
  }

  /** Only a client knows the members of one. */
  isSealed(group: GroupName): boolean {
    return this.#client?.isSealed(group) === true;
  }

  async sealedView(group: GroupName) {
    return this.#client?.sealedView(group);
  }

  shownView(group: GroupName) {
    return this.#client?.shownView(group);
  }

  listUsers(): void {
    this.#client?.listUsers();
  }

  get signals() {
    return this.#client?.signals;
  }

  isIgnored(name: string): boolean {
    const { quiet } = this.#client ?? {};
    // Whoever is named there is hidden until the client says who has the name now.
    return (
      quiet?.isIgnored(name) ?? this.#stored.ignored.includes(`["${name.toLowerCase()}",[[true,`)
    );
  }

  get quiet() {
    return this.#client?.quiet;
  }

  timerAt(place: Place): ExpirySeconds | 0 {
    return this.#client?.timerAt(place) ?? 0;
  }

  async #deviceOf(user: string): Promise<PeerDevice | undefined> {
    if (this.#client !== undefined) return this.#client.devices.of(user);
    const pin = await this.#stored.pinOf(user);
    if (pin === undefined) return undefined;
    const standing = pin.verified ? 'compared' : 'seen';
    return { key: pin.key, standing, since: undefined, other: undefined, count: 1 };
  }

  #viewOf({ name, isIn = false, cursor, read }: ConversationRecord): View | undefined {
    const place = placeOf(this.#me, name);
    const isOwn = place?.kind === 'direct' && place.user === this.#me;
    if (place === undefined || isOwn) return undefined;
    const isSealed = this.#stored.sealed.has(name);
    const what = { name, place, isIn, isSealed, isKept: true, admin: undefined };
    return { ...what, unread: 0, cursor, read };
  }
}

const nobody = { names: [] };
