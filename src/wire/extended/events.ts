// The table of extended events, server -> client: verb -> schema. The mirror of requests.ts. A client ignores verbs
// that it does not know. A message in a conversation is MSG, the same bytes live and from the log.

import * as v from 'valibot';
import { splitWord } from '../text.ts';
import { failures, type FailureCode } from './failures.ts';
import * as field from './fields.ts';
import { groupHead, groupRules, topicText } from '../groups/group-rules.ts';
import { decodeJson, type JsonSchema } from './json-line.ts';

/** A conversation that this account is in, with what the server stores of it. */
const kept = v.object({
  in: field.conversation,
  /**
   * The number of this log. If it differs from the one that a client knows, the client's messages are from another log,
   * except for those that `earlier` covers.
   */
  log: field.count,
  /**
   * The number of this log before the server was restored to an earlier state. Up to `last` the two logs are the same.
   */
  earlier: v.optional(
    v.pipe(v.array(v.object({ log: field.count, last: field.sequence })), v.readonly()),
  ),
  /**
   * Up to here the log is the one that the device may have. What the device has after that number was lost. Sent after
   * a start of the server that the device missed.
   */
  sure: v.optional(field.sequence),
  /** The first and the last message that this account can read. `first` is `last` + 1 if there are none. */
  first: field.sequence,
  last: field.sequence,
  /** Whether messages are stored at all. If not, only connected members receive them, without a number. */
  kept: v.boolean(),
  /** Only for a group. */
  admin: v.optional(field.username),
  ...groupHead,
  /** Only for two people: up to where this account's device, and the other's, have stored the messages. */
  got: v.optional(field.sequence),
  peerGot: v.optional(field.sequence),
  /** Of a sealed group: that it is one, its MLS group id, its last commit, and the last that put somebody out. */
  sealed: v.optional(v.literal(true)),
  groupId: v.optional(field.token),
  lastCommit: v.optional(field.sequence),
  lastOut: v.optional(field.sequence),
});

/** Somebody who is out of a sealed group by the server's word alone. */
const serverOut = v.object({
  user: field.username,
  why: v.picklist(['left', 'kicked', 'removed']),
});

/** What bears on the roster of a sealed group, and the number of its line. */
export const rosterItem = v.union([
  v.object({
    seq: field.sequence,
    founded: v.object({ record: field.token, chain: field.chain }),
  }),
  v.object({ seq: field.sequence, record: field.token }),
  v.object({
    seq: field.sequence,
    entry: v.object({ device: field.publicKey, chain: field.chain }),
  }),
  v.object({ seq: field.sequence, account: v.object({ chain: field.chain }) }),
  v.object({ seq: field.sequence, out: serverOut }),
]);

/** A person as lists name them. */
const person = v.object({
  user: field.username,
  online: v.boolean(),
  guest: v.optional(v.boolean()),
});

