// One item of a conversation as rows of the message pane: time, sender, text; wrapped, painted, and cached while
// neither the item nor the width changes. Pure except for that cache. A long item has a maximum of rows; an overlay
// shows the rest. A name is always shown whole, or two people would look alike.

import { stripVTControlCharacters } from 'node:util';
import type { TimelineItem, MessageItem, NoticeItem } from '../../../client/timeline/model.ts';
import { unreachable } from '../../../lib/invariant.ts';
import { contentWords } from '../../../client/wording/content-words.ts';
import { deletedWords } from '../../../client/wording/amended-words.ts';
import { formatTime } from '../../../client/wording/moment-words.ts';
import { sentWords } from '../../../client/wording/protection-words.ts';
import { linksIn, maxAddress, type Link } from '../../../client/wording/links.ts';
import { reactionRows, replyRow } from './amended-rows.ts';
import { linked } from './osc-links.ts';
import { styled, type StyledPart } from './styled.ts';
import { fit, pad, widthOf, widthUpTo, wrap, type TextSlice } from './text.ts';
import type { Role, Theme } from './theme.ts';

export interface RowStyle {
  readonly width: number;
  readonly theme: Theme;
  /** Whether addresses are links. */
  readonly links: boolean;
}

/** From this width on, senders have their own column. */
const wideFrom = 64;
const nameColumns = 12;
const timeColumns = 6;
/** The most rows of one item. After them a row says how much more there is. */
export const maxEntryRows = 40;

interface Remembered {
  readonly style: RowStyle;
  readonly rows: readonly string[];
  readonly isCut: boolean;
}

const remembered = new WeakMap<TimelineItem, Remembered>();

/** The rows of `entry`. `style` must be the same object while nothing in it changes. */
export function entryRows(entry: TimelineItem, style: RowStyle): readonly string[] {
  return drawn(entry, style).rows;
}

/** Whether `entry` has more text than its rows show. */
export function isCut(entry: TimelineItem, style: RowStyle): boolean {
  return drawn(entry, style).isCut;
}

function drawn(entry: TimelineItem, style: RowStyle): Remembered {
  const known = remembered.get(entry);
  if (known?.style === style) return known;
  const fresh = { style, ...rowsOf(entry, style) };
  remembered.set(entry, fresh);
  return fresh;
}

type Drawn = Omit<Remembered, 'style'>;

function rowsOf(item: TimelineItem, style: RowStyle): Drawn {
  switch (item.kind) {
    case 'message': {
      const words = item.deleted === undefined ? contentWords(item.content) : deletedWords(item);
      return saidRows({ ...item, words }, style);
    }
    case 'unreadable': {
      const { from, why } = item;
      if (from === undefined) return noticeRows({ ...item, tone: 'warning', text: why }, style);
      const nothing = { words: '', namesMe: false, state: undefined };
      return saidRows({ ...item, ...nothing, from, remark: `cannot be read: ${why}` }, style);
    }
    case 'notice':
    case 'file':
      return noticeRows(item, style);
    default:
      return unreachable(item);
  }
}

/** What somebody said, as it is drawn. */
interface Said extends Omit<MessageItem, 'kind' | 'content'> {
  readonly words: string;
}

type Notice = Pick<NoticeItem, 'at' | 'tone' | 'text'>;

interface Head {
  /** The name above the text, if there is no room beside it. */
  readonly above: readonly string[];
  /** What comes before the first row of the text, and its columns. */
  readonly lead: string;
  readonly leadColumns: number;
  /** The indent of its other rows. */
  readonly indent: number;
}

/** Time, mark and name: in columns if there is room, otherwise with the text after the name or below it. */
function headOf(said: Said, { width, theme }: RowStyle): Head {
  const time = formatTime(said.at);
  const dimTime = theme.paint('dim', time);
  const mark = shape(said, theme);
  const { from } = said;
  const paint = (name: string): string =>
    said.isOwn ? theme.paint('strong', name) : theme.person(from, name);
  const length = widthOf(from);
  if (width >= wideFrom) {
    const indent = timeColumns + nameColumns + 3;
    const gap = ' '.repeat(Math.max(0, nameColumns - length));
    if (length <= nameColumns) {
      const lead = `${dimTime} ${gap}${paint(from)} ${mark} `;
      return { above: [], lead, leadColumns: indent, indent };
    }
    const lead = `${' '.repeat(indent - 2)}${mark} `;
    return { above: [`${dimTime} ${paint(from)}`], lead, leadColumns: indent, indent };
  }
  const leadColumns = timeColumns + 1 + length + 2;
  if (leadColumns + minBesideName <= width) {
    const lead = `${dimTime} ${mark}${paint(from)}  `;
    return { above: [], lead, leadColumns, indent: Math.min(leadColumns, timeColumns + 2) };
  }
  const indent = Math.min(timeColumns + 2, Math.floor(width / 4));
  const above =
    timeColumns + 1 + length <= width
      ? [`${dimTime} ${mark}${paint(from)}`]
      : [
          `${theme.paint('dim', fit(time, width))}${width > timeColumns ? ` ${mark}` : ''}`,
          ...slices(from, width).map(paint),
        ];
  return { above, lead: ' '.repeat(indent), leadColumns: indent, indent };
}

