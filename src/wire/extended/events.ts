// The table of extended events, server -> client: verb -> schema. The mirror of requests.ts. A client ignores verbs
// that it does not know. A message in a conversation is MSG, the same bytes live and from the log.

import * as v from 'valibot';
import { splitWord } from '../text.ts';
import { failures, type FailureCode } from './failures.ts';
import * as field from './fields.ts';
import { decodeJson, type JsonSchema } from './json-line.ts';

/** A conversation that this account is in, as far as the server keeps it. */
const kept = v.object({
  in: field.conversation,
  /** Tells this log from an earlier one of the same name: then nothing that a client has is of it, but for `earlier`. */
  log: field.count,
  /** What the log was called before the server was put back to an earlier state: up to `last` it was the same. */
  earlier: v.optional(
    v.pipe(v.array(v.object({ log: field.count, last: field.sequence })), v.readonly()),
  ),
  /**
   * Up to where it is the log that the device may have: what the device has behind that number was lost. After a start of
   * the server that the device was not here for.
   */
  sure: v.optional(field.sequence),
  /** The first message that is there for this account, and the last; the first is one behind the last for none. */
  first: field.sequence,
  last: field.sequence,
  /** Whether messages are stored at all; otherwise they are for those who are there, and have no number. */
  kept: v.boolean(),
  /** Of a group. */
  admin: v.optional(field.username),
  /** Of two people: up to where this account's device, and the other's, have stored it. */
  got: v.optional(field.sequence),
  peerGot: v.optional(field.sequence),
});

/** Somebody as lists name them. */
const person = v.object({
  user: field.username,
  online: v.boolean(),
  guest: v.optional(v.boolean()),
});

const table = {
  /** The server's identity, its proof that it holds the key, and what the device is to sign. */
  CHALLENGE: v.object({ server: field.publicKey, nonce: field.nonce, proof: field.signature }),
  /** Logged in. */
  WELCOME: v.object({
    user: field.username,
    /** Whether this login has made the account. */
    created: v.boolean(),
    conversations: v.array(kept),
    /** The last number taken of the stream that PROVE names; 0 where the server does not know it. */
    lastNumber: v.optional(field.count),
    /** Runs of the server, the latest first, for the next PROVE; absent where it does not know them. */
    runs: v.optional(field.runs),
    /** It knows none of the runs that PROVE names: anything that the device has of it may have been lost. */
    parted: v.optional(v.boolean()),
    /** Numbers of logs, first and last, that have been begun since the device was here: it can't have seen them. */
    newLogs: v.optional(v.tuple([field.count, field.count])),
    /** How long messages are kept, in milliseconds and in messages of one conversation; absent for no bound. */
    keepMs: v.optional(field.count),
    keepCount: v.optional(field.count),
  }),
  /** Something that was said. */
  MSG: v.object({
    in: field.conversation,
    /** Absent where the conversation is not kept. */
    seq: v.optional(field.sequence),
    at: field.time,
    /** Absent where the server speaks itself. */
    from: v.optional(field.username),
    /** Whether `from` is a guest: the name may be somebody else's tomorrow. */
    guest: v.optional(v.boolean()),
    id: v.optional(field.messageId),
    text: v.optional(v.string()),
    sealed: v.optional(field.token),
    welcome: v.optional(field.token),
  }),
  /** A SEND is stored; `repeated` where it had been before, and then the number may be absent. */
  SENT: v.object({
    label: field.label,
    in: field.conversation,
    id: field.messageId,
    seq: v.optional(field.sequence),
    at: v.optional(field.time),
    repeated: v.optional(v.boolean()),
  }),
  /** A request was not carried out. */
  FAILED: v.object({
    label: field.label,
    request: v.string(),
    code: v.picklist(Object.keys(failures) as FailureCode[]),
    text: v.string(),
    /** Of `out-of-order`: the number that the stream goes on with. */
    expected: v.optional(field.count),
    /** Of a SEND: its id. */
    id: v.optional(field.messageId),
    /** Of a SEND: another message has that id. */
    taken: v.optional(v.boolean()),
    /** When it may work, in milliseconds. */
    retryMs: v.optional(field.count),
  }),
  /** The messages that a HISTORY asked for have come, as MSG. `more`: there are more in the direction asked. */
  HISTORY_END: v.object({
    label: field.label,
    in: field.conversation,
    log: field.count,
    count: field.count,
    more: v.boolean(),
    /** Numbers of the part that was gone through, first and last, whose messages the server has but can't read any more. */
    damaged: v.optional(v.array(v.tuple([field.sequence, field.sequence]))),
  }),
  /** The device of `by` has stored all up to `seq`. */
  DELIVERED: v.object({ in: field.conversation, by: field.username, seq: field.sequence }),
  STOCKED: v.object({ label: field.label, stock: field.count }),
  /** Key packages are running out. */
  STOCK_LOW: v.object({ stock: field.count }),
  KEY: v.object({
    label: field.label,
    user: field.username,
    device: field.publicKey,
    package: field.keyPackage,
  }),
  PEOPLE: v.object({
    label: field.label,
    people: v.array(person),
    /** There are people whom this does not name. */
    more: v.optional(v.boolean()),
    /** Whether changes will be told as PEOPLE_CHANGED. */
    following: v.optional(v.boolean()),
    /** How many connections the asking account has, this one among them. */
    connections: v.optional(field.count),
  }),
  /** Everybody whom the asking account has blocked. */
  BLOCKED: v.object({ label: field.label, people: v.array(field.username) }),
  /** Everybody who may come into a group by invitation, to its admin. */
  INVITED: v.object({
    label: field.label,
    in: field.conversation,
    people: v.array(field.username),
  }),
  /** A HAND_OVER or an END_GROUP is done. */
  GROUP_CHANGED: v.object({ label: field.label, in: field.conversation }),
  /** What has changed since the last one, to those who follow. */
  PEOPLE_CHANGED: v.object({
    people: v.array(v.object({ ...person.entries, gone: v.optional(v.boolean()) })),
    /** More has changed than is told: who wants to know asks again. */
    again: v.optional(v.boolean()),
  }),
  MEMBERS: v.object({
    label: field.label,
    in: field.conversation,
    admin: field.username,
    members: v.array(person),
    more: v.optional(v.boolean()),
  }),
  /** Somebody has come into a group that this account is in, is out of it, or is its admin now. */
  MEMBER: v.object({
    in: field.conversation,
    user: field.username,
    guest: v.optional(v.boolean()),
    what: v.picklist(['joined', 'left', 'kicked', 'admin']),
  }),
  /** This account has come into a conversation, on whichever of its connections. */
  JOINED: kept,
  /** This account is out of a group. */
  LEFT: v.object({
    in: field.conversation,
    why: v.picklist(['left', 'kicked', 'removed']),
  }),
} as const satisfies Record<string, JsonSchema<object>>;

