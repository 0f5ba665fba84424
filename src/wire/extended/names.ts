// How the extended protocol names a conversation, and a message of a sender: `lobby`, `#group`, `@person` when a
// client names a place, `@alice+bob` when the server names a conversation; `stream.number` for a sent message.

import type { Brand } from '../../lib/brand.ts';
import { parseGroupName, parseUsername, type GroupName, type Username } from '../text.ts';

/** Where a client writes to or reads from. */
export type Place =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'group'; readonly group: GroupName }
  | { readonly kind: 'direct'; readonly user: Username };

/** `text` as the place that it names, or undefined. */
export function parsePlace(text: string): Place | undefined {
  if (text === 'lobby') return { kind: 'lobby' };
  const group = text.startsWith('#') ? parseGroupName(text.slice(1)) : undefined;
  if (group !== undefined) return { kind: 'group', group };
  const user = text.startsWith('@') ? parseUsername(text.slice(1)) : undefined;
  return user === undefined ? undefined : { kind: 'direct', user };
}

/** The inverse of `parsePlace`. */
export function formatPlace(place: Place): string {
  switch (place.kind) {
    case 'lobby':
      return 'lobby';
    case 'group':
      return `#${place.group}`;
    case 'direct':
      return `@${place.user}`;
  }
}

/** The name of a conversation, the same for everybody in it: `lobby`, `#group`, `@alice+bob`; `@alice` is alice's own. */
export type ConversationName = Brand<string, 'ConversationName'>;

export const lobbyName = 'lobby' as ConversationName;

/** The group that a sealed lobby is [13.9]. No group that anybody makes has this name. */
export const lobbyGroup = '*' as GroupName;

/** What the charter of a sealed private conversation calls it: its name. No group that anybody makes has such a name. */
export function conversationGroup(name: ConversationName): GroupName {
  return name as string as GroupName;
}

/** Whether a name is that of a conversation of two accounts, or of one with itself. */
export function isPrivateConversation(name: ConversationName): boolean {
  return name.startsWith('@');
}

/** The name of a group's conversation, or of what a charter calls so. */
export function groupConversation(group: GroupName): ConversationName {
  if (group === lobbyGroup) return lobbyName;
  return (group.startsWith('@') ? group : `#${group}`) as ConversationName;
}

/** The group of a place. The lobby is one where it is sealed. */
export function groupAt(place: Place | undefined): GroupName | undefined {
  if (place?.kind === 'lobby') return lobbyGroup;
  return place?.kind === 'group' ? place.group : undefined;
}

/** A group's name in a statement or in the store: also that of the sealed lobby. */
export function parseAnyGroupName(text: string): GroupName | undefined {
  return text === lobbyGroup ? lobbyGroup : parseGroupName(text);
}

/** The name in a charter: of a group, or of a private conversation. */
export function parseRosterName(text: string): GroupName | undefined {
  const isPrivate = parseConversation(text)?.kind === 'direct';
  return isPrivate ? (text as GroupName) : parseAnyGroupName(text);
}

/** The name of the conversation of two people, given in any order, or of somebody with themselves. */
export function directConversation(one: Username, other: Username): ConversationName {
  if (one === other) return `@${one}` as ConversationName;
  const [first, second] = one.toLowerCase() < other.toLowerCase() ? [one, other] : [other, one];
  return `@${first}+${second}` as ConversationName;
}

/** The name of the conversation that a place is for `me`. */
export function conversationOf(me: Username, place: Place): ConversationName {
  switch (place.kind) {
    case 'lobby':
      return lobbyName;
    case 'group':
      return groupConversation(place.group);
    case 'direct':
      return directConversation(me, place.user);
  }
}

/** What a conversation's name says. */
export type ConversationAddress =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'group'; readonly group: GroupName }
  /** Of an account with itself: the same name twice. */
  | { readonly kind: 'direct'; readonly people: readonly [Username, Username] };

/** `text` as the name of a conversation, or undefined. The names of two people must be in order. */
export function parseConversation(text: string): ConversationAddress | undefined {
  const place = parsePlace(text);
  if (place?.kind === 'lobby' || place?.kind === 'group') return place;
  const [one = '', other = one, more] = text.startsWith('@') ? text.slice(1).split('+') : [];
  const [first, second] = [parseUsername(one), parseUsername(other)];
  if (first === undefined || second === undefined || more !== undefined) return undefined;
  return directConversation(first, second) === text
    ? { kind: 'direct', people: [first, second] }
    : undefined;
}

/** The place that a conversation is for `me`. Undefined if it cannot be one of theirs. */
export function placeOf(me: Username, name: ConversationName): Place | undefined {
  const parsed = parseConversation(name);
  if (parsed?.kind !== 'direct') return parsed;
  const [one, other] = parsed.people;
  if (one === me) return { kind: 'direct', user: other };
  return other === me ? { kind: 'direct', user: one } : undefined;
}

/**
 * The number that a client gives a message: a stream, random for each store of a client, and a number that grows by one
 * with each message. The same number again is the same message.
 */
export interface MessageId {
  readonly stream: string;
  readonly number: number;
}

const messageId = /^([A-Za-z0-9_-]{1,22})\.([1-9]\d{0,14})$/;

const streamForm = /^[A-Za-z0-9_-]{1,22}$/;

/** `text` as the name of a stream, or undefined. */
export function parseStream(text: string): string | undefined {
  return streamForm.test(text) ? text : undefined;
}

/** `text` as `stream.number`, or undefined. */
export function parseMessageId(text: string): MessageId | undefined {
  const found = messageId.exec(text);
  return found === null ? undefined : { stream: found[1] ?? '', number: Number(found[2]) };
}

/** The inverse of `parseMessageId`. */
export function formatMessageId({ stream, number }: MessageId): string {
  return `${stream}.${number}`;
}