/** If a name leaves fewer columns for text than this, the name goes above the text. */
const minBesideName = 8;

/** A name, which is ASCII, in rows of at most `columns`. */
export function slices(name: string, columns: number): string[] {
  const length = Math.max(1, columns);
  const rows: string[] = [];
  for (let at = 0; at < name.length; at += length) rows.push(name.slice(at, at + length));
  return rows;
}

function saidRows(said: Said, style: RowStyle): Drawn {
  const { width, theme } = style;
  const { above, lead, leadColumns, indent } = headWithReply(said, style);
  const remark = said.remark === undefined ? '' : `(${said.remark}) `;
  const { text: source, parts: styles } = styled(remark, said.words);
  const role = roleOf(said);
  const pieces = wrap(source, width - leadColumns - 1, width - indent - 1, maxEntryRows);
  const shownEnd = pieces.at(-1)?.end ?? 0;
  const links = style.links ? linksIn(source.slice(0, shownEnd + maxAddress)) : [];
  const parts = { source, remarkEnd: remark.length, key: said.key, links, styles, role } as const;
  let last = 0;
  const rows = pieces.map((piece, index) => {
    const before = index === 0 ? leadColumns : indent;
    const room = width - before;
    const columns = widthUpTo(source.slice(piece.start, piece.end), room);
    last = before + Math.min(columns, room);
    // A single character that is wider than the pane.
    const text = columns > room ? fit('…', room) : drawPiece(parts, piece, theme);
    return `${index === 0 ? lead : ' '.repeat(indent)}${text}`;
  });
  const more = restRow(source, shownEnd, indent, style);
  if (more !== undefined) {
    rows.push(more);
    last = width;
  }
  const below = reactionRows(said.reactions ?? [], indent, style);
  return {
    rows: [...above, ...withMarks({ rows, last }, said, style, indent), ...below],
    isCut: more !== undefined,
  };
}

function roleOf({ deleted, namesMe, isOwn }: Said): Role {
  if (deleted !== undefined) return 'dim';
  return namesMe ? 'mention' : isOwn ? 'own' : 'text';
}

/** The head, and behind it what the message answers, in a row of its own. */
function headWithReply(said: Said, style: RowStyle): Head {
  const head = headOf(said, style);
  if (said.reply === undefined || said.deleted !== undefined) return head;
  const { lead, leadColumns, indent } = head;
  const row = replyRow(said.reply, style.width - leadColumns, style);
  const above = [...head.above, `${lead}${row}`];
  return { above, lead: ' '.repeat(indent), leadColumns: indent, indent };
}

/** How much of `text` follows after `end`, and how to read it. Undefined if nothing does. */
function restRow(
  text: string,
  end: number,
  indent: number,
  { width, theme }: RowStyle,
): string | undefined {
  const left = text.length - end;
  if (left <= 0 || text.slice(end).trim() === '') return undefined;
  const words = `… ${left.toLocaleString('en')} more characters, /full shows all`;
  return `${' '.repeat(indent)}${theme.paint('key', fit(words, width - indent))}`;
}

interface Source {
  readonly source: string;
  /** The remark ends here. */
  readonly remarkEnd: number;
  readonly key: number;
  readonly links: readonly Link[];
  readonly styles: readonly StyledPart[];
  readonly role: Role;
}

/** A piece of a message: its remark is emphasised, it has its styles, and its links can be opened. */
function drawPiece(said: Source, { start, end }: TextSlice, theme: Theme): string {
  const { source, remarkEnd, key, links, styles, role } = said;
  const from = Math.min(Math.max(start, remarkEnd), end);
  let row = theme.paint('warning', source.slice(start, from));
  const paint = (at: number, to: number): void => {
    for (const part of styles) {
      const [first, last] = [Math.max(at, part.start), Math.min(to, part.end)];
      if (first < last) row += theme.paintAll([role, ...part.styles], source.slice(first, last));
    }
  };
  let at = from;
  for (const link of links) {
    const [first, last] = [Math.max(at, link.start), Math.min(end, link.end)];
    if (first >= last) continue;
    paint(at, first);
    const target = source.slice(link.start, link.end);
    const text = theme.paint('link', source.slice(first, last));
    row += linked(text, target, `${key}.${link.start}`);
    at = last;
  }
  paint(at, end);
  return row;
}

