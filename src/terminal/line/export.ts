// `/export` in line mode: this device's history of a conversation, as a text file with a line for each message.

import type { ChatClient } from '../../client/chat-client.ts';
import type { HistoryRange } from '../../client/store/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Verdict } from '../../client/commands/actions.ts';
import { itemOf, readerOf } from '../../client/timeline/history-items.ts';
import { exportLine } from '../../client/wording/item-words.ts';
import { conversationCalled } from './search.ts';

/** Writes a new file: all of it or nothing, never over an existing one. Returns its absolute path, or why it failed. */
export type WriteFile = (
  path: string,
  text: AsyncIterable<string>,
) => Promise<Result<string, string>>;

const pageSize = 500;

/** Writes `place`, or the lobby if none is named, to `path`. */
export async function exportKept(
  path: string,
  place: string | undefined,
  client: ChatClient,
  write: WriteFile,
): Promise<Verdict> {
  if (client.conversations.length === 0) return err('nothing is kept for guests');
  const conversation = conversationCalled(place ?? 'lobby', client);
  if (conversation === undefined) return err(`there is no conversation ${place ?? 'lobby'}`);
  const written = await write(path, pagesOf(conversation, client));
  return written.ok ? ok(`written to ${written.value}`) : written;
}

async function* pagesOf(name: ConversationName, client: ChatClient): AsyncIterable<string> {
  const reader = readerOf(client.username);
  let next: HistoryRange = { kind: 'first' };
  for (;;) {
    const page = await client.historyRange(name, next, pageSize);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((record) => `${exportLine(itemOf(record, reader))}\n`).join('');
    next = { kind: 'after', message: last };
  }
}
