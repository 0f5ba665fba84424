// `/files` in line mode: the files that are not done, and the progress of each [7.11].

import type { Transfer } from '../../client/files/transfer.ts';
import { formatBytes } from '../../client/wording/amounts.ts';
import { shownName, standing, whoseFile } from '../../client/wording/file-progress.ts';

/** A line for each. */
export function filesListed(list: readonly Transfer[]): readonly string[] {
  return list.length === 0
    ? ['no files are on their way. /send_file @user path sends one']
    : list.map(listed);
}

function listed(transfer: Transfer): string {
  const { number, direction, name, size } = transfer;
  const way = direction === 'outgoing' ? 'to' : 'from';
  const what = `${number}  ${shownName(name)} (${formatBytes(size)}) ${way} ${whoseFile(transfer)}`;
  return `${what}: ${standing(transfer)}`;
}
