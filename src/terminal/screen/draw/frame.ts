// The whole screen as rows, from the model and the size. Pure. Panes begin at absolute columns: a character that the
// terminal draws wider than computed does not move what is beside it.

import type { Bindings } from '../input/bindings.ts';
import type { OpenConversation } from '../open-conversation.ts';
import { clipped } from './clipped.ts';
import { rule, slices, type RowStyle } from './item-rows.ts';
import { layOut, narrowColumns, type Column, type Layout, type Wishes } from './layout.ts';
import { isUnspoken, welcome } from './empty-places.ts';
import type { ConversationSummary, Model } from '../../../client/timeline/model.ts';
import { quietMark } from '../../../client/wording/muted-words.ts';
import { timerMark } from '../../../client/wording/timer-words.ts';
import type { Overlay } from '../overlay/overlay.ts';
import { toColumn, type Cursor } from './painter.ts';
import { showWindow, type Shown, type Window } from './scroll.ts';
import { pending, transferRow } from './transfer-rows.ts';
import { listedRows, peopleRows, type ListedRow } from './side-panes.ts';
import { statusRow } from './status-row.ts';
import { pad, wrap } from './text.ts';
import type { Theme } from './theme.ts';

/** The part of a model that is drawn. */
export type ShownModel = Pick<
  Model,
  | 'me'
  | 'server'
  | 'isTls'
  | 'connection'
  | 'conversations'
  | 'quietUntil'
  | 'transfers'
  | 'entries'
  | 'people'
>;

export interface FrameSource {
  readonly model: ShownModel;
  readonly conversation: ConversationSummary;
  readonly view: OpenConversation;
  readonly theme: Theme;
  readonly wishes: Wishes;
  /** Whether progress is drawn as moving bars. */
  readonly hasBars: boolean;
  /** For the key names on the screen. */
  readonly bindings: Bindings;
  readonly overlay: Overlay | undefined;
  /** The answer to the last key, until the next one. */
  readonly remark: string | undefined;
  /** The running work, in the status row. */
  readonly work: string | undefined;
  readonly columns: number;
  readonly rows: number;
  /** The style of the messages at a width: the same object for the same width, or nothing stays cached. */
  readonly styleAt: (width: number) => RowStyle;
}

export interface Frame {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
  readonly layout: Layout;
  /** The window over the messages. Undefined if they are not shown. */
  readonly window: Window | undefined;
  readonly shown: Shown | undefined;
  /** The conversations by row of the screen, for the mouse. */
  readonly listed: ReadonlyMap<number, ConversationSummary>;
}

const prompt = '> ';
/** With fewer columns, all of them are for the input. */
const minColumnsForPrompt = 8;
const minRowsForHeader = 8;
const maxRemarkRows = 3;
const maxFileRows = 4;

export function drawFrame(source: FrameSource): Frame {
  const { columns, rows, theme, bindings, overlay, model, conversation, work } = source;
  const layout = layOut(columns, rows, source.wishes);
  const input = inputRows(source);
  const wished =
    overlay === undefined ? headerRows(source, layout) : overlayHeader(source, overlay);
  const forHeader = Math.min(Math.floor(rows / 3), rows - input.rows.length - 1);
  const header = rows < minRowsForHeader ? [] : wished.slice(0, Math.max(0, forHeader));
  const height = Math.max(0, rows - header.length - input.rows.length - 1);
  const body = overlay === undefined ? bodyRows(source, layout, height) : undefined;
  const middle = body?.rows ?? fill(overlay?.rows(columns, height, theme) ?? [], height);
  const status = statusRow(
    {
      connection: model.connection,
      server: model.server,
      isTls: model.isTls,
      conversation,
      quietUntil: model.quietUntil,
      work,
      helpKey: bindings.word('help'),
    },
    columns,
    theme,
  );
  // If there is only one row, it is for the input.
  const above = rows > input.rows.length ? [...header, ...middle, status] : [];
  const cursor =
    overlay === undefined
      ? { row: above.length + input.cursor.row, column: input.cursor.column }
      : undefined;
  const listed = new Map<number, ConversationSummary>();
  for (const [row, { conversation: item }] of (body?.listed ?? []).entries()) {
    listed.set(row + header.length, item);
  }
  const drawn = [...above, ...input.rows].slice(0, rows);
  return {
    // A single pane may have any width, down to one column.
    rows: columns < narrowColumns ? drawn.map((row) => clipped(row, columns)) : drawn,
    cursor: cursor !== undefined && cursor.row < rows ? cursor : undefined,
    layout,
    window: body?.window,
    shown: body?.shown,
    listed,
  };
}

