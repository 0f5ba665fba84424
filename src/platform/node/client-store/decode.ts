// Rows of a client's store as records. A row that does not have their form means a damaged file.

import { withAmended, type AmendmentsById } from '../../../client/amending/said-of.ts';
import * as v from 'valibot';
import { decodeAmendments, type Amendments } from '../../../client/amending/amendments.ts';
import {
  ownReactionsOf,
  withOwnReaction,
  type Reaction,
} from '../../../client/amending/reactions.ts';
import { noTargetId, targetIdOf } from '../../../client/amending/target.ts';
import { epochOf, type LogEpochs } from '../../../client/store/log-epochs.ts';
import {
  type ClientRecords,
  type ConversationRecord,
  type FiledRecord,
  type GroupPart,
  type HistoryRecord,
  type KeptValue,
  type OutboxRecord,
  type PlacedRecord,
  type PackageRecord,
  type SessionRecord,
} from '../../../client/store/store-port.ts';
import { Row } from '../../../sqlite/rows.ts';
import { parseConversation, type ConversationName } from '../../../wire/extended/names.ts';
import { parseUsername, type Username } from '../../../wire/text.ts';
import { contentOf, messageContentOf } from '../../../client/store/stored-content.ts';
import { storedContents, storedMessageFields } from '../../../client/store/stored-forms.ts';

const username = v.custom<Username>(
  (text) => typeof text === 'string' && parseUsername(text) !== undefined,
);
const states = ['waiting', 'stored', 'delivered', 'refused'] as const;

/** JSON leaves out undefined values. */
const message = v.object({
  at: v.number(),
  from: v.optional(username),
  guest: v.boolean(),
  ...storedMessageFields,
  encrypted: v.boolean(),
  key: v.optional(v.picklist(['verified', 'pinned', 'changed'])),
  textId: v.optional(v.string()),
  sealedFor: v.optional(v.string()),
  unreadable: v.optional(v.string()),
  reason: v.optional(v.string()),
  ends: v.optional(v.number()),
  begun: v.optional(v.literal(true)),
  imported: v.optional(v.literal(true)),
});
const runNumbers = v.array(v.number());
const earlierLogs = v.array(v.object({ log: v.number(), last: v.number() }));
const alikeLogs = v.array(v.object({ log: v.number(), last: v.number(), sure: v.number() }));
const outboxEntry = v.object({
  place: v.string(),
  content: storedContents,
  number: v.optional(v.number()),
  sealed: v.optional(
    v.object({ message: v.string(), welcome: v.optional(v.string()), device: v.string() }),
  ),
  onlyFor: v.optional(v.string()),
  plain: v.optional(v.string()),
  group: v.optional(
    v.variant('kind', [
      v.object({
        kind: v.literal('message'),
        message: v.string(),
        seen: v.number(),
        on: v.number(),
      }),
      v.object({
        kind: v.literal('commit'),
        fields: v.object({
          kind: v.picklist(['found', 'enter', 'remove', 'rotate']),
          seen: v.number(),
          on: v.number(),
          commit: v.optional(v.string()),
          info: v.string(),
          tree: v.optional(v.string()),
          records: v.optional(v.array(v.string())),
          chain: v.optional(v.array(v.string())),
        }),
      }),
    ]),
  ),
});

/** The log of messages that wait: after everything that has a number. */
export const atTheEnd = Number.MAX_SAFE_INTEGER;

/** Between what was said of a message's number under several ids. No JSON has it. */
const amendedEnd = '\x1e';

const ofMessage = (table: string) =>
  `${table}.conversation = messages.conversation AND ${table}.log = messages.log
   AND ${table}.seq = messages.seq`;

const recordColumns = 'id, conversation, log, seq, local_id, state, record';

/** The same as `messageColumns`, without what was said of a message. */
export const bareColumns = `${recordColumns}, NULL AS amended, NULL AS reacted`;

/**
 * The columns that `messageOf` and `placedOf` need. Of the reactions to its number, those to this very message, as
 * `isIdOf` says it (client/amending/target.ts): whatever else may stand there is not even read.
 */
export const messageColumns = `${recordColumns},
  (SELECT group_concat(target || said, char(30)) FROM amendments
   WHERE ${ofMessage('amendments')}) AS amended,
  CASE WHEN EXISTS (SELECT 1 FROM reactions WHERE ${ofMessage('reactions')}) THEN
    (SELECT '[' || group_concat('["' || user || '",' || given || ']') || ']' FROM reactions
     WHERE ${ofMessage('reactions')} AND target IN (
       coalesce(record ->> '$.textId', iif(record ->> '$.encrypted', local_id, NULL), '${noTargetId}'),
       iif(record ->> '$.encrypted', '', '${noTargetId}')))
  END AS reacted`;

/** With the current log's number. A number of an earlier log is left out. */
export function messageOf(values: unknown, epochs: LogEpochs): HistoryRecord {
  const row = new Row('messages', values);
  const [seq, epoch] = [row.optionalInteger('seq'), row.integer('log')];
  const isValid = seq !== undefined && epochOf(epochs, seq) === epoch;
  const isOfNow = isValid || epoch === epochs.epoch || epoch === atTheEnd;
  return {
    ...recordOf(row),
    seq: isValid ? seq : undefined,
    ...(!isOfNow && { epoch }),
  };
}

/** With its number in its own log. */
export function inItsLog(values: unknown): HistoryRecord {
  const row = new Row('messages', values);
  return { ...recordOf(row), epoch: row.integer('log') };
}

/** The same, with the number that it stands behind. */
export function filedOf(values: unknown): FiledRecord {
  const row = new Row('messages', values);
  return { ...recordOf(row), epoch: row.integer('log'), place: row.integer('place') };
}