const table = {
  /** The server's identity, the proof that it holds the key, and what the device must sign. */
  CHALLENGE: v.object({ server: field.publicKey, nonce: field.nonce, proof: field.signature }),
  /** The login goes on when the server's disk answers; sent every few seconds until then. */
  WAIT: v.object({ for: v.picklist(['disk']) }),
  /** Logged in. */
  WELCOME: v.object({
    user: field.username,
    /** Whether this login made the account. */
    created: v.boolean(),
    conversations: v.array(kept),
    /** The last number that was accepted in the stream that PROVE names; 0 if the server does not know the stream. */
    lastNumber: v.optional(field.count),
    /** Ids of runs of the server, the latest first, for the next PROVE. Absent if it does not know them. */
    runs: v.optional(field.runs),
    /** The server knows none of the runs that PROVE names: any part of the device's copy may be lost on the server. */
    parted: v.optional(v.boolean()),
    /** The first and last number of the logs that began since the device was here: it cannot have seen them. */
    newLogs: v.optional(v.tuple([field.count, field.count])),
    /** How long messages are stored, in milliseconds and in messages of one conversation. Absent for no limit. */
    keepMs: v.optional(field.count),
    keepCount: v.optional(field.count),
    /** Of a client that can take part in sealed groups: how many links the chain of its account has here. */
    links: v.optional(field.count),
    /** The start that the server knew of this device before the one that PROVE names, where it is another one. */
    start: v.optional(field.start),
    /** Of a client that can take part in sealed groups: the time by the server's clock. */
    now: v.optional(field.time),
  }),
  /** A message. */
  MSG: v.object({
    in: field.conversation,
    /** Absent if the conversation is not stored. */
    seq: v.optional(field.sequence),
    at: field.time,
    /** Absent if the server itself is the sender. */
    from: v.optional(field.username),
    /** Whether `from` is a guest: another person may have the name tomorrow. */
    guest: v.optional(v.boolean()),
    id: v.optional(field.messageId),
    text: v.optional(v.string()),
    /** Beside `text`: what it is, for clients that know it. */
    content: v.optional(field.token),
    /** It was said, and is deleted: only who said it and when is left. */
    erased: v.optional(v.literal(true)),
    /** With `erased`: its own time was over. */
    expired: v.optional(v.literal(true)),
    sealed: v.optional(field.token),
    welcome: v.optional(field.token),
    /** Of a private message that is sealed for one device: its key, as the sender gave it. */
    device: v.optional(field.publicKey),
    /** Of a sealed group, with `sealed` or `commit`: as its sender gave them. */
    seen: v.optional(field.sequence),
    on: v.optional(field.sequence),
    /** Of a sealed group: an MLS commit, with what goes with it. */
    kind: v.optional(field.commitKind),
    commit: v.optional(field.mlsCommit),
    info: v.optional(field.groupInfo),
    records: v.optional(field.records),
    chain: v.optional(field.chain),
    /** Of a sealed group: somebody is out, by the server's word alone. */
    out: v.optional(serverOut),
  }),
  /** A SEND or a COMMIT is stored. `repeated` if it was stored before; then the number may be absent. */
  SENT: v.object({
    label: field.label,
    in: field.conversation,
    id: field.messageId,
    seq: v.optional(field.sequence),
    at: v.optional(field.time),
    repeated: v.optional(v.boolean()),
    /** Of a COMMIT: the last tree is old, and this client is to leave the one behind its commit. */
    wantTree: v.optional(v.literal(true)),
  }),
  /** A request was not carried out. */
  FAILED: v.object({
    label: field.label,
    request: v.string(),
    code: v.picklist(Object.keys(failures) as FailureCode[]),
    text: v.string(),
    /** Of `out-of-order`: the next number of the stream. */
    expected: v.optional(field.count),
    /** Of a SEND: its id. */
    id: v.optional(field.messageId),
    /** Of a SEND: another message has that id. */
    taken: v.optional(v.boolean()),
    /** When a retry may work, in milliseconds from now. */
    retryMs: v.optional(field.count),
    /** Of `stale`: the number of the last commit. */
    last: v.optional(field.sequence),
    /** Of `cannot-seal`: because of whom. */
    people: v.optional(v.array(field.username)),
    /** Of `file-quota`: how many bytes are left. */
    room: v.optional(field.count),
  }),
  /** All messages that a HISTORY requested were sent, as MSG. `more`: there are more in that direction. */
  HISTORY_END: v.object({
    label: field.label,
    in: field.conversation,
    log: field.count,
    count: field.count,
    more: v.boolean(),
    /**
     * First and last numbers of messages that the server has but cannot read any more, within the part that was read.
     */
    damaged: v.optional(v.array(v.tuple([field.sequence, field.sequence]))),
  }),
  /** The device of `by` has stored all messages up to `seq`. */
  DELIVERED: v.object({ in: field.conversation, by: field.username, seq: field.sequence }),
  STOCKED: v.object({ label: field.label, stock: field.count }),
  /** Few key packages are left. */
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
    /** There are more people than those named here. */
    more: v.optional(v.boolean()),
    /** Whether changes will be sent as PEOPLE_CHANGED. */
    following: v.optional(v.boolean()),
    /** How many connections the requesting account has, this one included. */
    connections: v.optional(field.count),
  }),
  /** Everybody whom the requesting account has blocked. */
  BLOCKED: v.object({ label: field.label, people: v.array(field.username) }),
  /** Everybody who may enter a group by invitation, for its admin. */
  INVITED: v.object({
    label: field.label,
    in: field.conversation,
    people: v.array(field.username),
  }),
  /**
   * The rules of a group: the answer to a RULES, or, without a label, because they have changed. Bans are told only to who
   * may lift them. Of a sealed group only what the server may know.
   */
  RULES: v.object({ label: field.label, in: field.conversation, ...groupRules.entries }),
  /** Groups of the directory, by their names. */
  GROUPS: v.object({
    label: field.label,
    groups: v.array(
      v.object({
        in: field.conversation,
        members: field.count,
        sealed: v.optional(v.literal(true)),
        topic: v.optional(topicText),
      }),
    ),
    /** There are more behind the last of them. */
    more: v.optional(v.literal(true)),
  }),
  /** A HAND_OVER or an END_GROUP is done. */
  GROUP_CHANGED: v.object({ label: field.label, in: field.conversation }),
  /** What has changed since the last one, for followers. */
  PEOPLE_CHANGED: v.object({
    people: v.array(v.object({ ...person.entries, gone: v.optional(v.boolean()) })),
    /** More has changed than is named here: a client that needs all of it requests PEOPLE again. */
    again: v.optional(v.boolean()),
  }),
  MEMBERS: v.object({
    label: field.label,
    in: field.conversation,
    admin: field.username,
    members: v.array(person),
    more: v.optional(v.boolean()),
  }),
  /** Somebody entered or left a group that this account is in, or became its admin. */
  MEMBER: v.object({
    in: field.conversation,
    user: field.username,
    guest: v.optional(v.boolean()),
    what: v.picklist(['joined', 'left', 'kicked', 'admin']),
  }),
  /** This account entered a conversation, on any of its connections. */
  JOINED: kept,
  /** A part of a tree is there; `whole` with the last of them. */
  STORED: v.object({
    label: field.label,
    in: field.conversation,
    at: field.sequence,
    n: field.count,
    whole: v.optional(v.literal(true)),
  }),
  /** A part of what a GROUP that wants the roster asks for: records, entries and outs, in the order of the log. */
  ROSTER: v.object({
    label: field.label,
    in: field.conversation,
    items: v.array(rosterItem),
  }),
  /** A part of the tree that a GROUP asks for. */
  TREE_PART: v.object({
    label: field.label,
    in: field.conversation,
    at: field.sequence,
    n: field.count,
    of: field.count,
    bytes: field.treePart,
  }),
  /** What is needed to enter a sealed group. */
  GROUP: v.object({
    label: field.label,
    in: field.conversation,
    log: field.count,
    groupId: field.token,
    /** The last commit, and the last that put somebody out. */
    last: field.sequence,
    lastOut: field.sequence,
    /** SHA-256 of the last record. */
    head: field.token,
    /** The latest GroupInfos, the latest first: behind which commit, and who left it. */
    infos: v.array(
      v.object({ at: field.sequence, info: field.groupInfo, by: v.optional(field.username) }),
    ),
    /** The trees that are there, the latest first: behind which commit, and in how many parts. */
    trees: v.array(v.object({ at: field.sequence, of: field.count })),
  }),
  /** This account left a group. */
  LEFT: v.object({
    in: field.conversation,
    why: v.picklist(['left', 'kicked', 'removed']),
  }),
  /** The chain of the own account has changed: it has so many links now. */
  CHAIN_CHANGED: v.object({ user: field.username, links: field.count }),
  /** A program of this device is here that has named this start. */
  START: v.object({ start: field.start }),
  /** The devices of the own account, the oldest first. */
  DEVICES: v.object({
    label: field.label,
    devices: v.array(
      v.object({
        device: field.publicKey,
        /** Absent of the first one. */
        form: v.optional(field.deviceForm),
        since: field.time,
        /** The day of its last login. Absent where it has never logged in. */
        seen: v.optional(field.time),
        /** Whether a connection of it is here, and whether this connection is of it. */
        here: v.optional(v.literal(true)),
        own: v.optional(v.literal(true)),
      }),
    ),
  }),
  /** Somebody is writing. */
  SIGNAL: v.object({
    in: field.conversation,
    from: field.username,
    /** In a room. */
    sealed: v.optional(field.sealedSignal),
    on: v.optional(field.sequence),
  }),
  /** How far somebody has read. */
  MARK: v.object({
    in: field.conversation,
    from: field.username,
    seq: v.optional(field.sequence),
    /** In a room. */
    sealed: v.optional(field.sealedSignal),
    on: v.optional(field.sequence),
  }),
  /** Answers MEET with how many boxes the channel has; or brings a box that somebody else has left. */
  MEET: v.object({
    label: field.label,
    channel: field.channel,
    boxes: v.optional(field.count),
    box: v.optional(field.box),
  }),
  /** The link of a CHAIN is stored, or was before. */
  CHAINED: v.object({ label: field.label, links: field.count }),
  /** The chain of an account, as the server has it. Without a device after a reset, until the next login. */
  ACCOUNT: v.object({
    label: field.label,
    user: field.username,
    device: v.optional(field.publicKey),
    /** Those behind the number that was asked for, in order. */
    links: field.chain,
    /** It takes part in sealed private conversations. */
    rooms: v.optional(v.literal(true)),
  }),
  /** Entries of the directory behind the number that was asked for, at most 1,000, and its head as it is now. */
  DIRECTORY: v.object({
    label: field.label,
    /** One behind the other, each of 40 bytes. */
    entries: v.optional(field.directoryEntries),
    size: field.count,
    hash: field.treeHash,
    at: field.time,
    /** By the identity of the server. */
    signature: field.signature,
  }),
  /** How much of an upload is kept, and where to bring the rest. */
  UPLOAD: v.object({
    label: field.label,
    id: field.keptFile,
    have: field.count,
    /** It stays as it is: a message has named it, or it is a blob and whole. */
    sent: v.optional(v.literal(true)),
    /** Where it was asked for: the port, and the ticket for it. */
    port: v.optional(field.port),
    ticket: v.optional(field.ticket),
  }),
  /** So much of an upload is on the disk. */
  KEPT: v.object({
    id: field.keptFile,
    have: field.count,
    /** The connection to the port has ended. */
    over: v.optional(v.literal(true)),
    /** Why the server ended it. */
    code: v.optional(v.picklist(Object.keys(failures) as FailureCode[])),
  }),
  /** Where to fetch a kept file, which has so many bytes. */
  FETCH: v.object({
    label: field.label,
    id: field.keptFile,
    bytes: field.count,
    port: field.port,
    ticket: field.ticket,
  }),
  /** A TAKEN is done. */
  TAKEN: v.object({ label: field.label, id: field.keptFile }),
  /** The blobs of the own account that are whole, the oldest first. */
  BLOBS: v.object({
    label: field.label,
    blobs: v.array(v.object({ id: field.keptFile, blob: field.blobKind, bytes: field.count })),
    /** How many bytes more it may keep. Absent for no limit. */
    room: v.optional(field.count),
  }),
  /** An ERASE is done: nothing of that line is left but its number, its sender and its time. */
  ERASED: v.object({ label: field.label, in: field.conversation, seq: field.sequence }),
  /** A DROP is done. */
  DROPPED: v.object({ label: field.label, id: field.keptFile }),
} as const satisfies Record<string, JsonSchema<object>>;

