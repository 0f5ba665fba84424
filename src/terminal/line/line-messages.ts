// The commands about messages in line mode: there is nothing to choose with, so each is about the last message that can be
// meant, wherever that was said, and says which one it was.

import { currentOf } from '../../client/amending/current.ts';
import { targetIdOf } from '../../client/amending/target.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type { CommandRefusal } from '../../client/command-refusal.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { textOf } from '../../client/content.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import type { HistoryRecord } from '../../client/store/store-port.ts';
import { itemOf, readerOf } from '../../client/timeline/history-items.ts';
import type { ConversationKind, MessageRights } from '../../client/timeline/model.ts';
import { rightsOf } from '../../client/timeline/timeline-rights.ts';
import { contentWords } from '../../client/wording/content-words.ts';
import { formatTime } from '../../client/wording/moment-words.ts';
import { excerpt, whereTo } from '../../client/wording/present-own.ts';
import { notice, type PrintedLine } from '../../client/wording/printed-line.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Place } from '../../wire/extended/names.ts';

type MessageCommands = Pick<
  CommandActions,
  'editMessage' | 'deleteMessage' | 'react' | 'reply' | 'edits'
>;

type Client = Pick<ChatClient, 'conversations' | 'kept' | 'speech' | 'username'>;

/** So many of the last messages of each conversation are looked through. */
const maxLooked = 50;

interface Meant {
  readonly record: HistoryRecord;
  readonly place: Place;
  readonly about: {
    readonly target: { readonly seq: number; readonly id: string };
    readonly from: string;
  };
}

type Speech = NonNullable<ChatClient['speech']>;

export function lineMessages(client: Client, print: (line: PrintedLine) => void): MessageCommands {
  const on = async (
    right: keyof MessageRights,
    act: (meant: Meant, speech: Speech) => Promise<Verdict> | Verdict,
  ): Promise<Verdict> => {
    const { speech } = client;
    if (speech === undefined) return err('that needs an account');
    const isOwn = right === 'edit' || right === 'delete';
    const found = await lastMessage(
      client,
      (record) => (record.from === client.username) === isOwn,
    );
    if (found === undefined) {
      return err(isOwn ? 'you have said nothing lately' : 'nobody else has said anything lately');
    }
    const verdict = await allowed(client, speech, found, right);
    return verdict.ok ? act(found, speech) : verdict;
  };
  return {
    editMessage: (text) =>
      on('edit', async ({ place, about, record }, speech) =>
        done(await speech.edit(place, about, text), `edited${whereTo(place)}: ${wordsOf(record)}`),
      ),
    deleteMessage: (isSure) =>
      on('delete', async ({ place, about, record }, speech) => {
        const what = `${wordsOf(record)}${whereTo(place)}`;
        if (!isSure) return ok(`/delete yes deletes for everybody: ${what}`);
        return done(await speech.delete(place, about), `deleted: ${what}`);
      }),
    react: (emoji) =>
      on('react', async ({ place, about, record }, speech) => {
        const given = currentOf(record).reactions.find((one) => one.emoji === emoji);
        const isOn = given?.by.some((name) => name === client.username) !== true;
        const did = isOn ? `reacted with ${emoji} to` : `took back ${emoji} at`;
        const words = `${did} ${about.from}: ${wordsOf(record)}`;
        return done(await speech.react(place, about, emoji, isOn), words);
      }),
    reply: (text) =>
      on('reply', async ({ place, about, record }, speech) =>
        done(await speech.say(place, text, about), `answered ${about.from}: ${wordsOf(record)}`),
      ),
    edits: async () => {
      const isEdited = (record: HistoryRecord) => currentOf(record).edits.length > 0;
      const found = await lastMessage(client, isEdited);
      if (found === undefined) return err('no message was edited lately');
      const { at, content } = found.record;
      const forms = [{ at, text: textOf(content) }, ...currentOf(found.record).edits];
      for (const form of forms) print(notice(`${formatTime(form.at)} ${form.text}`));
      return ok(undefined);
    },
  };
}

/** What somebody else reacted to, as a line. Undefined where it is not here. */
export async function reactionLine(
  client: Client,
  { conversation, amendment }: Extract<ClientEvent, { readonly type: 'amended' }>,
): Promise<PrintedLine | undefined> {
  const { by, content } = amendment;
  if (content.kind !== 'react' || !content.isOn) return undefined;
  const { seq } = content.target;
  const [record] = await client.kept(conversation, seq + 1, 1);
  if (record?.seq !== seq || currentOf(record).deletion !== undefined) return undefined;
  const whose = record.from === client.username ? '' : `${record.from ?? 'all'}: `;
  return notice(`${by} reacted with ${content.emoji} to ${whose}${wordsOf(record)}`);
}

function kindOf({ kind }: Place): ConversationKind {
  return kind === 'direct' ? 'person' : kind;
}

async function allowed(
  client: Client,
  speech: Speech,
  { record, place }: Meant,
  right: keyof MessageRights,
): Promise<Verdict> {
  const item = itemOf(record, readerOf(client.username));
  if (item.kind !== 'message') return err('that cannot be read');
  const isAdmin = await speech.mayDeleteOthers(place);
  return rightsOf({ ...item, key: 0 }, { isAccount: true, isAdmin, kind: kindOf(place) })[right];
}

/** The latest message that `isMeant`, of all conversations; without those that are deleted. */
async function lastMessage(
  client: Client,
  isMeant: (record: HistoryRecord) => boolean,
): Promise<Meant | undefined> {
  let last: Meant | undefined;
  for (const { name, place } of client.conversations) {
    const records = await client.kept(name, undefined, maxLooked);
    const record = records.findLast(
      (one) =>
        one.from !== undefined &&
        one.seq !== undefined &&
        isMeant(one) &&
        currentOf(one).deletion === undefined,
    );
    if (record?.from === undefined || record.seq === undefined) continue;
    if (last !== undefined && last.record.at >= record.at) continue;
    const target = { seq: record.seq, id: targetIdOf(record) };
    last = { record, place, about: { target, from: record.from } };
  }
  return last;
}

/** The text of a message, in short. */
export function wordsOf(record: HistoryRecord): string {
  return `"${excerpt(contentWords(currentOf(record).content))}"`;
}

/** What became of what was to be sent. */
export function done(outcome: Result<unknown, CommandRefusal>, words: string): Verdict {
  return outcome.ok ? ok(words) : err(`nothing was sent. ${outcome.error.hint}`);
}
