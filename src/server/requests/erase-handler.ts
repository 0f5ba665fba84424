// ERASE [14.30]: reads whose line it is, and lets the hub decide. The hub does not hold what was said.

import type { SaidLine } from '../../hub/inputs.ts';
import type { LogId } from '../../hub/records.ts';
import { StoreError, type Store } from '../../hub/store-port.ts';
import { isMessage } from '../../wire/extended/erased-line.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';
import { pageOf } from './page.ts';

/** What flood control counts for one: a segment is read and written again. */
export const eraseCost = 32 * 1024;

/**
 * The line under a number; undefined where nothing is left of it, or was. Rejects with a StoreError if it cannot be
 * read.
 */
export async function findLine(
  store: Pick<Store, 'read'>,
  log: LogId,
  seq: number,
): Promise<SaidLine | undefined> {
  const limits = { maxMessages: 1, maxBytes: 1 };
  const range = { after: seq - 1, before: seq + 1, from: 'start', ...limits } as const;
  const { lines, damaged } = pageOf(await store.read({ log, ...range }), range);
  if (damaged.length > 0) throw new StoreError('damaged', 'the line cannot be read');
  // Names are ASCII, so nothing has to be decoded.
  const said = parseExtendedEvent(lines.slice(0, -1));
  if (said?.verb !== 'MSG' || said.erased === true) return undefined;
  const { from, at, guest = false } = said;
  return { from, at, isGuest: guest, isMessage: isMessage(said) };
}
