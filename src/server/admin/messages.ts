// The messages between the operator's commands and the running server on the admin socket: one line of JSON each way.
// The two may be different versions of helo, because a server runs for months. So the format has a version, and both
// sides check what they decode.

import * as v from 'valibot';

/** Grows when an older side would misunderstand a message. */
export const adminVersion = 1;

/** The longest request. Answers may be as long as the list of users. */
export const maxRequestBytes = 16_384;

const name = v.pipe(v.string(), v.maxLength(64));
const hash = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));

const request = v.variant('act', [
  v.object({ act: v.literal('status') }),
  v.object({ act: v.literal('users') }),
  /** SHA-256 of the code, base64url. Only the operator has the code itself. */
  v.object({
    act: v.literal('invite'),
    hash,
    expiresAt: v.pipe(v.number(), v.safeInteger()),
    /** The account that the code is for. */
    name: v.optional(name),
  }),
  v.object({ act: v.literal('revoke-invite'), hash }),
  v.object({ act: v.literal('remove'), name }),
  v.object({ act: v.literal('reset-device'), name }),
  /** Of an account, or an address. */
  v.object({ act: v.literal('ban'), name }),
  v.object({ act: v.literal('unban'), name }),
  v.object({ act: v.literal('bans') }),
  /** An absolute path, on the server's machine. */
  v.object({
    act: v.literal('backup'),
    path: v.string(),
    evenDamaged: v.optional(v.boolean()),
  }),
  /** Checks everything that is stored. */
  v.object({ act: v.literal('check') }),
]);

export type AdminRequest = v.InferOutput<typeof request>;

const user = v.object({
  name: v.string(),
  /** SHA-256 of the public key of the first device, in hex. Absent after a reset, until the next login. */
  device: v.optional(v.string()),
  /** How many devices it has. Absent of an older server, where each has one. */
  devices: v.optional(v.number()),
  /** Milliseconds since 1970. */
  createdAt: v.number(),
  banned: v.boolean(),
  /** How many bytes of messages it wrote that others have not fetched. Absent from an older server. */
  waitingBytes: v.optional(v.number()),
  /** How much of its quota is used, in bytes. Absent from an older server. */
  quotaUsed: v.optional(v.number()),
  connections: v.number(),
});

export type AdminUser = v.InferOutput<typeof user>;

export const userList = v.array(user);

const usageRow = v.object({ name: v.string(), messages: v.number(), bytes: v.number() });

const fileUsageRow = v.object({ name: v.string(), files: v.number(), bytes: v.number() });

const usage = v.object({
  conversations: v.array(usageRow),
  writers: v.array(usageRow),
  /** Kept files, by whose they are. Absent from an older server. */
  files: v.optional(v.array(fileUsageRow)),
  /** The same of blobs. */
  blobs: v.optional(v.array(fileUsageRow)),
});

export type AdminUsage = v.InferOutput<typeof usage>;

export const bans = v.object({
  accounts: v.array(v.string()),
  addresses: v.array(
    v.object({
      address: v.string(),
      /** The person whose ban caused it. Absent if the operator banned the address itself. */
      because: v.optional(v.string()),
      /** Milliseconds since 1970. Absent: until the operator lifts it. */
      until: v.optional(v.number()),
    }),
  ),
});

export type AdminBans = v.InferOutput<typeof bans>;

export const check = v.object({
  damages: v.array(
    v.object({
      table: v.string(),
      what: v.string(),
      name: v.optional(v.string()),
      first: v.optional(v.number()),
      last: v.optional(v.number()),
    }),
  ),
  messages: v.number(),
  bytes: v.number(),
  /** Absent from an older server. */
  usage: v.optional(usage),
});

export type AdminCheck = v.InferOutput<typeof check>;

export const status = v.object({
  version: v.string(),
  pid: v.number(),
  startedAt: v.number(),
  /** In the form for clients, `tls://HOST:PORT#FINGERPRINT`: those that work from other machines, if there are any. */
  addresses: v.array(v.string()),
  /** Links to the page, for people on other machines. Absent from an older server. */
  pages: v.optional(v.array(v.string())),
  accounts: v.number(),
  accountsOnline: v.number(),
  connections: v.number(),
  /** Whether the store works at the moment. */
  storing: v.boolean(),
  /** Private messages that wait to be fetched. Absent from an older server. */
  waitingBytes: v.optional(v.number()),
  /** How much of their quota all guests together used, in bytes. Absent from an older server. */
  guestQuotaUsed: v.optional(v.number()),
  /** In bytes. Absent if the server does not know. */
  disk: v.optional(v.object({ free: v.number(), reserve: v.number() })),
});

export type AdminStatus = v.InferOutput<typeof status>;

/** Why something was not done, in words for the operator. */
const refusal = v.object({ message: v.string(), hint: v.optional(v.string()) });

export type AdminRefusal = v.InferOutput<typeof refusal>;

const answer = v.variant('ok', [
  /** Many acts have no value to return. */
  v.object({ helo: v.number(), ok: v.literal(true), value: v.optional(v.unknown()) }),
  v.object({ helo: v.number(), ok: v.literal(false), refusal }),
]);

export type AdminAnswer = v.InferOutput<typeof answer>;

/** The line of a request, without its line end. */
export function formatRequest(request: AdminRequest): string {
  return JSON.stringify({ helo: adminVersion, ...request });
}

/** An answer, before the version is added. */
export type AdminReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: AdminRefusal };

/** The line of an answer, without its line end. */
export function formatAnswer(answer: AdminReply): string {
  return JSON.stringify({ helo: adminVersion, ...answer });
}

/** The request in a line, or the refusal if the line is not a valid request. */
export function parseRequest(line: string): AdminRequest | AdminRefusal {
  const json = parseJson(line);
  if (!v.is(v.object({ helo: v.number() }), json)) return { message: 'that is no request' };
  if (json.helo !== adminVersion) {
    return {
      message: `the running server is of another version of helo: it speaks version ${adminVersion} of the admin protocol, not ${json.helo}`,
      hint: 'Start the server again, so that both are the same.',
    };
  }
  const parsed = v.safeParse(request, json);
  return parsed.success
    ? parsed.output
    : {
        message: 'the running server does not know this',
        hint: 'Start it again, so that it is the same version as the command.',
      };
}

/** The answer in a line, or undefined if the line is not a valid answer. */
export function parseAnswer(line: string): AdminAnswer | undefined {
  const parsed = v.safeParse(answer, parseJson(line));
  return parsed.success ? parsed.output : undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
