// The message with a number, of the device or of the server: what is further back than this device has is fetched page by
// page up to it, so that nothing is missing between.
import type { ConversationName } from '../../wire/extended/names.ts';
import type { HistoryRange, PlacedRecord } from '../store/store-port.ts';

type ReadRange = (
  name: ConversationName,
  range: HistoryRange,
  limit: number,
) => Promise<readonly PlacedRecord[]>;

const pageSize = 200;
/** Messages of the same place that have no number stand behind the one that has it. */
const nearby = 8;

/** At most `maxPages` pages are fetched. Undefined where neither this device nor the server has it. */
export async function bringMessage(
  read: ReadRange,
  name: ConversationName,
  seq: number,
  maxPages: number,
): Promise<PlacedRecord | undefined> {
  let edge = Infinity;
  for (let page = 0; ; page++) {
    const found = await read(name, { kind: 'from', message: { seq } }, nearby);
    const next = found.find((record) => record.seq !== undefined);
    if (next?.seq === undefined) return undefined;
    if (next.seq === seq) return next;
    // Nothing came of the last page.
    if (next.seq >= edge || page >= maxPages) return undefined;
    edge = next.seq;
    await read(name, { kind: 'before', message: { seq: edge } }, pageSize);
  }
}
