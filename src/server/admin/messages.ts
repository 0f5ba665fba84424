// The messages between the operator's commands and the running server on the admin socket: one line of JSON each way.
// The two may be different versions of helo, because a server runs for months: so the format has a version, and both
// decode.

import * as v from 'valibot';

/** Goes up where an older side would misunderstand. */
export const adminVersion = 1;

/** The longest request; answers are as long as the list of users. */
export const maxRequestBytes = 16_384;

const name = v.pipe(v.string(), v.maxLength(64));
const hash = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));

const request = v.variant('act', [
  v.object({ act: v.literal('status') }),
  v.object({ act: v.literal('users') }),
  /** SHA-256 of the code, base64url; the code itself stays with the operator. */
  v.object({
    act: v.literal('invite'),
    hash,
    expiresAt: v.pipe(v.number(), v.safeInteger()),
    /** The account that it is for. */
    name: v.optional(name),
  }),
  v.object({ act: v.literal('revoke-invite'), hash }),
  v.object({ act: v.literal('remove'), name }),
  v.object({ act: v.literal('reset-device'), name }),
  /** Of an account, or of an address. */
  v.object({ act: v.literal('ban'), name }),
  v.object({ act: v.literal('unban'), name }),
  v.object({ act: v.literal('bans') }),
  /** An absolute path, on the server's machine. */
  v.object({
    act: v.literal('backup'),
    path: v.string(),
    evenDamaged: v.optional(v.boolean()),
  }),
  /** Looks at all that is kept. */
  v.object({ act: v.literal('check') }),
]);

export type AdminRequest = v.InferOutput<typeof request>;

const user = v.object({
  name: v.string(),
  /** SHA-256 of the device's public key, in hex; not there after a reset, until the next login. */
  device: v.optional(v.string()),
  /** Milliseconds since 1970. */
  createdAt: v.number(),
  banned: v.boolean(),
  /** What it has written that waits to be fetched; an older server does not say. */
  waitingBytes: v.optional(v.number()),
  /** What it has used up of its quota, in bytes; an older server does not say. */
  quotaUsed: v.optional(v.number()),
  connections: v.number(),
});

export type AdminUser = v.InferOutput<typeof user>;

export const userList = v.array(user);

const usageRow = v.object({ name: v.string(), messages: v.number(), bytes: v.number() });

const usage = v.object({ conversations: v.array(usageRow), writers: v.array(usageRow) });

export type AdminUsage = v.InferOutput<typeof usage>;

export const bans = v.object({
  accounts: v.array(v.string()),
  addresses: v.array(
    v.object({
      address: v.string(),
      /** Who came from there, where the operator has not named the address. */
      because: v.optional(v.string()),
      /** Milliseconds since 1970; not there for until it is lifted. */
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
  /** An older server does not say. */
  usage: v.optional(usage),
});

export type AdminCheck = v.InferOutput<typeof check>;

export const status = v.object({
  version: v.string(),
  pid: v.number(),
  startedAt: v.number(),
  /** As a client takes them, `tls://HOST:PORT#FINGERPRINT`; those that are good from elsewhere where there are any. */
  addresses: v.array(v.string()),
  accounts: v.number(),
  accountsOnline: v.number(),
  connections: v.number(),
  /** Whether what is said can be stored at the moment. */
  storing: v.boolean(),
  /** Private messages that wait to be fetched; an older server does not say. */
  waitingBytes: v.optional(v.number()),
  /** What all guests together have used up of their quota, in bytes; an older server does not say. */
  guestQuotaUsed: v.optional(v.number()),
  /** In bytes; where the server knows. */
  disk: v.optional(v.object({ free: v.number(), reserve: v.number() })),
});

export type AdminStatus = v.InferOutput<typeof status>;

/** Why something was not done, as the operator reads it. */
const refusal = v.object({ message: v.string(), hint: v.optional(v.string()) });

export type AdminRefusal = v.InferOutput<typeof refusal>;

const answer = v.variant('ok', [
  /** Many acts have nothing to tell. */
  v.object({ helo: v.number(), ok: v.literal(true), value: v.optional(v.unknown()) }),
  v.object({ helo: v.number(), ok: v.literal(false), refusal }),
]);

export type AdminAnswer = v.InferOutput<typeof answer>;

/** The line of a request, without its line end. */
export function formatRequest(request: AdminRequest): string {
  return JSON.stringify({ helo: adminVersion, ...request });
}

/** An answer before it has a version. */
export type AdminReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: AdminRefusal };

/** The line of an answer, without its line end. */
export function formatAnswer(answer: AdminReply): string {
  return JSON.stringify({ helo: adminVersion, ...answer });
}

/** The request in a line, or why there is none. */
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

/** The answer in a line, or undefined where it is none. */
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
