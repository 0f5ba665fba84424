// The table of extended requests, client -> server: verb -> phase and schema. The types, the checks and the
// documentation follow from it. After EHLO all commands of version 1 can be used too.

import * as v from 'valibot';
import { expirySeconds } from '../expiry.ts';
import * as rules from '../groups/group-rules.ts';
import * as field from './fields.ts';
import { decodeJson, type JsonSchema } from './json-line.ts';

/** The most messages that one HISTORY returns. */
export const maxHistoryPage = 1000;
/**
 * The most key packages that one STOCK brings: this many of maximum length, with a last resort, fit a line of 64 KiB.
 */
export const maxStockPackages = 12;
/**
 * The most people that one PEOPLE or MEMBERS names: with names of 32 letters they fit the lines that clients accept.
 */
export const maxListed = 20_000;

/** When a request may come: in the login, behind it, or in both. */
type RequestPhase = 'greeting' | 'open' | 'any';

const table = {
  /** Begins the login: the name and the device. Answered by CHALLENGE. */
  EHLO: {
    phase: 'greeting',
    schema: v.object({
      user: field.username,
      device: field.publicKey,
      nonce: field.nonce,
    }),
  },
  /** The device's signature over the challenge, and a one-time code if the server requires one. Answered by WELCOME. */
  PROVE: {
    phase: 'greeting',
    schema: v.object({
      signature: field.signature,
      invite: v.optional(field.invite),
      /** Whether private messages of version 1 and files go to this connection. */
      private: v.optional(v.boolean(), true),
      /** The stream in which this device numbers its messages. WELCOME says the last number that the server has. */
      stream: v.optional(field.stream),
      /** The runs from the last WELCOME that this device got here. */
      runs: v.optional(field.runs),
      /**
       * What this client can beyond what every one can. `sealed`: it is told of sealed groups; `devices`: it knows that
       * accounts have several devices; `rooms`: it takes part in sealed private conversations; `signals`: it hears who is
       * writing, and who has read how far.
       */
      can: v.optional(field.canWords),
      /** The start of this program. WELCOME says the one before it that the server knows of this device. */
      start: v.optional(field.start),
      /** The chain of the account as this device knows it, where the server has lost the link that has added it. */
      links: v.optional(field.chain),
      /** Links that make this device one of the account, signed by the account's recovery key. */
      recovery: v.optional(field.recovery),
    }),
  },
  /** Sends a message. Answered by SENT once it is stored, or by FAILED. */
  SEND: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      id: field.messageId,
      /** For the lobby or a group. */
      text: v.optional(field.lineText),
      /** With `text`, which says the same for clients that do not know it: what it is, such as a change of a message. */
      content: v.optional(field.content),
      /** For a person: an MLS message, the Welcome if it is the first of its session, and the receiving device. */
      sealed: v.optional(field.token),
      welcome: v.optional(field.token),
      device: v.optional(field.publicKey),
      /** To a sealed group, with `sealed`: the last commit that was processed, and the one that the state comes from. */
      seen: v.optional(field.sequence),
      on: v.optional(field.sequence),
      /** To a sealed group or a person: the kept file that the message is about. */
      file: v.optional(field.keptFile),
      /** With `sealed`: for how many seconds it may be read. The server erases it after twice that. */
      ttl: v.optional(v.picklist(expirySeconds)),
    }),
  },
  /** Requests stored messages: those after a number, oldest first, or the last ones before a number. */
  HISTORY: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      after: v.optional(field.sequence),
      before: v.optional(field.sequence),
      limit: v.optional(v.pipe(field.count, v.minValue(1), v.maxValue(maxHistoryPage))),
    }),
  },
  /** This device has stored all private messages with somebody up to a number. There is no answer. */
  GOT: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place, seq: field.sequence }),
  },
  /** Stores key packages for people who want to write. Answered by STOCKED. */
  STOCK: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      packages: v.pipe(v.array(field.keyPackage), v.maxLength(maxStockPackages)),
      /** Given out repeatedly when no other is left. */
      lastResort: v.optional(field.keyPackage),
      /** Deletes the earlier key packages: the device no longer has their private keys. */
      replace: v.optional(v.boolean(), false),
    }),
  },
  /** Requests a key package of somebody, who may be offline. Answered by KEY. */
  TAKE_KEY: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      user: field.username,
      /** Of which device; absent: of the first one that has left some. */
      device: v.optional(field.publicKey),
    }),
  },
  /** Requests who has an account and who is connected. Answered by PEOPLE. */
  PEOPLE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      limit: v.optional(v.pipe(field.count, v.maxValue(maxListed))),
      /** Whether this connection gets changes as PEOPLE_CHANGED from now on. Absent: as before. */
      follow: v.optional(v.boolean()),
    }),
  },
  /** Requests who is in a group. Answered by MEMBERS. */
  MEMBERS: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      limit: v.optional(v.pipe(field.count, v.maxValue(maxListed))),
    }),
  },
  /**
   * Refuses everything private from somebody, or accepts it again (`off`). Without a name, requests who is blocked.
   * Answered by BLOCKED.
   */
  BLOCK: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      user: v.optional(field.username),
      off: v.optional(v.boolean()),
    }),
  },
  /** Makes a group for invited members only. Answered by INVITED. */
  CREATE: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place }),
  },
  /**
   * Lets an account enter such a group, or takes that back (`off`). Without a name, requests who may enter. Answered by
   * INVITED.
   */
  INVITE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      user: v.optional(field.username),
      off: v.optional(v.boolean()),
      /** Of a sealed group: what the admin has signed of it. */
      records: v.optional(field.records),
    }),
  },
  /** The admin of a group makes another member its admin. Answered by GROUP_CHANGED. */
  HAND_OVER: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      user: field.username,
      /** Of a sealed group: what the admin has signed of it. */
      records: v.optional(field.records),
    }),
  },
  /** The admin of a group ends it: everybody leaves it, and its messages are deleted. Answered by GROUP_CHANGED. */
  END_GROUP: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place }),
  },
  /**
   * Changes one thing of a group: a rule, or what somebody is in it. Without a change, asks for its rules. Answered by
   * RULES.
   */
  RULES: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      /** An empty text: none. */
      topic: v.optional(rules.topicText),
      description: v.optional(rules.descriptionText),
      /** 0: no slow mode. */
      slow: v.optional(rules.slowSeconds),
      announce: v.optional(v.boolean()),
      public: v.optional(v.boolean()),
      /** Whom one of the next three is about. */
      user: v.optional(field.username),
      role: v.optional(rules.roleWord),
      ban: v.optional(v.boolean()),
      silence: v.optional(v.boolean()),
      /** Of a ban or a silence: how long. Absent for ever. */
      seconds: v.optional(rules.sanctionSeconds),
      /** Of a ban in an open group. */
      reason: v.optional(rules.reasonText),
      /** Of a sealed group: what its owner or moderator has signed of it. */
      records: v.optional(field.records),
    }),
  },
  /** Asks for groups of the directory, behind a name. Answered by GROUPS. */
  GROUPS: {
    phase: 'open',
    schema: v.object({ label: field.label, after: v.optional(field.groupName) }),
  },
  /** An MLS commit of a sealed group, or the one that founds it. Answered by SENT. */
  COMMIT: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      id: field.messageId,
      kind: field.commitKind,
      /** The last commit that was processed, and the one that the state comes from; 0 of one that founds. */
      seen: field.sequence,
      on: field.sequence,
      /** Absent of one that founds: a group of one leaf has none yet. */
      commit: v.optional(field.mlsCommit),
      /** With which others can enter from here on. */
      info: field.groupInfo,
      /** Of one that founds: the tree. */
      tree: v.optional(field.treePart),
      records: v.optional(field.records),
      /** Of one that founds or enters: that of the committer's account. Of one that removes: of whose devices. */
      chain: v.optional(field.chain),
    }),
  },
  /** A part of the tree of a sealed group as it is behind a commit. Answered by STORED. */
  TREE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      /** Of which commit. */
      at: field.sequence,
      /** Which part, from 1 on, of how many. */
      n: v.pipe(field.count, v.minValue(1), v.maxValue(field.maxTreeParts)),
      of: v.pipe(field.count, v.minValue(1), v.maxValue(field.maxTreeParts)),
      bytes: field.treePart,
      /** With the last part: a GroupInfo of that commit, where the one that is there is wrong. */
      info: v.optional(field.groupInfo),
    }),
  },
  /** Asks what is needed to enter a sealed group. Answered by GROUP, behind the parts of what is wanted. */
  GROUP: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      /** `roster`: comes before as ROSTER; `tree`: before as TREE_PART; `info`: nothing comes before. */
      want: v.optional(v.picklist(['info', 'roster', 'tree']), 'info'),
      /** Of `tree`: behind which commit; the latest one that is there if absent. */
      at: v.optional(field.sequence),
    }),
  },
  /** Asks for the commits of a sealed group alone, which are kept longer than messages. Answered by HISTORY_END, behind them. */
  COMMITS: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      after: field.sequence,
      limit: v.optional(v.pipe(field.count, v.minValue(1), v.maxValue(maxHistoryPage))),
    }),
  },
  /** Puts a link behind those of the own account's chain. Answered by CHAINED. */
  CHAIN: {
    phase: 'open',
    schema: v.object({ label: field.label, link: field.link }),
  },
  /** Asks for the chain of an account, the own one too: for its links behind a number. Answered by ACCOUNT. */
  ACCOUNT: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      user: field.username,
      after: v.optional(field.count, 0),
    }),
  },
  /** Asks for entries of the directory behind a number, and for its head. Answered by DIRECTORY. */
  DIRECTORY: {
    phase: 'open',
    schema: v.object({ label: field.label, after: v.optional(field.count, 0) }),
  },
  /**
   * Brings a file for the people of a conversation, from an offset on. Without one, asks how much of it is kept. Answered
   * by UPLOAD.
   */
  UPLOAD: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      id: field.keptFile,
      /** With `from`: the file will not be longer. */
      bytes: v.optional(field.count),
      /** At most what is kept; the server cuts there. */
      from: v.optional(field.count),
      /** `in` is the own name: it is a blob of this kind, for the own devices. */
      blob: v.optional(field.blobKind),
    }),
  },
  /** Fetches a kept file or a blob, from an offset on. Answered by FETCH. */
  FETCH: {
    phase: 'open',
    schema: v.object({ label: field.label, id: field.keptFile, from: field.count }),
  },
  /** This device has a kept file, or does not want it. Answered by TAKEN. */
  TAKEN: {
    phase: 'open',
    schema: v.object({ label: field.label, id: field.keptFile }),
  },
  /** Deletes a kept file or a blob of one's own. Answered by DROPPED. */
  DROP: {
    phase: 'open',
    schema: v.object({ label: field.label, id: field.keptFile }),
  },
  /**
   * Blanks a line of the log: what was said is deleted from the server's disk, and its number stays. For who said it,
   * and for the admin of its group. Answered by ERASED.
   */
  ERASE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      seq: v.pipe(field.sequence, v.minValue(1)),
    }),
  },
  /** Asks for the blobs of the own account, of one kind or all. Answered by BLOBS. */
  BLOBS: {
    phase: 'open',
    schema: v.object({ label: field.label, blob: v.optional(field.blobKind) }),
  },
  /** Another program has logged in with a copy of this device's data: says that this one is still here. No answer. */
  START: {
    phase: 'open',
    schema: v.object({ label: field.label, start: field.start }),
  },
  /** Requests which devices the own account has. Answered by DEVICES. */
  DEVICES: {
    phase: 'open',
    schema: v.object({ label: field.label }),
  },
  /** Its person is writing there. Answered by nothing but FAILED, and passed on to those who are here. */
  SIGNAL: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      /** In a room: what it says, and the commit that the key comes from. */
      sealed: v.optional(field.sealedSignal),
      on: v.optional(field.sequence),
    }),
  },
  /** Its person has read that far, and wants to hear how far the others have. Answered by their marks, or by FAILED. */
  MARK: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      /** In an open conversation. */
      seq: v.optional(field.sequence),
      /** In a room: what it says, and the commit that the key comes from. */
      sealed: v.optional(field.sealedSignal),
      on: v.optional(field.sequence),
    }),
  },
  /** Comes to a channel where two devices meet, and may leave a box there. Answered by MEET. */
  MEET: {
    phase: 'any',
    schema: v.object({
      label: field.label,
      channel: field.channel,
      /** Absent: only listens. */
      box: v.optional(field.box),
    }),
  },
} as const satisfies Record<string, { phase: RequestPhase; schema: JsonSchema<object> }>;

