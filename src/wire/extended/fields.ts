// The fields of requests and events of the extended protocol. Each is checked once, here.

import * as v from 'valibot';
import { decodeBase64url } from '../../lib/base64url.ts';
import {
  blobKinds,
  parseKeptFileId,
  parseTicket,
  type KeptFileId,
  type Ticket,
} from '../kept-files.ts';
import {
  parseGroupName,
  parseLineText,
  parseUsername,
  type GroupName,
  type LineText,
  type Username,
} from '../text.ts';
import { deviceForms } from '../statements/chain-link.ts';
import { directoryEntryBytes, maxDirectoryPage } from '../statements/directory.ts';
import { treeHashBytes } from '../statements/hash-bytes.ts';
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
/** The longest MLS commit, in characters of base64url: 45,000 bytes. With what goes with it, it has to fit a line. */
export const maxCommitLength = 60_000;
/** The longest GroupInfo, in characters; one without its tree has 2,030 in the hybrid suite. */
export const maxGroupInfoLength = 4096;
/** A tree goes in parts of so many characters (48,000 bytes) and so many parts. */
export const maxTreePartLength = 64_000;
export const treePartBytes = 48_000;
export const maxTreeParts = 24;
/** The longest record of a group, and so many of them come with one commit. */
export const maxRecordLength = 21_846;
export const maxRecords = 8;
/** The longest link of an account's chain, and so many of them one account has. */
export const maxLinkLength = 683;
export const maxLinks = 64;
/** So many links come with a login. */
export const maxRecoveryLinks = 12;
/** A box that a device leaves for another one: 4,096 bytes. */
export const maxBoxLength = 5462;
const channelBytes = 16;
/**
 * The longest content of an open conversation, in characters of base64url: 32,768 bytes. With its plain sentence it has
 * to fit a line.
 */
export const maxContentLength = 43_691;
/** Codes of contents below this are of sealed messages only. The first byte of a content is its code. */
const firstOpenCode = 7;
/** So many words may say what a client can. */
const maxCanWords = 16;

export const username = text<Username>(parseUsername);
export const groupName = text<GroupName>(parseGroupName);
/** Text of one line, so that version 1 clients can receive it. */
export const lineText = text<LineText>(parseLineText);
/** `lobby`, `#group` or `@person`. */
export const place = text<string>(parsePlace);
/** `lobby`, `#group`, `@alice+bob` or `@alice`. */
export const conversation = text<ConversationName>(parseConversation);
/** `stream.number`. */
export const messageId = text<string>(parseMessageId);
/** A start of a device's program, as `mark.number`: a mark drawn at random, and how many starts there were. */
export const start = text<string>(parseMessageId);
/** A stream of a client's messages. */
export const stream = text<string>(parseStream);
/** Base64url: an Ed25519 public key, a nonce, a signature. */
export const publicKey = bytes(publicKeyBytes);
export const nonce = bytes(nonceBytes);
export const signature = bytes(signatureBytes);
/** What a message is beyond its text, in an open conversation. The server reads no more of it than its code. */
export const content = v.pipe(
  v.string(),
  v.maxLength(maxContentLength),
  v.check((value) => (decodeBase64url(value)?.[0] ?? 0) >= firstOpenCode),
);
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
/** An MLS commit, a GroupInfo, and a part of a tree. */
export const mlsCommit = v.pipe(token, v.maxLength(maxCommitLength));
export const groupInfo = v.pipe(token, v.maxLength(maxGroupInfoLength));
export const treePart = v.pipe(token, v.maxLength(maxTreePartLength));
/** One link of a chain. */
export const link = v.pipe(token, v.maxLength(maxLinkLength));
/** Signed records of a group, and signed links of an account's chain, in their order. */
export const records = v.pipe(
  v.array(v.pipe(token, v.maxLength(maxRecordLength))),
  v.maxLength(maxRecords),
  v.readonly(),
);
export const chain = v.pipe(v.array(link), v.maxLength(maxLinks), v.readonly());
/** With which a device comes back by the recovery key: it may have to revoke as many others first. */
export const recovery = v.pipe(
  v.array(link),
  v.minLength(1),
  v.maxLength(maxRecoveryLinks),
  v.readonly(),
);
/** What a commit does. */
export const commitKind = v.picklist(['found', 'enter', 'remove', 'rotate']);
/** Which kept file, and the ticket for its port. */
export const keptFile = text<KeptFileId>(parseKeptFileId);
export const blobKind = v.picklist(blobKinds);
export const ticket = text<Ticket>(parseTicket);
export const port = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535));
/** Where two devices meet, and what one leaves there for the other. */
export const channel = bytes(channelBytes);
/** Entries of the directory, and the hash of all of them. */
export const directoryEntries = v.pipe(
  token,
  v.check((value) => (decodeBase64url(value)?.length ?? 1) % directoryEntryBytes === 0),
  v.maxLength((maxDirectoryPage * directoryEntryBytes * 4) / 3 + 2),
);
export const treeHash = bytes(treeHashBytes);
export const box = v.pipe(token, v.maxLength(maxBoxLength));
/** What kind of program a device is. */
export const deviceForm = v.picklist(deviceForms);
/** What a signal says in a room, sealed: a nonce, so many bytes, and their tag. */
export const signalBytes = 128;
const signalNonceBytes = 12;
const signalTagBytes = 16;
export const sealedSignal = bytes(signalNonceBytes + signalBytes + signalTagBytes);
/** Words for what a client can. */
export const canWords = v.pipe(
  v.array(v.pipe(v.string(), v.regex(/^[a-z\d-]{1,32}$/))),
  v.maxLength(maxCanWords),
  v.readonly(),
);
/** Ids of runs of a server, the latest first. */
export const runs = v.pipe(v.array(count), v.maxLength(maxRuns), v.readonly());
