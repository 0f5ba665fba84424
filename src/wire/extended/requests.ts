// The table of extended requests, client -> server: verb -> phase and schema. The types, the checks and the
// documentation follow from it. After EHLO all commands of version 1 stay usable too.

import * as v from 'valibot';
import * as field from './fields.ts';
import { decodeJson, type JsonSchema } from './json-line.ts';

/** Most messages that one HISTORY gives. */
export const maxHistoryPage = 1000;
/** Most key packages that one STOCK brings: so many of the longest, with a last resort, fit a line of 64 KiB. */
export const maxStockPackages = 12;
/** Most people that one PEOPLE or MEMBERS names: with names of 32 letters they fit the lines that clients take. */
export const maxListed = 20_000;

const table = {
  /** Who wants to log in, with which device. Answered by CHALLENGE. */
  EHLO: {
    phase: 'greeting',
    schema: v.object({
      user: field.username,
      device: field.publicKey,
      nonce: field.nonce,
    }),
  },
  /** The device's signature over the challenge, and a one-time code where one is needed. Answered by WELCOME. */
  PROVE: {
    phase: 'greeting',
    schema: v.object({
      signature: field.signature,
      invite: v.optional(field.invite),
      /** Whether this connection is the one that private messages of version 1 and files go to. */
      private: v.optional(v.boolean(), true),
      /** The stream that this device numbers its messages in: WELCOME says how far the server has it. */
      stream: v.optional(field.stream),
      /** Those of the last WELCOME that this device had here. */
      runs: v.optional(field.runs),
    }),
  },
  /** Says something. Answered by SENT once it is stored, or by FAILED. */
  SEND: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      id: field.messageId,
      /** To the lobby or a group. */
      text: v.optional(field.lineText),
      /** To a person: an MLS message, the Welcome where it is the first of its session, and the device it is for. */
      sealed: v.optional(field.token),
      welcome: v.optional(field.token),
      device: v.optional(field.publicKey),
    }),
  },
  /** Asks for stored messages: those after a number, oldest first, or the last ones before a number. */
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
  /** This device has stored all private messages with somebody up to a number. Has no answer. */
  GOT: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place, seq: field.sequence }),
  },
  /** Leaves key packages for those who want to write. Answered by STOCKED. */
  STOCK: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      packages: v.pipe(v.array(field.keyPackage), v.maxLength(maxStockPackages)),
      /** Given out again and again when there is no other. */
      lastResort: v.optional(field.keyPackage),
      /** Throws away what was left before: its private parts are gone. */
      replace: v.optional(v.boolean(), false),
    }),
  },
  /** Asks for a key package of somebody, who need not be there. Answered by KEY. */
  TAKE_KEY: {
    phase: 'open',
    schema: v.object({ label: field.label, user: field.username }),
  },
  /** Asks who has an account and who is here. Answered by PEOPLE. */
  PEOPLE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      limit: v.optional(v.pipe(field.count, v.maxValue(maxListed))),
      /** Whether this connection hears of comings and goings from here on, as PEOPLE_CHANGED; absent: as before. */
      follow: v.optional(v.boolean()),
    }),
  },
  /** Asks who is in a group. Answered by MEMBERS. */
  MEMBERS: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      limit: v.optional(v.pipe(field.count, v.maxValue(maxListed))),
    }),
  },
  /** Takes nothing private from somebody any more, or again (`off`). Without a name, asks who is blocked. Answered by BLOCKED. */
  BLOCK: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      user: v.optional(field.username),
      off: v.optional(v.boolean()),
    }),
  },
  /** Makes a group that is entered by invitation. Answered by INVITED. */
  CREATE: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place }),
  },
  /** Lets an account into such a group, or not any more (`off`). Without a name, asks who may come. Answered by INVITED. */
  INVITE: {
    phase: 'open',
    schema: v.object({
      label: field.label,
      in: field.place,
      user: v.optional(field.username),
      off: v.optional(v.boolean()),
    }),
  },
  /** The admin of a group makes another member the admin. Answered by GROUP_CHANGED. */
  HAND_OVER: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place, user: field.username }),
  },
  /** The admin of a group ends it: nobody is in it any more, and what was said there goes. Answered by GROUP_CHANGED. */
  END_GROUP: {
    phase: 'open',
    schema: v.object({ label: field.label, in: field.place }),
  },
} as const satisfies Record<string, { phase: 'greeting' | 'open'; schema: JsonSchema<object> }>;

export type RequestVerb = keyof typeof table;

export type RequestOf<V extends RequestVerb> = { readonly verb: V } & Readonly<
  v.InferOutput<(typeof table)[V]['schema']>
>;

/** Any extended request, its fields checked. */
export type Request = { [V in RequestVerb]: RequestOf<V> }[RequestVerb];

/** Every request with its phase and schema, for the documentation and its test. */
export const requestTable: Readonly<
  Record<RequestVerb, { readonly phase: 'greeting' | 'open'; readonly schema: JsonSchema<object> }>
> = table;

/** Whether `word` begins a line of the extended protocol. */
export function isRequestVerb(word: string): word is RequestVerb {
  return Object.hasOwn(table, word);
}

/** Reads one line that begins with `verb`, decoded as UTF-8; undefined where it is malformed. */
export function parseRequest(verb: RequestVerb, line: string): Request | undefined {
  const fields = decodeJson(table[verb].schema as JsonSchema<object>, line.slice(verb.length + 1));
  // What the schema gives is new and nobody else's. A copy would cost more than all the rest.
  return fields === undefined ? undefined : (Object.assign(fields, { verb }) as Request);
}

/** What a client writes: defaults may be left out. */
export type RequestInput<V extends RequestVerb> = Readonly<
  v.InferInput<(typeof table)[V]['schema']>
>;

/** The line of a request, with its line end. */
export function formatRequest<V extends RequestVerb>(verb: V, fields: RequestInput<V>): string {
  return `${verb} ${JSON.stringify(fields)}\n`;
}
