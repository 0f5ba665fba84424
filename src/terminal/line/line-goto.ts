// `/goto` and `/permalink` in line mode: what was said around a moment or a message is printed, as search prints it.
import type { ChatClient } from '../../client/chat-client.ts';
import type { GotoActions } from '../../client/commands/goto-actions.ts';
import { looksLikeLink, parsePermalink } from '../../client/permalink/permalink.ts';
import type { PlacedRecord } from '../../client/store/store-port.ts';
import { itemOf, readerOf } from '../../client/timeline/history-items.ts';
import { itemWords } from '../../client/wording/item-words.ts';
import { linkFaults, nothingSince } from '../../client/wording/link-words.ts';
import { conversationMark } from '../../client/wording/place-words.ts';
import { replied, type PrintedLine } from '../../client/wording/printed-line.ts';
import { parseMoment } from '../../client/wording/said-when.ts';
import { err, ok } from '../../lib/result.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { conversationCalled } from './search.ts';

const before = 5;
const after = 15;
/** So many of the last messages of each conversation are looked through. */
const maxLooked = 20;

export function lineGoto(
  client: ChatClient,
  print: (line: PrintedLine) => void,
  now: () => number,
): GotoActions {
  const show = async (record: PlacedRecord): Promise<void> => {
    const { conversation: name, rowId, seq } = record;
    const message = { rowId, seq };
    const earlier = await client.historyRange(name, { kind: 'before', message }, before);
    const rest = await client.historyRange(name, { kind: 'from', message }, after);
    for (const one of [...earlier, ...rest]) {
      print(replied(lineOf(one, client.username, one.rowId === rowId)));
    }
  };
  return {
    goTo: async (typed, place) => {
      const { links } = client;
      if (links === undefined) return err(linkFaults.guest);
      if (looksLikeLink(typed)) {
        const link = parsePermalink(typed);
        if (link === undefined) return err(linkFaults['no-link']);
        const found = await links.find(link);
        if (!found.ok) return err(linkFaults[found.error]);
        await show(found.value);
        return ok(undefined);
      }
      const at = parseMoment(typed, now());
      if (at === undefined) return err(linkFaults['no-moment']);
      const name = conversationCalled(place ?? 'lobby', client);
      if (name === undefined) return err(`there is no conversation ${place ?? 'lobby'}`);
      const [first] = await client.historyRange(name, { kind: 'since', at }, 1);
      if (first === undefined) return ok(nothingSince);
      await show(first);
      return ok(undefined);
    },
    permalink: async () => {
      const last = await lastNumbered(client);
      if (client.links === undefined) return err(linkFaults.guest);
      if (last === undefined) return err('nothing was said here yet');
      const link = await client.links.linkTo(last);
      if (!link.ok) return err(linkFaults[link.error]);
      print(replied(`${link.value} ${lineOf(last, client.username, false)}`));
      return ok(undefined);
    },
  };
}

/** The latest message of all conversations. */
async function lastNumbered(client: ChatClient): Promise<PlacedRecord | undefined> {
  let last: PlacedRecord | undefined;
  const names: readonly ConversationName[] = client.conversations.map(({ name }) => name);
  for (const name of names) {
    const page = await client.historyRange(name, { kind: 'last' }, maxLooked);
    const found = page.findLast(({ seq, from }) => seq !== undefined && from !== undefined);
    if (found !== undefined && found.at > (last?.at ?? -1)) last = found;
  }
  return last;
}

/** A message of the history, and where it was said. */
export function lineOf(record: PlacedRecord, me: string, isMeant: boolean): string {
  const { at, conversation, from, encrypted } = record;
  const item = itemOf(record, readerOf(me));
  const isDeleted = item.kind === 'message' && item.deleted !== undefined;
  const words = isDeleted ? '(deleted)' : itemWords(item).replaceAll('\n', ' ');
  const who = from === undefined ? '*' : `[${from}]`;
  const mark = conversationMark(conversation, me, encrypted);
  return `${isMeant ? '> ' : ''}${new Date(at).toISOString()} ${mark}${who} ${words}`;
}
