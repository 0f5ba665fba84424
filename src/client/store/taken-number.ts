// What happens to a message whose number another one has already: the server, or an attacker in between, may send any
// number. A stored message is never overwritten by it; what only stands for an unreadable one is no message.

import { isSameContent } from '../content.ts';
import { isMark } from './mark.ts';
import type { HistoryRecord } from './store-port.ts';

export { isMark };

type Compared = Pick<HistoryRecord, 'at' | 'from' | 'localId' | 'unreadable' | 'imported'>;

/**
 * `same`: it is that very message, and stays. `replace`: it is that message, but was unreadable so far, imported from a file, or not known to
 * be an own one. `other`: both stay, and only the first has the number.
 */
export function onTakenNumber(
  kept: Compared,
  { at, from, localId }: Compared,
): 'same' | 'replace' | 'other' {
  if (kept.from !== from) return 'other';
  if (kept.imported === true && kept.at === at) return 'replace';
  if (localId === undefined) {
    if (kept.unreadable !== undefined && kept.at === at) return 'replace';
    return kept.at === at || kept.localId !== undefined ? 'same' : 'other';
  }
  return kept.localId === undefined && kept.at === at ? 'replace' : 'other';
}

/** The same for a message that another device of this account has. Here nothing that can be read changes. */
export function onImport(
  kept: HistoryRecord,
  message: HistoryRecord,
): ReturnType<typeof onTakenNumber> {
  if (isMark(message)) return 'same';
  // A file takes the place of nothing, not even of a mark.
  if (message.imported === true)
    return kept.from === message.from && kept.at === message.at && !isMark(kept) ? 'same' : 'other';
  if (kept.from !== message.from || kept.at !== message.at) return 'other';
  return isMark(kept) || kept.imported === true ? 'replace' : 'same';
}

/** Whether a message with the same number in another log is that very message: the server's clock says so. */
export function isSameNumbered(kept: HistoryRecord, { from, at }: HistoryRecord): boolean {
  return kept.from === from && kept.at === at && !isMark(kept);
}

/** Whether a message without a number is one that stands in the same place. */
export function isSameUnnumbered(kept: HistoryRecord, message: HistoryRecord): boolean {
  const { from, at, unreadable, content } = message;
  const isAlike = kept.from === from && kept.at === at && kept.unreadable === unreadable;
  return isAlike && isSameContent(kept.content, content);
}
