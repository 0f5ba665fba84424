// How a place is written: as what one types in front of a text to send it there. One form for rows, search results
// and exported files, so that scripts can rely on it (helo-chat(1)).

import type { ConversationView } from '../account/conversations.ts';
import { parseConversation, type ConversationName, type Place } from '../../wire/extended/names.ts';
import { sameButCase } from '../people.ts';

/** Nothing for the lobby, `@@lunch ` for a group, `@alice ` for a person. */
export function placeMark(place: Place): string {
  switch (place.kind) {
    case 'lobby':
      return '';
    case 'group':
      return `@@${place.group} `;
    case 'direct':
      return `@${place.user} `;
  }
}

/** The mark of a conversation as the server names it, for `me`. */
export function conversationMark(name: ConversationName, me: string): string {
  const place = parseConversation(name);
  if (place === undefined) return '';
  if (place.kind !== 'direct') return placeMark(place);
  const other = place.people.find((one) => one !== me);
  return other === undefined ? '' : placeMark({ kind: 'direct', user: other });
}

/** The group that is meant by a name in any letter case, where this account knows exactly one such; else as typed. */
export function knownGroup(typed: string, conversations: readonly ConversationView[]): string {
  const groups = conversations.flatMap(({ place }) =>
    place.kind === 'group' ? [place.group] : [],
  );
  return sameButCase(typed, groups);
}
