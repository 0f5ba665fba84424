// One person's device, as the ledger of a simulated life sees it: what it has written and reported.
import type { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ConversationRecord, HistoryRecord } from '../../../src/client/store/store-port.ts';
import type { Post } from './kept-logs.ts';

export interface Witness {
  readonly name: string;
  readonly kept: MemoryClientStore;
  /** The reports of the current run of the program. */
  toldNow: Set<string>;
  readonly told: Set<string>;
  /** By conversation, for the current log. */
  readonly toldUpTo: Map<string, number>;
  readonly records: Map<string, ConversationRecord>;
  /** The messages on the disk (`placeOf`), and the texts: `conversation text`. */
  readonly posts: Set<string>;
  readonly texts: Set<string>;
  /** The last id of each own text, and the other way round. */
  readonly textOf: Map<string, string>;
  /** What was encrypted and is on the disk in that form. */
  readonly sealed: Set<string>;
}

/** `before`: the same device in the life before this one. */
export function witness(
  name: string,
  kept: MemoryClientStore,
  before: Witness | undefined,
): Witness {
  return {
    name,
    kept,
    toldNow: new Set(),
    told: new Set(before?.told),
    toldUpTo: new Map(before?.toldUpTo),
    records: new Map(before?.records),
    posts: new Set(before?.posts),
    texts: new Set(before?.texts),
    textOf: new Map(before?.textOf),
    sealed: new Set(before?.sealed),
  };
}

/** Identifies a message, even if its number was reused. */
export function placeOf(
  conversation: string,
  { seq, at, from }: Pick<Post | HistoryRecord, 'seq' | 'at' | 'from'>,
): string {
  return `${conversation} ${seq} ${at} ${from}`;
}

/** The conversation of two people. */
export function pairOf(one: string, other: string): string {
  return one < other ? `@${one}+${other}` : `@${other}+${one}`;
}

export function isMember(name: string, conversation: string): boolean {
  return !conversation.startsWith('@') || conversation.slice(1).split('+').includes(name);
}

/** The conversation that a place means for the sender. */
export function conversationAt(place: string, by: string): string {
  return place.startsWith('@') ? pairOf(by, place.slice(1)) : place;
}