export type RequestVerb = keyof typeof table;

export type RequestOf<V extends RequestVerb> = { readonly verb: V } & Readonly<
  v.InferOutput<(typeof table)[V]['schema']>
>;

/** Any extended request, its fields checked. */
export type Request = { [V in RequestVerb]: RequestOf<V> }[RequestVerb];

/** Every request with its phase and schema, for the documentation and its test. */
export const requestTable: Readonly<
  Record<RequestVerb, { readonly phase: RequestPhase; readonly schema: JsonSchema<object> }>
> = table;

/** Whether `word` begins a line of the extended protocol. */
export function isRequestVerb(word: string): word is RequestVerb {
  return Object.hasOwn(table, word);
}

/** Reads one line that begins with `verb`, decoded as UTF-8; undefined where it is malformed. */
export function parseRequest(verb: RequestVerb, line: string): Request | undefined {
  const fields = decodeJson(table[verb].schema as JsonSchema<object>, line.slice(verb.length + 1));
  // The schema's output is a new object that nobody else has. A copy would cost more than all the rest.
  return fields === undefined ? undefined : (Object.assign(fields, { verb }) as Request);
}

/** What a client writes: fields with defaults may be left out. */
export type RequestInput<V extends RequestVerb> = Readonly<
  v.InferInput<(typeof table)[V]['schema']>
>;

/** The line of a request, with its line end. */
export function formatRequest<V extends RequestVerb>(verb: V, fields: RequestInput<V>): string {
  return `${verb} ${JSON.stringify(fields)}\n`;
}
