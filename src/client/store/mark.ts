// What stands in the history in the place of a message that could not be read. By itself, because a page asks for it before
// it writes anything.
import type { HistoryRecord } from './store-port.ts';

/** Whether a message only stands for one that could not be read. */
export function isMark({
  localId,
  unreadable,
}: Pick<HistoryRecord, 'localId' | 'unreadable'>): boolean {
  return localId === undefined && unreadable !== undefined;
}
