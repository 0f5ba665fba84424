// The panes at the sides: conversations on the left, people on the right. Pure: from what there is to rows of exactly
// the width. When there are more than fit, the window follows the chosen one.

import { nobodyElse } from './empty-places.ts';
import type { Conversation, ConversationId, Person } from './model.ts';
import { fit, widthOf } from './text.ts';
import type { Theme } from './theme.ts';

export interface Pane {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

/** The index of the first item in a window of `height` that shows `chosen`, of `count` items. */
export function windowStart(count: number, chosen: number, height: number): number {
  if (count <= height) return 0;
  return Math.min(count - height, Math.max(0, chosen - Math.floor(height / 2)));
}

/** The conversations in their window, by row, for drawing and for the mouse. */
export function listedConversations(
  conversations: readonly Conversation[],
  chosen: ConversationId,
  height: number,
): readonly Conversation[] {
  const index = conversations.findIndex(({ id }) => id === chosen);
  const start = windowStart(conversations.length, index, height);
  return conversations.slice(start, start + height);
}

/** The row of one conversation. */
export function conversationRow(
  conversation: Conversation,
  isChosen: boolean,
  { width, theme }: Pane,
): string {
  const { kind, name, unread, mentions, isHere, isLeft, protection } = conversation;
  const sign = kind === 'lobby' ? '≡' : kind === 'group' ? '#' : isHere === true ? '●' : '○';
  const warning = protection === 'changed' ? '!' : '';
  const count = unread === 0 ? '' : `${mentions > 0 ? '@' : ''}${unread > 999 ? '999+' : unread}`;
  const tail = `${warning}${count}`;
  const room = width - 3 - (tail === '' ? 0 : widthOf(tail) + 1) - 1;
  const label = fit(name, room);
  const gap = ' '.repeat(Math.max(0, room - widthOf(label)));
  const plain = ` ${sign} ${label}${gap}${tail === '' ? '' : ` ${tail}`} `;
  if (isChosen) return theme.paint('chosen', `▌${plain.slice(1)}`);
  const role = mentions > 0 ? 'mention' : unread > 0 ? 'unread' : undefined;
  if (role !== undefined) return theme.paint(role, plain);
  if (isLeft || isHere === false) return theme.paint('dim', plain);
  return kind === 'person' ? ` ${theme.paint('good', sign)}${plain.slice(2)}` : plain;
}

/** Half of a row at least is for the name: of what is said behind it the last words go first. */
function tailOf(
  { isMe, isAdmin, isHere, isVerified }: Omit<Person, 'name'>,
  name: string,
  room: number,
): string {
  const marks = [isAdmin && 'admin', isMe && 'you', isVerified && '◆', !isHere && !isMe && 'away'];
  const words = marks.filter((mark) => mark !== false);
  const forName = Math.min(widthOf(name), Math.ceil(room / 2));
  while (words.length > 0 && widthOf(` ${words.join(' ')}`) > room - forName) words.pop();
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

/** The rows of the people in a conversation. */
export function peopleRows(people: readonly Person[], { width, height, theme }: Pane): string[] {
  const shown = people.length <= height ? people : people.slice(0, height - 1);
  const rows = shown.map(({ name, isMe, isAdmin, isHere, isVerified }) => {
    const sign = isHere ? theme.paint('good', '●') : theme.paint('dim', '○');
    const tail = tailOf({ isMe, isAdmin, isHere, isVerified }, name, width - 3);
    const label = fit(name, width - 3 - widthOf(tail));
    const painted = isHere ? theme.person(name, label) : theme.paint('dim', label);
    return ` ${sign} ${painted}${theme.paint('dim', tail)}`;
  });
  if (people.every(({ isMe }) => isMe)) rows.push(theme.paint('dim', fit(` ${nobodyElse}`, width)));
  const more = people.length - shown.length;
  return more > 0 ? [...rows, theme.paint('dim', ` and ${more} more`)] : rows;
}
