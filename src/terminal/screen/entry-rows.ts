// One entry of a conversation as rows of the message pane: time, sender, text; wrapped, painted, and remembered for as
// long as neither the entry nor the width changes. Pure but for that memory.

import type { Entry, Said, SentState, Told } from './model.ts';
import { linked, linksIn, type Link } from './links.ts';
import { fit, widthOf, wrap, type Piece } from './text.ts';
import type { Theme } from './theme.ts';

export interface RowStyle {
  readonly width: number;
  readonly theme: Theme;
  /** Whether addresses are links. */
  readonly links: boolean;
}

/** From this width on senders have a column of their own. */
const wideFrom = 64;
const nameColumns = 12;
const timeColumns = 6;

const remembered = new WeakMap<Entry, { readonly style: RowStyle; readonly rows: string[] }>();

/** The rows of `entry`. `style` is the same object for as long as nothing in it changes. */
export function entryRows(entry: Entry, style: RowStyle): readonly string[] {
  const known = remembered.get(entry);
  if (known?.style === style) return known.rows;
  const rows = entry.kind === 'said' ? saidRows(entry, style) : toldRows(entry, style);
  remembered.set(entry, { style, rows });
  return rows;
}

function saidRows(said: Said, style: RowStyle): string[] {
  const { width, theme } = style;
  const time = theme.paint('dim', formatTime(said.at));
  const mark = shape(said, theme);
  const isWide = width >= wideFrom;
  const name = isWide ? padLeft(fit(said.from, nameColumns), nameColumns) : said.from;
  const painted = said.isOwn ? theme.paint('strong', name) : theme.person(said.from, name);
  // Time, mark, name: in columns where there is room, else with the text behind the name.
  const head = isWide ? `${time} ${painted} ${mark} ` : `${time} ${mark}${painted}  `;
  const headColumns = timeColumns + (isWide ? nameColumns + 3 : 1 + widthOf(name) + 2);
  const indent = isWide ? headColumns : Math.min(headColumns, timeColumns + 2);
  const remark = said.remark === undefined ? '' : `(${said.remark}) `;
  const source = `${remark}${said.text}`;
  const paint = (text: string): string =>
    said.namesMe ? theme.paint('mention', text) : said.isOwn ? theme.paint('own', text) : text;
  const pieces = wrap(source, width - headColumns - 1, width - indent - 1);
  const rows = pieces.map((piece, index) => {
    const drawn = drawPiece(
      {
        source,
        remarkEnd: remark.length,
        key: said.key,
        links: style.links ? linksIn(source) : [],
      },
      piece,
      theme,
      paint,
    );
    return index === 0 ? `${head}${drawn}` : `${' '.repeat(indent)}${drawn}`;
  });
  return withState(rows, said.state, style, indent);
}

interface Source {
  readonly source: string;
  /** Up to here it is the remark. */
  readonly remarkEnd: number;
  readonly key: number;
  readonly links: readonly Link[];
}

/** A piece of a message: its remark stands out, its links can be opened. */
function drawPiece(
  { source, remarkEnd, key, links }: Source,
  { start, end }: Piece,
  theme: Theme,
  paint: (text: string) => string,
): string {
  let at = Math.min(Math.max(start, remarkEnd), end);
  let drawn = theme.paint('warning', source.slice(start, at));
  for (const link of links) {
    const [from, to] = [Math.max(at, link.start), Math.min(end, link.end)];
    if (from >= to) continue;
    const target = source.slice(link.start, link.end);
    const text = theme.paint('link', source.slice(from, to));
    drawn += paint(source.slice(at, from)) + linked(text, target, `${key}.${link.start}`);
    at = to;
  }
  return drawn + paint(source.slice(at, end));
}

function toldRows(told: Told, { width, theme }: RowStyle): string[] {
  const role = told.tone === 'warning' ? 'warning' : told.tone === 'notice' ? 'dim' : 'text';
  const mark = told.tone === 'warning' ? '!' : told.tone === 'reply' ? '=' : '*';
  const room = width - timeColumns - 3;
  return wrap(told.text, room, room).map(({ start, end }, index) => {
    const text = theme.paint(role, told.text.slice(start, end));
    const lead = index === 0 ? theme.paint('dim', formatTime(told.at)) : ' '.repeat(5);
    return `${lead} ${theme.paint(role, index === 0 ? mark : ' ')} ${text}`;
  });
}

/** Encrypted or not, as a shape: the word for it stands in the status row. */
function shape({ encrypted, standing }: Said, theme: Theme): string {
  if (!encrypted) return ' ';
  if (standing === 'changed') return theme.paint('warning', '!');
  return theme.paint('good', standing === 'verified' ? '◆' : '◇');
}

const states: Readonly<Record<SentState, string>> = {
  waiting: '…',
  sent: '✓',
  delivered: '✓✓',
  failed: '✗ not delivered',
};

function withState(
  rows: string[],
  state: SentState | undefined,
  { width, theme }: RowStyle,
  indent: number,
): string[] {
  if (state === undefined) return rows;
  const mark = theme.paint(state === 'failed' ? 'warning' : 'dim', states[state]);
  const last = rows.at(-1) ?? '';
  if (widthOf(last) + 1 + widthOf(mark) <= width) rows[rows.length - 1] = `${last} ${mark}`;
  else rows.push(`${' '.repeat(indent)}${mark}`);
  return rows;
}

function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** `HH:MM` of a moment, in local time. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The day of a moment in local time, as a number that is the same all day. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}

/** A rule across the pane with words in it. */
export function rule(label: string, { width, theme }: RowStyle, isUnread: boolean): string {
  const text = ` ${fit(label, width - 6)} `;
  const left = Math.max(2, Math.floor((width - widthOf(text)) / 2));
  const right = Math.max(0, width - left - widthOf(text));
  const line = isUnread ? '━' : '─';
  const [role, words] = isUnread ? (['mention', 'mention'] as const) : (['border', 'dim'] as const);
  return (
    theme.paint(role, line.repeat(left)) +
    theme.paint(words, text) +
    theme.paint(role, line.repeat(right))
  );
}

/** `Monday, 23 November 2026` */
export function formatDay(at: number): string {
  const date = new Date(at);
  const day = dayNames[date.getDay()] ?? '';
  return `${day}, ${date.getDate()} ${monthNames[date.getMonth()] ?? ''} ${date.getFullYear()}`;
}
