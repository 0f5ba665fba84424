// The conversations of the model: the list, the messages of each, and how many are unread. Knows no client;
// timeline-client.ts calls it.

import type { ExpirySeconds } from '../../wire/expiry.ts';
import type { MessageIndex } from './message-index.ts';
import { ItemList } from './item-list.ts';
import {
  lobbyId,
  type ConversationSummary,
  type ConversationId,
  type ConversationKind,
  type Protection,
  type NewMessageItem,
  type NewNotice,
  type MessageItem,
} from './model.ts';

/** One conversation, which changes. */
export interface TimelineConversation {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly name: string;
  readonly log: ItemList;
  unread: number;
  /** Other news there: somebody sends a file. */
  news: number;
  mentions: number;
  protection: Protection;
  /** How often its rules have changed. */
  rules?: number | undefined;
  isHere: boolean | undefined;
  isLeft: boolean;
  /** For a conversation that the device stores. */
  messageIndex: MessageIndex | undefined;
  /** The people who have written there, the most recent last. */
  readonly speakers: Set<string>;
}

/** The most conversations with people. Beyond that, those without messages for longest are removed. */
const maxConversations = 1_000;
const maxSpeakers = 1_000;

export class ConversationBook {
  readonly #kept = new Map<ConversationId, TimelineConversation>();
  readonly #isIgnored: (name: string) => boolean;
  #sorted: readonly ConversationSummary[] | undefined;

  /** `isIgnored`: whom the person does not want to read in the lobby and in groups. */
  constructor(isIgnored: (name: string) => boolean = () => false) {
    this.#isIgnored = isIgnored;
    this.open('lobby', 'Lobby');
  }

  /** In the order in which they are shown. */
  sorted(
    isReady: (kept: TimelineConversation) => boolean,
    quietAt: (
      kept: TimelineConversation,
    ) => Pick<ConversationSummary, 'mutedUntil' | 'rule' | 'quietMark'>,
    signals: (kept: TimelineConversation) => Partial<ConversationSummary> | undefined,
    timerOf: (kept: TimelineConversation) => ExpirySeconds | 0,
  ): readonly ConversationSummary[] {
    this.#sorted ??= [...this.#kept.values()].sort(order).map((kept) => ({
      id: kept.id,
      kind: kept.kind,
      name: kept.name,
      unread: kept.unread + kept.news,
      mentions: kept.mentions,
      protection: kept.protection,
      isHere: kept.isHere,
      isLeft: kept.isLeft,
      rules: kept.rules,
      isReady: isReady(kept),
      ...quietAt(kept),
      ...signals(kept),
      ...timerIn(timerOf(kept)),
    }));
    return this.#sorted;
  }

  /** Something about a conversation has changed. */
  touched(): void {
    this.#sorted = undefined;
  }

  get(id: ConversationId): TimelineConversation | undefined {
    return this.#kept.get(id);
  }

  get all(): Iterable<TimelineConversation> {
    return this.#kept.values();
  }

  /** The conversation of that kind and name, made if there is none. */
  open(kind: ConversationKind, name: string): TimelineConversation {
    const id = idOf(kind, name);
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    const made: TimelineConversation = {
      id,
      kind,
      name,
      log: new ItemList(),
      unread: 0,
      news: 0,
      mentions: 0,
      protection: kind === 'person' ? 'untried' : 'open',
      isHere: undefined,
      isLeft: false,
      messageIndex: undefined,
      speakers: new Set(),
    };
    this.#kept.set(id, made);
    this.#forgetOne();
    this.touched();
    return made;
  }

  /** `place` may make another item of it, once its key is known. */
  said(
    kept: TimelineConversation,
    said: NewMessageItem,
    place: (said: NewMessageItem, key: number) => NewMessageItem = (same) => same,
  ): MessageItem {
    const entry = kept.log.push((key) => ({ ...place(said, key), key })) as MessageItem;
    if (!said.isOwn) {
      if (said.isSeen !== true && !this.hides(kept, said.from)) {
        kept.unread += 1;
        if (said.namesMe) kept.mentions += 1;
      }
      kept.speakers.delete(said.from);
      kept.speakers.add(said.from);
      const [oldest] = kept.speakers;
      if (kept.speakers.size > maxSpeakers && oldest !== undefined) kept.speakers.delete(oldest);
    }
    this.touched();
    return entry;
  }

  /** Whether what that one says there is hidden. */
  hides({ kind }: TimelineConversation, from: string): boolean {
    return kind !== 'person' && this.#isIgnored(from);
  }

  told(kept: TimelineConversation, told: NewNotice): void {
    kept.log.push((key) => ({ ...told, key }));
    if (told.kind !== 'file' || !told.isOffer) return;
    kept.news += 1;
    this.touched();
  }

  seen(kept: TimelineConversation): boolean {
    if (kept.unread + kept.news === 0) return false;
    kept.unread = 0;
    kept.news = 0;
    kept.mentions = 0;
    this.touched();
    return true;
  }

  /** On another device of this person: so much is unseen. */
  seenElsewhere(kept: TimelineConversation, unread: number): void {
    kept.unread = Math.min(kept.unread, unread);
    kept.mentions = Math.min(kept.mentions, unread);
    this.touched();
  }

  #forgetOne(): void {
    if (this.#kept.size <= maxConversations) return;
    for (const { id, kind, unread, news } of this.#kept.values()) {
      if (kind !== 'person' || unread + news > 0) continue;
      this.#kept.delete(id);
      return;
    }
  }
}

function timerIn(seconds: ExpirySeconds | 0): Pick<ConversationSummary, 'timer'> {
  return seconds === 0 ? {} : { timer: seconds };
}

/** The id of the conversation of that kind and name. */
export function idOf(kind: ConversationKind, name: string): ConversationId {
  return kind === 'lobby' ? lobbyId : kind === 'group' ? `#${name}` : `@${name}`;
}

const ranks: Readonly<Record<ConversationKind, number>> = { lobby: 0, group: 1, person: 2 };

function order(one: TimelineConversation, other: TimelineConversation): number {
  const byKind = ranks[one.kind] - ranks[other.kind];
  if (byKind !== 0) return byKind;
  const [first, second] = [one.name.toLowerCase(), other.name.toLowerCase()];
  return first < second ? -1 : first > second ? 1 : 0;
}