function noticeRows(notice: Notice, style: RowStyle): Drawn {
  const { width, theme } = style;
  const role = notice.tone === 'warning' ? 'warning' : notice.tone === 'notice' ? 'dim' : 'text';
  const mark = notice.tone === 'warning' ? '!' : notice.tone === 'reply' ? '=' : '*';
  const isTiny = width < timeColumns + minBesideName;
  const indent = isTiny ? Math.min(2, Math.floor(width / 3)) : timeColumns + 2;
  const room = width - indent - (isTiny ? 0 : 1);
  const pieces = wrap(notice.text, room, room, maxEntryRows);
  const rows = pieces.map(({ start, end }, index) => {
    const text = theme.paint(role, fit(notice.text.slice(start, end), width - indent));
    const before = index === 0 ? `${mark} `.slice(0, Math.min(2, indent)) : '';
    const time =
      index === 0 ? theme.paint('dim', formatTime(notice.at)) : ' '.repeat(timeColumns - 1);
    const lead = isTiny ? '' : `${time} `;
    return `${lead}${theme.paint(role, before.padEnd(Math.min(2, indent)))}${text}`;
  });
  const more = restRow(notice.text, pieces.at(-1)?.end ?? 0, indent, style);
  return { rows: more === undefined ? rows : [...rows, more], isCut: more !== undefined };
}

/** Whether it is encrypted, as a shape. The status row has the word. */
function shape({ encrypted, standing }: Said, theme: Theme): string {
  if (!encrypted) return ' ';
  if (standing === 'changed') return theme.paint('warning', '!');
  return theme.paint('good', standing === 'verified' ? '◆' : '◇');
}

/** Behind the text, or below it where there is no room: that it was edited, and what has become of it. */
function withMarks(
  { rows, last }: { readonly rows: string[]; readonly last: number },
  { edited, expiresAt, pinned, state, readBy, isChanging }: Said,
  { width, theme }: RowStyle,
  indent: number,
): string[] {
  const marks = [
    ...(expiresAt === undefined ? [] : ['⧗']),
    ...(pinned === undefined ? [] : ['(pinned)']),
    ...(edited === undefined ? [] : ['(edited)']),
    ...(state === undefined ? [] : [sentWords[state]]),
    ...(readBy === undefined || state === 'read' ? [] : [`read by ${readBy.count}`]),
    ...(isChanging === true && state !== 'waiting' ? [sentWords.waiting] : []),
  ];
  if (marks.length === 0) return rows;
  const words = marks.join(' ');
  const mark = theme.paint(state === 'failed' ? 'warning' : 'dim', fit(words, width - indent));
  if (last + 1 + widthOf(words) <= width) rows[rows.length - 1] = `${rows.at(-1) ?? ''} ${mark}`;
  else rows.push(`${' '.repeat(indent)}${mark}`);
  return rows;
}

/** The rows of the message that the person has chosen: in one colour, and with a sign, for terminals without. */
export function chosenRows(rows: readonly string[], { width, theme }: RowStyle): readonly string[] {
  return rows.map((row, index) => {
    const text = stripVTControlCharacters(row);
    const marked = text.charAt(timeColumns - 1) === ' ' && width > timeColumns;
    const at = marked ? timeColumns - 1 : 0;
    const shown = index === 0 ? `${text.slice(0, at)}▸${text.slice(at + 1)}` : text;
    return theme.paint('chosen', pad(shown, width));
  });
}

/** A rule across the pane with words in it. */
export function rule(label: string, { width, theme }: RowStyle, isUnread: boolean): string {
  const text = fit(` ${fit(label, width - 6)} `, width);
  const left = Math.min(
    Math.max(2, Math.floor((width - widthOf(text)) / 2)),
    width - widthOf(text),
  );
  const right = Math.max(0, width - left - widthOf(text));
  const line = isUnread ? '━' : '─';
  const [role, words] = isUnread ? (['mention', 'mention'] as const) : (['border', 'dim'] as const);
  return (
    theme.paint(role, line.repeat(left)) +
    theme.paint(words, text) +
    theme.paint(role, line.repeat(right))
  );
}
