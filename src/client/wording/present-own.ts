// The state of an account's own messages, in words: nothing if all is well, and in a group the line that version 1
// prints, because its sender is a member too [7.8].

import { contentWords } from './content-words.ts';
import type { ClientEvent, OwnMessage } from '../client-event.ts';
import { soft, type SoftCode } from '../../wire/replies.ts';
import type { Place } from '../../wire/extended/names.ts';
import type { Marks } from './place-marks.ts';
import { replied, said, warning, type PrintedLine } from './printed-line.ts';

/** Version 1's replies for codes of the extended protocol. */
const v1Replies: Readonly<Record<string, SoftCode>> = {
  'no-such-place': 'no-such-group',
  'not-a-member': 'not-allowed-to-write',
};

/** The lines for an own message. */
export function presentOwn(message: OwnMessage, marks: Marks): readonly PrintedLine[] {
  const { place, state, from, reason } = message;
  const text = contentWords(message.content);
  if (state === 'stored' && place.kind === 'group')
    return said('group', from, text, { mark: marks.ofPlace(place, message.encrypted) });
  if (state !== 'refused') return [];
  const reply = v1ReplyTo(message);
  if (reply !== undefined) return [replied(soft.templates[reply])];
  // Then the live conversation has reported the reason.
  if (reason === undefined) return [];
  return [warning(`not sent${whereTo(place)}, ${reason}: "${excerpt(text)}"`)];
}

/** What another program has this one say. The lines of a group come back to its members, and are printed then [7.8]. */
export function presentSaidBeside(
  { place, from, text }: Extract<ClientEvent, { readonly type: 'said-beside' }>,
  marks: Marks,
): readonly PrintedLine[] {
  if (place.kind === 'group') return [];
  const kind = place.kind === 'lobby' ? 'lobby' : 'private';
  const mark = marks.ofPlace(place, place.kind === 'direct');
  return said(kind, from, text, { mark });
}

/** Version 1's reply to a refused text, if it has one. */
export function v1ReplyTo({ place, code = '' }: OwnMessage): SoftCode | undefined {
  return place.kind === 'group' ? v1Replies[code] : undefined;
}

/** ` to bob`, ` to the group lunch`, empty for the lobby. */
export function whereTo(place: Place): string {
  switch (place.kind) {
    case 'lobby':
      return '';
    case 'group':
      return ` to the group ${place.group}`;
    case 'direct':
      return ` to ${place.user}`;
  }
}

const maxExcerpt = 40;

/** The beginning of a text. */
export function excerpt(text: string): string {
  const characters = Array.from(text);
  return characters.length <= maxExcerpt
    ? text
    : `${characters.slice(0, maxExcerpt - 1).join('')}…`;
}
