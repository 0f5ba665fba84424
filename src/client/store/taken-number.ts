// What happens to a message whose number another one has already: the server, or an attacker in between, may send any
// number. A stored message is never overwritten by it; what only stands for an unreadable one is no message.

import type { HistoryRecord } from './store-port.ts';

type Compared = Pick<HistoryRecord, 'at' | 'from' | 'localId' | 'unreadable'>;

/**
 * `same`: it is that very message, and stays. `replace`: it is that message, but was unreadable so far, or not known to
 * be an own one. `other`: both stay, and only the first has the number.
 */
export function onTakenNumber(
  kept: Compared,
  { at, from, localId }: Compared,
): 'same' | 'replace' | 'other' {
  if (kept.from !== from) return 'other';
  if (localId === undefined) {
    if (kept.unreadable !== undefined && kept.at === at) return 'replace';
    return kept.at === at || kept.localId !== undefined ? 'same' : 'other';
  }
  return kept.localId === undefined && kept.at === at ? 'replace' : 'other';
}

/** Whether a message only stands for one that could not be read. */
export function isMark({
  localId,
  unreadable,
}: Pick<HistoryRecord, 'localId' | 'unreadable'>): boolean {
  return localId === undefined && unreadable !== undefined;
}
