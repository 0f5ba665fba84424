// What is shown when a chat begins: missed messages, and on a terminal the end of the history, for context. Reads the
// device's store, and words the items of the timeline as lines; prints nothing itself.

import { contentWords } from '../../client/wording/content-words.ts';
import type { ConversationView } from '../../client/account/conversations.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type { HistoryRecord } from '../../client/store/store-port.ts';
import { unreachable } from '../../lib/invariant.ts';
import { itemOf, readerOf, type TimelineReader } from '../../client/timeline/history-items.ts';
import type { NewMessageItem } from '../../client/timeline/model.ts';
import { parseConversation, type ConversationAddress } from '../../wire/extended/names.ts';
import type { Marks } from '../../client/wording/place-marks.ts';
import { excerpt, whereTo } from '../../client/wording/present-own.ts';
import {
  hint,
  replied,
  said,
  warning,
  type PrintedLine,
} from '../../client/wording/printed-line.ts';

/** The most missed messages of one conversation that are shown: a terminal that scrolls for minutes helps nobody. */
const maxMissed = 1000;
/** The fewest messages that are asked for when more are looked through. */
const minPage = 100;
/** So many messages of one conversation are looked through for missed ones, among own messages and notices. */
const maxLooked = 4 * maxMissed;
/** The most missed private messages that a terminal shows besides the end of the history. */
const maxMissedPrivate = 100;

export interface ShownHistory {
  readonly lines: readonly PrintedLine[];
  /** The keys of these messages. */
  readonly shown: ReadonlySet<string>;
}

/** Identifies a message of a conversation. */
export function messageKey(conversation: string, seq: number): string {
  return `${seq} ${conversation}`;
}

/** How many messages of a place the person has not seen. */
interface Missed {
  readonly count: number;
  readonly mark: string;
}

interface Found {
  readonly record: HistoryRecord;
  readonly isMissed: boolean;
}

/**
 * What to show. `last`: how many of the history's last messages, seen or not. `all`: every missed message too, as in a
 * pipe, where nobody scrolls back. Otherwise only private ones.
 */
export async function findEarlier(
  client: ChatClient,
  me: string,
  { last, all, marks }: { readonly last: number; readonly all: boolean; readonly marks: Marks },
): Promise<ShownHistory> {
  const found = new Map<HistoryRecord, Found>();
  const everything: Found[] = [];
  const missed: Missed[] = [];
  for (const conversation of client.conversations) {
    const { name, place, unread } = conversation;
    const hides = ({ from }: HistoryRecord): boolean =>
      from !== undefined && place.kind !== 'direct' && client.quiet.isIgnored(from);
    const latest = await findLatest(client, me, conversation, last);
    const of = latest.filter(({ record }) => !hides(record));
    everything.push(...of.slice(-last || of.length));
    if (unread > 0) missed.push({ count: unread, mark: marks.ofConversation(name) });
    const wanted = of.filter(({ isMissed }) => isMissed);
    const limit = all ? maxMissed : place.kind === 'direct' ? maxMissedPrivate : 0;
    for (const one of limit === 0 ? [] : wanted.slice(-limit)) found.set(one.record, one);
  }
  if (last > 0) {
    for (const one of everything.sort(byTime).slice(-last)) found.set(one.record, one);
  }
  const reader = readerOf(me);
  const shown = [...found.values()].sort(byTime);
  const lines = shown.flatMap(({ record }) => lineOf(record, reader, marks));
  const keys = shown.map(({ record }) => messageKey(record.conversation, record.seq ?? 0));
  return { lines: framed(lines, missed, shown), shown: new Set(keys) };
}

/**
 * The `last` messages of a conversation, and those before them back to what the person has seen: how many are unread says
 * nothing of how many own messages and notices stand between them.
 */
async function findLatest(
  client: ChatClient,
  me: string,
  { name, unread, read }: ConversationView,
  last: number,
): Promise<readonly Found[]> {
  let found: readonly Found[] = [];
  let missed = 0;
  let size = Math.min(maxMissed, unread + last);
  while (size > 0 && found.length < maxLooked && missed < maxMissed) {
    const records = await client.history(name, found[0]?.record.seq, size);
    const page = records.map((record) => ({
      record,
      isMissed: record.from !== me && record.seq !== undefined && record.seq > read,
    }));
    found = [...page, ...found];
    missed += page.filter(({ isMissed }) => isMissed).length;
    const first = page[0]?.record.seq;
    if (unread === 0 || first === undefined || first <= read + 1) break;
    size = minPage;
  }
  return found;
}

/** Marks on a terminal, where old and new messages would look the same. A pipe shows no hints. */
function framed(
  lines: readonly PrintedLine[],
  missed: readonly Missed[],
  shown: readonly Found[],
): readonly PrintedLine[] {
  if (lines.length === 0) return [];
  const unseen = shown.filter(({ isMissed }) => isMissed).length;
  const total = missed.reduce((sum, { count }) => sum + count, 0);
  const where = missed.flatMap(({ count, mark }) =>
    mark === '' ? [] : [`${count} ${mark.trim()}`],
  );
  const places = where.length === 0 ? '' : `, ${where.join(', ')}`;
  const more =
    total > unseen ? ` (of ${total} that you missed${places}; --history N shows more)` : '';
  const which = lines.length === 1 ? 'the last message' : `the last ${lines.length} messages`;
  return [hint(`earlier, ${which}${more}:`), ...lines, hint('and now:')];
}

function lineOf(record: HistoryRecord, reader: TimelineReader, marks: Marks): PrintedLine[] {
  const { conversation } = record;
  const place = parseConversation(conversation);
  if (place === undefined) return [];
  const mark = marks.ofConversation(conversation);
  const item = itemOf(record, reader);
  switch (item.kind) {
    case 'message': {
      const own = marks.ofConversation(conversation, item.encrypted);
      return messageLines(item, place, record.reason, own);
    }
    case 'unreadable': {
      const { from, why } = item;
      const whose = place.kind === 'direct' ? 'a private message' : `${mark}a message`;
      const what = from === undefined ? mark : `${whose} of ${from} cannot be read: `;
      return [warning(`${what}${why}`)];
    }
    case 'notice':
    case 'file':
      return [replied(`${mark}${item.text}`)];
    default:
      return unreachable(item);
  }
}

function messageLines(
  { from, isOwn, content, state, remark }: NewMessageItem,
  place: ConversationAddress,
  reason: string | undefined,
  mark: string,
): PrintedLine[] {
  const other = place.kind === 'direct' ? (place.people.find((one) => one !== from) ?? '') : '';
  const words = contentWords(content);
  if (state === 'failed') {
    const to = place.kind === 'direct' ? ` to ${other}` : whereTo(place);
    return [warning(`not sent${to}, ${reason ?? ''}: "${excerpt(words)}"`)];
  }
  if (place.kind !== 'direct') return said(place.kind, from, words, { mark, remark });
  // The mark says it too, if there is one.
  const own = mark === '' ? `to ${other}` : undefined;
  return said('private', from, words, { mark, remark: isOwn ? own : remark });
}

function byTime(one: Found, other: Found): number {
  return (
    one.record.at - other.record.at || (one.record.seq ?? Infinity) - (other.record.seq ?? Infinity)
  );
}
