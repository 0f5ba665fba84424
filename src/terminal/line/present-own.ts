// What becomes of what an account says, in words: nothing as long as all is well, and in a group the line that the seed
// prints, because its sender is a member too [7.8].

import type { OwnMessage } from '../../client/client-event.ts';
import { soft, type SoftCode } from '../../wire/replies.ts';
import { replied, said, warning, type PrintedLine } from './printed-line.ts';

/** What the seed answers where the extended protocol has a code. */
const seedReplies: Readonly<Record<string, SoftCode>> = {
  'no-such-place': 'no-such-group',
  'not-a-member': 'not-allowed-to-write',
};

/** The lines for an own message. */
export function presentOwn(message: OwnMessage): readonly PrintedLine[] {
  const { place, state, text, from, code = '', reason } = message;
  if (state === 'stored' && place.kind === 'group') return [said('group', from, text)];
  if (state !== 'refused') return [];
  const seedReply = place.kind === 'group' ? seedReplies[code] : undefined;
  if (seedReply !== undefined) return [replied(soft.templates[seedReply])];
  // Then the live conversation has said why.
  if (reason === undefined) return [];
  const to = place.kind === 'direct' ? ` to ${place.user}` : '';
  return [warning(`not sent${to}, ${reason}: "${excerpt(text)}"`)];
}

const maxExcerpt = 40;

/** The beginning of a text. */
export function excerpt(text: string): string {
  const characters = Array.from(text);
  return characters.length <= maxExcerpt
    ? text
    : `${characters.slice(0, maxExcerpt - 1).join('')}…`;
}