export type ExtendedVerb = keyof typeof table;

export type ExtendedEventOf<V extends ExtendedVerb> = { readonly verb: V } & Readonly<
  v.InferOutput<(typeof table)[V]>
>;

/** Any extended event, its fields checked. */
export type ExtendedEvent = { [V in ExtendedVerb]: ExtendedEventOf<V> }[ExtendedVerb];

/** A person as PEOPLE and MEMBERS name them. */
export type ListedPerson = ExtendedEventOf<'PEOPLE'>['people'][number];

/** A person as PEOPLE_CHANGED names them: `gone` if the lists no longer name them. */
export type ChangedPerson = ExtendedEventOf<'PEOPLE_CHANGED'>['people'][number];

/** What a ROSTER names. */
export type RosterItem = v.InferOutput<typeof rosterItem>;

/** Somebody who is out of a sealed group by the server's word. */
export type ServerOut = Readonly<v.InferOutput<typeof serverOut>>;

/** What MEMBER says about a person. */
export type MemberNews = ExtendedEventOf<'MEMBER'>['what'];

/** A conversation as WELCOME and JOINED describe it. */
export type KeptConversation = Readonly<v.InferOutput<typeof kept>>;

/** Every event with its schema, for the documentation and its test. */
export const extendedEventTable: Readonly<Record<ExtendedVerb, JsonSchema<object>>> = table;

function isExtendedVerb(word: string): word is ExtendedVerb {
  return Object.hasOwn(table, word);
}

/** Reads one line, decoded as UTF-8. Undefined for a line of unknown form. */
export function parseExtendedEvent(line: string): ExtendedEvent | undefined {
  const [verb, json] = splitWord(line);
  if (!isExtendedVerb(verb)) return undefined;
  const fields = decodeJson(table[verb] as JsonSchema<object>, json);
  return fields === undefined ? undefined : ({ verb, ...fields } as ExtendedEvent);
}

/**
 * The line of an event, with its line end. Undefined fields are left out. Works on text and on binary strings (one
 * character per byte) alike: everything that JSON escapes is ASCII.
 */
export function formatExtendedEvent(event: ExtendedEvent): string {
  const { verb, ...fields } = event;
  return `${verb} ${JSON.stringify(fields)}\n`;
}