export type ExtendedVerb = keyof typeof table;

export type ExtendedEventOf<V extends ExtendedVerb> = { readonly verb: V } & Readonly<
  v.InferOutput<(typeof table)[V]>
>;

/** Any extended event, its fields checked. */
export type ExtendedEvent = { [V in ExtendedVerb]: ExtendedEventOf<V> }[ExtendedVerb];

/** Somebody as PEOPLE and MEMBERS name them. */
export type ListedPerson = ExtendedEventOf<'PEOPLE'>['people'][number];

/** Somebody as PEOPLE_CHANGED names them: `gone` where the lists name them no more. */
export type ChangedPerson = ExtendedEventOf<'PEOPLE_CHANGED'>['people'][number];

/** What MEMBER tells of somebody. */
export type MemberNews = ExtendedEventOf<'MEMBER'>['what'];

/** A conversation as WELCOME and JOINED describe it. */
export type KeptConversation = Readonly<v.InferOutput<typeof kept>>;

/** Every event with its schema, for the documentation and its test. */
export const extendedEventTable: Readonly<Record<ExtendedVerb, JsonSchema<object>>> = table;

function isExtendedVerb(word: string): word is ExtendedVerb {
  return Object.hasOwn(table, word);
}

/** Reads one line, decoded as UTF-8; undefined for a line of no known form. */
export function parseExtendedEvent(line: string): ExtendedEvent | undefined {
  const [verb, json] = splitWord(line);
  if (!isExtendedVerb(verb)) return undefined;
  const fields = decodeJson(table[verb] as JsonSchema<object>, json);
  return fields === undefined ? undefined : ({ verb, ...fields } as ExtendedEvent);
}

/**
 * The line of an event, with its line end. Fields that are undefined are left out. Works on text and on binary
 * strings (a character a byte) alike: all that JSON escapes is ASCII.
 */
export function formatExtendedEvent(event: ExtendedEvent): string {
  const { verb, ...fields } = event;
  return `${verb} ${JSON.stringify(fields)}\n`;
}