interface Body {
  readonly rows: readonly string[];
  readonly listed: readonly ListedRow[];
  readonly window: Window | undefined;
  readonly shown: Shown | undefined;
}

function bodyRows(source: FrameSource, layout: Layout, height: number): Body {
  const { model, conversation, theme } = source;
  const { list, messages, people } = layout;
  const listed =
    list === undefined
      ? []
      : listedRows(model.conversations, conversation.id, { width: list.width, height, theme });
  const parts: { readonly column: Column; readonly rows: readonly string[] }[] = [];
  if (list !== undefined) parts.push({ column: list, rows: listed.map(({ text }) => text) });
  let window: Window | undefined;
  let shown: Shown | undefined;
  if (messages !== undefined) {
    const files = fileRows(source, messages.width, height);
    const room = height - files.length;
    window = {
      entries: model.entries(conversation.id),
      style: source.styleAt(messages.width),
      height: source.view.position === 'end' ? room : room - 1,
      unreadKey: source.view.unreadKey,
      chosen: source.view.chosen,
    };
    shown = showWindow(window, source.view.position);
    const rows = [...fill(messageRows(source, window, shown, room), room), ...files];
    parts.push({ column: messages, rows });
  }
  if (people !== undefined) {
    const pane = { width: people.width, height, theme };
    parts.push({ column: people, rows: peopleRows(model.people(conversation.id), pane) });
  }
  const border = theme.paint('border', '│');
  const rows = Array.from({ length: height }, (_, row) =>
    parts
      .map(({ column, rows }) => {
        const text = rows[row] ?? '';
        return column.left === 0
          ? text
          : `${toColumn(column.left - 1)}${border}${toColumn(column.left)}${text}`;
      })
      .join(''),
  );
  return { rows, listed, window, shown };
}

/** The files of this conversation, below the messages. */
function fileRows(
  { model, conversation, theme, hasBars }: FrameSource,
  width: number,
  height: number,
): readonly string[] {
  if (conversation.kind === 'lobby') return [];
  const theirs = pending(model.transfers).filter(
    ({ peer, group }) => (group ?? peer) === conversation.name,
  );
  const rows = theirs.slice(0, Math.min(maxFileRows, Math.floor(height / 3)));
  return rows.map((transfer) => transferRow(transfer, { width, theme, hasBars }));
}

function messageRows(
  source: FrameSource,
  { entries, style }: Window,
  shown: Shown,
  height: number,
): readonly string[] {
  const { view, theme, conversation, bindings } = source;
  if (isUnspoken(entries)) {
    const room = style.width - 2;
    const words = welcome(conversation, bindings.word('help')).flatMap((line) =>
      wrap(line, room, room).map(({ start, end }) =>
        theme.paint('dim', ` ${line.slice(start, end)}`),
      ),
    );
    const gap = height - words.length - shown.rows.length;
    if (gap >= 0) return [...words, ...Array<string>(gap).fill(''), ...shown.rows];
  }
  if (view.position !== 'end') {
    const words = `${belowWords(entries, shown, conversation)}${bindings.word('newest')} to the newest`;
    return [...fill(shown.rows, height - 1), rule(words, style, false)];
  }
  // The newest are at the bottom, close to the input.
  return [...Array<string>(Math.max(0, height - shown.rows.length)).fill(''), ...shown.rows];
}

/**
 * The number of items below the window, if all are in memory. Otherwise those that came while the person looks
 * elsewhere.
 */
function belowWords(
  { isNewest }: Window['entries'],
  { below }: Shown,
  { unread }: ConversationSummary,
): string {
  const counts = [
    ...(isNewest && below > 0 ? [`${below} below`] : []),
    ...(unread > 0 ? [`${unread} new${isNewest ? '' : ' below'}`] : []),
  ];
  return counts.map((words) => `${words}, `).join('');
}

