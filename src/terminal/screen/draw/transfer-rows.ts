// Running transfers as rows with bars: under the messages of their conversation, and all of them in the list of /files.
// Pure.

import { isOver, type Transfer } from '../../../client/files/transfer.ts';
import { formatBytes } from '../../../client/wording/amounts.ts';
import {
  formatProgress,
  isUnderWay,
  shownName,
  standing,
  whoseFile,
} from '../../../client/wording/file-progress.ts';
import { fit, widthOf, wrap } from './text.ts';
import type { Theme } from './theme.ts';

const maxBar = 24;

/** The transfers that a person must know of now. */
export function pending(transfers: readonly Transfer[]): readonly Transfer[] {
  return transfers.filter(({ state }) => !isOver(state));
}

export interface TransferStyle {
  readonly width: number;
  readonly theme: Theme;
  /** If false, progress is shown in words alone. */
  readonly hasBars: boolean;
}

/** The row of one, in at most `width` columns. */
export function transferRow(transfer: Transfer, { width, theme, hasBars }: TransferStyle): string {
  const { number, direction, name, size, doneBytes } = transfer;
  const arrow = direction === 'outgoing' ? '↑' : '↓';
  const label = ` ${arrow} ${number}  ${shownName(name)}`;
  const words = standingIn(transfer);
  if (!isUnderWay(transfer)) {
    const row = fit(`${label} (${formatBytes(size)}): ${words}`, width);
    return transfer.state.phase === 'asking'
      ? theme.paint('warning', row)
      : theme.paint('dim', row);
  }
  const room = width - widthOf(label) - widthOf(words) - 5;
  const cells = Math.min(maxBar, room);
  if (!hasBars || cells < 4) return fit(`${label}  ${words}`, width);
  const full = size === 0 ? cells : Math.floor((doneBytes / size) * cells);
  const bar = theme.paint('good', '█'.repeat(full)) + theme.paint('dim', '░'.repeat(cells - full));
  return `${label}  ${bar}  ${words}`;
}

/** The rows of /files, with earlier files too. */
export function transferList(
  transfers: readonly Transfer[],
  style: TransferStyle,
): readonly string[] {
  const { width, theme } = style;
  if (transfers.length === 0) {
    return [
      '',
      theme.paint(
        'dim',
        fit(' No files are on their way. /send_file @user path sends one.', width),
      ),
    ];
  }
  return transfers.flatMap((transfer) => {
    const way = transfer.direction === 'outgoing' ? 'to' : 'from';
    const room = width - 5;
    const whose = `${way} ${whoseFile(transfer)}`;
    const rows = wrap(whose, room, room).map(({ start, end }) => whose.slice(start, end));
    return [transferRow(transfer, style), ...rows.map((row) => theme.paint('dim', `     ${row}`))];
  });
}

function standingIn(transfer: Transfer): string {
  const { state } = transfer;
  switch (state.phase) {
    // Beside a bar there is room for more words.
    case 'paused':
      return `interrupted, goes on by itself; ${formatProgress([transfer])}`;
    case 'saved':
      return `saved as ${state.path}`;
    default:
      return standing(transfer);
  }
}
