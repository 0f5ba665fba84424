// How a place is written: as what one types before a text to send it there. One form for rows, search results and
// exported files, so that scripts can rely on it (helo-chat(1)).

import type { ConversationView } from '../account/conversations.ts';
import { parseConversation, type ConversationName, type Place } from '../../wire/extended/names.ts';
import { sameButCase } from '../people.ts';

/**
 * Stands behind the mark of a group where what was said is sealed. It stands before the sender, where nobody can write
 * it.
 */
const sealedSign = '(sealed) ';

/**
 * Empty for the lobby, `@@lunch ` for a group, `@alice ` for a person; `@@lunch (sealed) ` and `(sealed) ` for what is
 * sealed.
 */
export function placeMark(place: Place, encrypted = false): string {
  switch (place.kind) {
    case 'lobby':
      return encrypted ? sealedSign : '';
    case 'group':
      return `@@${place.group} ${encrypted ? sealedSign : ''}`;
    case 'direct':
      return `@${place.user} `;
  }
}

/** The mark of a conversation, from the server's name for it, for `me`. */
export function conversationMark(name: ConversationName, me: string, encrypted = false): string {
  const place = parseConversation(name);
  if (place === undefined) return '';
  if (place.kind !== 'direct') return placeMark(place, encrypted);
  const other = place.people.find((one) => one !== me);
  return other === undefined ? '' : placeMark({ kind: 'direct', user: other });
}

/** The group that a name in any letter case means, if this account knows exactly one. Otherwise the name as typed. */
export function knownGroup(typed: string, conversations: readonly ConversationView[]): string {
  const groups = conversations.flatMap(({ place }) =>
    place.kind === 'group' ? [place.group] : [],
  );
  return sameButCase(typed, groups);
}
