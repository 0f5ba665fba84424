// The fields of requests and events of the extended protocol. Each is checked once, here.

import * as v from 'valibot';
import { decodeBase64url } from '../../lib/base64url.ts';
import { parseLineText, parseUsername, type LineText, type Username } from '../text.ts';
import { nonceBytes, publicKeyBytes, signatureBytes } from './login.ts';
import {
  parseConversation,
  parseMessageId,
  parsePlace,
  parseStream,
  type ConversationName,
} from './names.ts';

/** A string that `parse` accepts. If the result of `parse` is not a string, the reader parses again. */
function text<T extends string>(parse: (text: string) => unknown): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.string(),
    v.check((value) => parse(value) !== undefined),
  ) as unknown as v.GenericSchema<unknown, T>;
}

function bytes(length: number): v.GenericSchema<unknown, string> {
  return text<string>((value) => (decodeBase64url(value)?.length === length ? value : undefined));
}

/** The longest key package, in characters of base64url; those of the hybrid suite have 3,600. */
export const maxPackageLength = 4608;
/** The longest label. */
export const maxLabelLength = 64;
/** The server sends at most this many ids of its runs, the latest ones. */
export const maxRuns = 8;
/** The longest one-time code. */
export const maxInviteLength = 64;

export const username = text<Username>(parseUsername);
/** Text of one line, so that version 1 clients can receive it. */
export const lineText = text<LineText>(parseLineText);
/** `lobby`, `#group` or `@person`. */
export const place = text<string>(parsePlace);
/** `lobby`, `#group` or `@alice+bob`. */
export const conversation = text<ConversationName>(parseConversation);
/** `stream.number`. */
export const messageId = text<string>(parseMessageId);
/** A stream of a client's messages. */
export const stream = text<string>(parseStream);
/** Base64url: an Ed25519 public key, a nonce, a signature. */
export const publicKey = bytes(publicKeyBytes);
export const nonce = bytes(nonceBytes);
export const signature = bytes(signatureBytes);
/** Base64url of any length that fits on a line. */
export const token = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/));
export const keyPackage = v.pipe(token, v.maxLength(maxPackageLength));
export const invite = v.pipe(v.string(), v.regex(/^[\w-]+$/), v.maxLength(maxInviteLength));
/** The client chooses it, and the answer repeats it. */
export const label = v.optional(v.pipe(v.string(), v.maxLength(maxLabelLength)));
/** A position in a log. The first message is 1, so 0 is before all messages. */
export const sequence = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Milliseconds since 1970. */
export const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Ids of runs of a server, the latest first. */
export const runs = v.pipe(v.array(count), v.maxLength(maxRuns), v.readonly());