/** One row, or as many as the name needs: whose conversation it is must be clear. */
function headerRows(
  { model, conversation, theme, columns }: FrameSource,
  layout: Layout,
): readonly string[] {
  const { list, messages, people } = layout;
  const { kind, id, name, isLeft, isHere, protection, timer } = conversation;
  const title = kind === 'lobby' ? name : id;
  const more =
    kind === 'lobby'
      ? protection === 'sealed'
        ? '◇ sealed, for accounts'
        : 'everybody'
      : kind === 'group'
        ? isLeft
          ? 'you are not in it'
          : protection === 'sealed'
            ? '◇ sealed group'
            : 'group'
        : isHere === true
          ? 'here'
          : isHere === false
            ? 'not here'
            : '';
  const mark = quietMark(conversation);
  const quiet = mark === '' ? '' : `, ${mark}`;
  const disappears = timerMark(timer);
  const ends = disappears === undefined ? '' : `, ${disappears}`;
  const shown = ` ${title}${more === '' ? '' : `, ${more}`}${ends}${quiet}`;
  const own = ` ${model.me}`;
  if (messages === undefined) {
    const words = list === undefined ? ` People in ${title}` : `${own}: conversations`;
    return [theme.paint('bar', pad(words, columns))];
  }
  const left = list === undefined ? '' : pad(own, messages.left);
  const right = people === undefined ? '' : pad(' People', people.width + 1);
  if (title.length + 1 > messages.width) {
    return slices(title, columns - 1).map((part) => theme.paint('bar', pad(` ${part}`, columns)));
  }
  return [theme.paint('bar', left + pad(shown, columns - left.length - right.length) + right)];
}

/** As many rows as the title needs: it says how to close the overlay. */
function overlayHeader({ theme, columns }: FrameSource, { title }: Overlay): readonly string[] {
  const room = Math.max(1, columns - 1);
  return wrap(title, room, room).map(({ start, end }) =>
    theme.paint('bar', pad(` ${title.slice(start, end)}`, columns)),
  );
}

interface InputRows {
  readonly rows: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number };
}

function inputRows(source: FrameSource): InputRows {
  const { view, columns, theme, remark = '' } = source;
  const lead = columns < minColumnsForPrompt ? '' : prompt;
  const { rows, cursor } = view.draft.draw(Math.max(1, columns - lead.length));
  const { choices } = view.draft;
  const menu =
    choices === undefined
      ? remarkRows(remark, columns).map((row) => theme.paint('warning', row))
      : [choiceRow(choices, columns, theme)];
  const drawn = rows.map(
    (row, index) => `${index === 0 ? theme.paint('key', lead) : ' '.repeat(lead.length)}${row}`,
  );
  // One row is left for the status. The cursor's row is always shown.
  const room = Math.max(1, source.rows - 1);
  const top = Math.max(0, Math.min(cursor.row, drawn.length - room));
  const shown = drawn.slice(top, top + room);
  const above = menu.slice(0, Math.max(0, room - shown.length));
  return {
    rows: [...above, ...shown],
    cursor: {
      row: cursor.row - top + above.length,
      column: Math.min(columns - 1, cursor.column + lead.length),
    },
  };
}

function remarkRows(remark: string, columns: number): readonly string[] {
  if (remark === '') return [];
  const room = columns - 3;
  const rows = wrap(remark, room, room, maxRemarkRows);
  return rows.map(
    ({ start, end }, index) => `${index === 0 ? '» ' : '  '}${remark.slice(start, end)}`,
  );
}

/** The candidates of Tab. */
function choiceRow(
  { candidates, index }: { readonly candidates: readonly string[]; readonly index: number },
  columns: number,
  theme: Theme,
): string {
  // The chosen one is always visible: the row begins with it or the one before.
  const shown = candidates.slice(Math.max(0, index - 1));
  let room = columns - 1;
  const parts: string[] = [];
  for (const candidate of shown) {
    const label = candidate.trimEnd();
    if (label.length + 2 > room) break;
    room -= label.length + 2;
    parts.push(
      candidate === candidates[index] ? theme.paint('chosen', ` ${label} `) : ` ${label} `,
    );
  }
  return ` ${parts.join('')}`;
}

function fill(rows: readonly string[], height: number): readonly string[] {
  return rows.length >= height
    ? rows.slice(0, Math.max(0, height))
    : [...rows, ...Array<string>(height - rows.length).fill('')];
}
