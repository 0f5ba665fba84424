// Links to messages, and the history as a file, for a program on the library.
import type { ChatClient } from '../chat-client.ts';
import { refuseCommand } from '../command-refusal.ts';
import { parsePermalink } from '../permalink/permalink.ts';
import type { HistoryRecord, PlacedRecord } from '../store/store-port.ts';
import { linkFaults } from '../wording/link-words.ts';
import { conversationOf } from '../../wire/extended/names.ts';
import { exportOptions, given, placeOf, text } from './chat-arguments.ts';
import { ChatError } from './chat-error.ts';

/** What of the history is exported, and how. */
export interface ExportWish {
  /** All of them if it is undefined. */
  readonly place?: string | undefined;
  readonly format?: 'json' | 'text' | undefined;
}

export async function linkTo(client: ChatClient, record: HistoryRecord): Promise<string> {
  const made = await linksOf(client).linkTo(record);
  if (!made.ok) throw new ChatError(made.error, linkFaults[made.error]);
  return made.value;
}

/** The message of a link. */
export async function followLink(client: ChatClient, link: string): Promise<PlacedRecord> {
  const links = linksOf(client);
  const parsed = parsePermalink(given(text, link, 'link'));
  if (parsed === undefined) throw new ChatError('usage', 'link: a whole link to a message');
  const found = await links.find(parsed);
  if (!found.ok) throw new ChatError(found.error, linkFaults[found.error]);
  return found.value;
}

/** In pieces, each of some messages; nothing is read before it is asked for. */
export function exported(client: ChatClient, options?: ExportWish): AsyncIterable<string> {
  const { place, format } = given(exportOptions, options, 'options');
  const { archive } = client;
  if (archive === undefined) throw noAccount();
  const only = place === undefined ? undefined : conversationOf(client.username, placeOf(place));
  if (only !== undefined && !archive.has(only))
    throw new ChatError('not-here', 'there is nothing of that conversation here');
  return archive.write(format, only);
}

function linksOf({ links }: ChatClient) {
  if (links === undefined) throw noAccount();
  return links;
}

function noAccount(): ChatError {
  const { code, hint } = refuseCommand('no-account').error;
  return new ChatError(code, hint);
}
