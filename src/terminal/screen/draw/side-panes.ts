// The panes at the sides: conversations on the left, people on the right. Pure: from the model to rows of exactly the
// width. If there are more than fit, the window follows the selected one.

import { nobodyElse } from './empty-places.ts';
import { slices } from './item-rows.ts';
import { callsIn } from '../../../client/timeline/attention.ts';
import type {
  ConversationSummary,
  ConversationId,
  RosterPerson,
} from '../../../client/timeline/model.ts';
import { conversationSign } from '../../../client/wording/protection-words.ts';
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

/** A row of the list, and its conversation: for drawing and for the mouse. */
export interface ListedRow {
  readonly conversation: ConversationSummary;
  readonly text: string;
}

/**
 * The conversations in their window. A name has as many rows as it needs: if it were cut, two people could look the
 * same.
 */
export function listedRows(
  conversations: readonly ConversationSummary[],
  chosen: ConversationId,
  pane: Pane,
): readonly ListedRow[] {
  const { height } = pane;
  const index = conversations.findIndex(({ id }) => id === chosen);
  const start = windowStart(conversations.length, index, height);
  const rows = conversations.slice(start, start + height).flatMap((conversation) =>
    conversationRows(conversation, conversation.id === chosen, pane).map((text) => ({
      conversation,
      text,
    })),
  );
  const first = rows.findIndex(({ conversation }) => conversation.id === chosen);
  const top = windowStart(rows.length, first, height);
  return rows.slice(top, top + height);
}

/** The rows of one conversation. */
function conversationRows(
  conversation: ConversationSummary,
  isChosen: boolean,
  { width, theme }: Pane,
): readonly string[] {
  const { kind, name, unread, mentions, isHere, isLeft, protection, mutedUntil, rule } =
    conversation;
  const sign = conversationSign(conversation);
  const warning = protection === 'changed' ? '!' : '';
  const count = unread === 0 ? '' : `${mentions > 0 ? '@' : ''}${unread > 999 ? '999+' : unread}`;
  // The count of a muted one is there, and stands out only where something names the person.
  const isQuiet = mutedUntil !== undefined || rule === 'mentions' || rule === 'nothing';
  const quiet = isQuiet ? '~' : rule === 'all' ? '^' : '';
  const tail = `${warning}${quiet}${count}`;
  const room = Math.max(1, width - 4 - (tail === '' ? 0 : widthOf(tail) + 1));
  const calls = callsIn(conversation) > 0;
  const role = !calls ? undefined : mentions > 0 ? 'mention' : 'unread';
  return slices(name, room).map((label, index) => {
    const gap = ' '.repeat(room - label.length);
    const behind = index === 0 ? tail : ' '.repeat(widthOf(tail));
    const own = index === 0 ? sign : ' ';
    const plain = ` ${own} ${label}${gap}${tail === '' ? '' : ` ${behind}`} `;
    if (isChosen) return theme.paint('chosen', `▌${plain.slice(1)}`);
    if (role !== undefined) return theme.paint(role, plain);
    if (isLeft || isHere === false || isQuiet) return theme.paint('dim', plain);
    return kind === 'person' ? ` ${theme.paint('good', own)}${plain.slice(2)}` : plain;
  });
}

/** At least half of a row is for the name. The last words after it are left out first. */
function tailOf(
  { isMe, role, isHere, isVerified }: Omit<RosterPerson, 'name'>,
  name: string,
  room: number,
): string {
  const marks = [role, isMe && 'you', isVerified && '◆', !isHere && !isMe && 'away'];
  const words = marks.filter((mark) => mark !== false && mark !== undefined);
  const forName = Math.min(widthOf(name), Math.ceil(room / 2));
  while (words.length > 0 && widthOf(` ${words.join(' ')}`) > room - forName) words.pop();
  return words.length === 0 ? '' : ` ${words.join(' ')}`;
}

/** The rows of the people in a conversation, each name whole. */
export function peopleRows(
  people: readonly RosterPerson[],
  { width, height, theme }: Pane,
): string[] {
  const rows: string[] = [];
  let shown = 0;
  for (const person of people) {
    const next = personRows(person, width, theme);
    // The last row says how many more there are.
    const room = shown === people.length - 1 ? height : height - 1;
    if (rows.length + next.length > room) break;
    rows.push(...next);
    shown += 1;
  }
  if (people.every(({ isMe }) => isMe)) rows.push(theme.paint('dim', fit(` ${nobodyElse}`, width)));
  const more = people.length - shown;
  return more > 0 ? [...rows, theme.paint('dim', fit(` and ${more} more`, width))] : rows;
}

function personRows(person: RosterPerson, width: number, theme: Theme): readonly string[] {
  const { name, isHere } = person;
  const sign = isHere ? theme.paint('good', '●') : theme.paint('dim', '○');
  const tail = tailOf(person, name, width - 3);
  const room = Math.max(1, width - 3);
  const paint = (label: string): string =>
    isHere ? theme.person(name, label) : theme.paint('dim', label);
  const [first = '', ...others] = slices(name, Math.max(1, room - widthOf(tail)));
  const rest = slices(others.join(''), room).map((label) => `   ${paint(label)}`);
  return [` ${sign} ${paint(first)}${theme.paint('dim', tail)}`, ...rest];
}
