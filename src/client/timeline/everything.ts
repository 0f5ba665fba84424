// All items of a conversation, page by page: for a person who takes them along. Also what is hidden is among them.

import type { HistoryRange } from '../store/store-port.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { TimelineConversation } from './conversation-book.ts';
import type { DeviceHistory } from './device-history.ts';
import { ItemList } from './item-list.ts';

const exportPage = 1_000;

/** What is only in memory comes last. */
export async function* everythingIn(
  history: DeviceHistory,
  kept: TimelineConversation,
): AsyncIterable<ItemList> {
  await kept.messageIndex?.loaded;
  if (kept.messageIndex !== undefined) yield* before(history, kept, kept.messageIndex.name);
  yield kept.log;
}

/** The history before the newest messages. */
async function* before(
  history: DeviceHistory,
  kept: TimelineConversation,
  name: ConversationName,
): AsyncIterable<ItemList> {
  let historyRange: HistoryRange | undefined = { kind: 'first' };
  while (historyRange !== undefined) {
    const records = await history.read(kept, name, historyRange, exportPage);
    const end = kept.log.meets(records)?.index;
    const page = new ItemList();
    for (const record of records.slice(0, end)) page.push(history.entryOf(kept, record));
    yield page;
    const last = records.at(-1);
    historyRange =
      end !== undefined || last === undefined ? undefined : { kind: 'after', message: last };
  }
}