function recordOf(row: Row): HistoryRecord {
  const record = row.parsed('record', json(message));
  const state = row.optionalText('state');
  const read: HistoryRecord = {
    conversation: row.parsed('conversation', conversationName),
    localId: row.optionalText('local_id'),
    seq: row.optionalInteger('seq'),
    at: record.at,
    from: record.from,
    guest: record.guest,
    content: messageContentOf(record),
    encrypted: record.encrypted,
    ...(record.textId !== undefined && { textId: record.textId }),
    ...(record.sealedFor !== undefined && { sealedFor: record.sealedFor }),
    key: record.key,
    unreadable: record.unreadable,
    state:
      state === undefined
        ? undefined
        : row.parsed('state', (text) => states.find((one) => one === text)),
    reason: record.reason,
    ...(record.ends !== undefined && { ends: record.ends }),
    ...(record.begun === true && { begun: true }),
    ...(record.imported === true && { imported: true as const }),
  };
  const hasAmended = row.optionalText('amended') !== undefined;
  const hasReacted = row.optionalText('reacted') !== undefined;
  if (!hasAmended && !hasReacted) return read;
  const said: AmendmentsById = hasAmended ? row.parsed('amended', amendedOf) : new Map();
  const reacted = hasReacted ? row.parsed('reacted', reactedOf) : [];
  return withAmended(read, said, new Map([[targetIdOf(read), reacted]]));
}

function reactedOf(text: string): readonly (readonly Reaction[])[] | undefined {
  const all = new Map<unknown, readonly Reaction[]>();
  for (const [by, given] of JSON.parse(text) as [unknown, unknown][]) {
    const own = ownReactionsOf(by, given);
    if (own === undefined) return undefined;
    // Of an open message two ids may be meant.
    const known = all.get(by);
    all.set(by, known === undefined ? own : own.reduce(withOwnReaction, known));
  }
  return [...all.values()];
}

function amendedOf(text: string): AmendmentsById | undefined {
  const said = new Map<string, Amendments>();
  for (const one of text.split(amendedEnd)) {
    const amendments = decodeAmendments(one.slice(noTargetId.length));
    if (amendments === undefined) return undefined;
    said.set(one.slice(0, noTargetId.length), amendments);
  }
  return said;
}

/** With its row id. */
export function placedOf(values: unknown, epochs: LogEpochs): PlacedRecord {
  return { ...messageOf(values, epochs), rowId: new Row('messages', values).integer('id') };
}

export function conversationOf(values: unknown): ConversationRecord {
  const row = new Row('conversations', values);
  const alike = row.parsed('alike', json(alikeLogs));
  const member = row.optionalInteger('member');
  return {
    name: row.parsed('name', conversationName),
    log: row.integer('log'),
    ...lineageOf(values),
    ...(alike.length > 0 && { alike }),
    cursor: row.integer('cursor'),
    read: row.integer('seen'),
    ...(member !== undefined && { isIn: member !== 0 }),
  };
}

/** Which logs the numbers of a conversation belong to. */
export function lineageOf(values: unknown): LogEpochs {
  const row = new Row('conversations', values);
  return { epoch: row.integer('epoch'), earlier: row.parsed('earlier', json(earlierLogs)) };
}

export function outboxOf(values: unknown): OutboxRecord {
  const row = new Row('outbox', values);
  const { place, content, number, sealed, onlyFor, plain, group } = row.parsed(
    'record',
    json(outboxEntry),
  );
  return {
    localId: row.text('local_id'),
    order: row.integer('position'),
    place,
    content: contentOf(content),
    number,
    sealed: sealed && { message: sealed.message, welcome: sealed.welcome, device: sealed.device },
    ...(onlyFor !== undefined && { onlyFor }),
    ...(plain !== undefined && { plain }),
    ...(group !== undefined && { group }),
  };
}

export function runsOf(values: unknown): ClientRecords['runs'] {
  return values === undefined ? [] : new Row('runs', values).parsed('runs', json(runNumbers));
}

export function streamOf(values: unknown): ClientRecords['stream'] {
  if (values === undefined) return undefined;
  const row = new Row('streams', values);
  return { stream: row.text('stream'), lastNumber: row.integer('last_number') };
}

export function sessionOf(values: unknown): SessionRecord {
  const row = new Row('sessions', values);
  return {
    groupId: row.text('group_id'),
    peer: row.parsed('peer', parseUsername),
    order: row.optionalInteger('position'),
    madeAt: row.integer('made_at'),
    ownTexts: row.integer('own_texts'),
    bytes: row.bytes('bytes'),
  };
}

export function packageOf(values: unknown): PackageRecord {
  const row = new Row('packages', values);
  return {
    reference: row.text('reference'),
    lastResort: row.integer('last_resort') !== 0,
    madeAt: row.integer('made_at'),
    bytes: row.bytes('bytes'),
  };
}

export function groupPartOf(values: unknown): GroupPart {
  const row = new Row('group_parts', values);
  return {
    conversation: row.parsed('conversation', conversationName),
    part: row.text('part'),
    bytes: row.bytes('bytes'),
  };
}

export function keptValueOf(values: unknown): KeptValue {
  const row = new Row('kept_values', values);
  return { name: row.text('name'), value: row.text('value') };
}

function json<S extends v.GenericSchema>(
  schema: S,
): (text: string) => v.InferOutput<S> | undefined {
  return (text) => {
    try {
      return v.parse(schema, JSON.parse(text));
    } catch {
      // The row reports it, with the table and the column.
      return undefined;
    }
  };
}

function conversationName(text: string): ConversationName | undefined {
  return parseConversation(text) === undefined ? undefined : (text as ConversationName);
}
