// `/export` in line mode: this device's history of a conversation, as a text file with a line for each message.

import { contentWords } from '../../client/wording/content-words.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type { PlacedRecord, HistoryRange } from '../../client/store/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Verdict } from '../../client/commands/actions.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { conversationCalled } from './search.ts';

/** Writes a new file: all of it or nothing, never over one that is there. Gives its whole path, or why it was not. */
export type WriteFile = (
  path: string,
  text: AsyncIterable<string>,
) => Promise<Result<string, string>>;

const pageSize = 500;

/** Writes `place`, or the lobby where none is named, to `path`. */
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
  let next: HistoryRange = { kind: 'first' };
  for (;;) {
    const page = await client.historyRange(name, next, pageSize);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((record) => `${lineOf(record)}\n`).join('');
    next = { kind: 'after', message: last };
  }
}

function lineOf({ at, from, content, encrypted, state, unreadable }: PlacedRecord): string {
  const time = new Date(at).toISOString();
  const text = contentWords(content);
  if (from === undefined) return `${time} * ${harmless(unreadable ?? text)}`;
  if (unreadable !== undefined) return `${time} * a private message of ${from} cannot be read`;
  const marks = [
    encrypted ? 'encrypted' : 'not encrypted',
    ...(state === 'refused' ? ['not delivered'] : []),
  ];
  return `${time} [${from}] (${marks.join(', ')}) ${harmless(text)}`;
}
