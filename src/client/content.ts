// What a message can be: one closed union, from the outbox to the screen. Ids of messages stand beside it and hide no kind.
// Each kind has a code, which is what sealed frames carry (encryption/message-frame.ts). Of codes from 4 on
// a version that does not know them keeps what came as it came, so that a later one can show it.
// Numbers are those of the log. One encoding for each content; anything else is refused.
import {
  concatBytes,
  decodeUtf8,
  encodeUtf8,
  equalBytes,
  formatHex,
  parseHex,
} from '../lib/bytes.ts';
import { unreachable } from '../lib/invariant.ts';
import { decodeHead, encodeHead, isHead, type ToldHead } from './encryption/told-head.ts';
import {
  decodeToldTimer,
  encodeToldTimer,
  isToldTimer,
  type ToldTimerContent,
} from './expiring/told-timer.ts';
import {
  decodeAmendment,
  encodeAmendment,
  type AmendmentContent,
} from './amending/amendment-content.ts';
import type { ExpirySeconds } from '../wire/expiry.ts';
import { decodeSaid, encodeSaid, type SaidContent } from './amending/said-content.ts';
import {
  decodeExpiring,
  decodeTimer,
  encodeExpiring,
  encodeTimer,
  type Expiring,
  type TimerContent,
} from './expiring/expiring-content.ts';
import {
  decodeFile,
  encodeFile,
  isKnownPlace,
  type FileContent,
  type KeptFileContent,
} from './files/file-content.ts';

export type { FileContent, KeptFileContent } from './files/file-content.ts';
export type { TimerContent } from './expiring/expiring-content.ts';
export type { SaidContent } from './amending/said-content.ts';
export type { AmendmentContent } from './amending/amendment-content.ts';

/** Of all kinds and their encodings together. What has a higher one cannot be read at all. */
export const contentVersion = 2;

export interface TextContent extends Expiring {
  readonly kind: 'text';
  readonly text: string;
}

/** The messages with these numbers could not be read: say again what was in them. Ascending. */
export interface AskContent {
  readonly kind: 'ask';
  readonly numbers: readonly number[];
}

/** The content of the message `number`, which could not be read; `id` is that message's, in hex. */
export interface AgainContent {
  readonly kind: 'again';
  readonly number: number;
  readonly id: string;
  readonly text: string;
}

/** A note between the two programs about a file (files/notes/file-note.ts), in its own encoding. */
export interface FileNoteContent {
  readonly kind: 'file-note';
  readonly note: Uint8Array;
}

/** A note between the devices of one account (account/own/own-note.ts), in its own encoding. */
export interface OwnNoteContent {
  readonly kind: 'own-note';
  readonly note: Uint8Array;
}

/**
 * Which list of devices the server has shown to the sender (account/directory). It has the code of notes about files:
 * versions that do not know it drop it without a word, as a note of a later version.
 */
export interface HeadContent {
  readonly kind: 'head';
  readonly head: ToldHead;
}

/** A step of a sealed group, whose commit is beside it in the outbox. No frame contains it. */
export interface StepContent {
  readonly kind: 'group-step';
}

/** From a later version of helo. */
export interface UnknownContent {
  readonly kind: 'unknown';
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** The content of a message in the history, which is shown. */
export type MessageContent =
  TextContent | SaidContent | FileContent | TimerContent | UnknownContent;

/** What two programs say to each other: it has no place in the history, and leaves the outbox without a word. */
export type SilentContent =
  AskContent | AgainContent | FileNoteContent | OwnNoteContent | HeadContent | ToldTimerContent;

/** What is said to others: it is shown, or changes what is shown. */
export type SpokenContent = MessageContent | AmendmentContent;

export type Content = SpokenContent | SilentContent;

/** What an outbox holds. */
export type OutboxContent = Content | StepContent;

/** A content as bytes, without its id. */
export interface EncodedContent {
  readonly code: number;
  readonly bytes: Uint8Array;
}

export const messageIdBytes = 16;
/** Most numbers in one request. */
export const maxAskedNumbers = 64;

export const contentCodes = {
  text: 1,
  ask: 2,
  again: 3,
  file: 4,
  fileNote: 5,
  ownNote: 6,
  said: 7,
  edit: 8,
  delete: 9,
  react: 10,
  timer: 11,
  expiring: 12,
  pin: 13,
} as const;
/** From here on a client that does not know a kind keeps it as it came. */
const firstKeptCode = 4;
const lastCode = 255;
const numberBytes = 8;
const againHeadBytes = numberBytes + messageIdBytes;

export function textContent(text: string): TextContent {
  return { kind: 'text', text };
}

/** The text of a content. Empty if it has none, or is of a kind that this version does not know. */
export function textOf(content: OutboxContent): string {
  return 'text' in content ? content.text : '';
}

/** Whether it has a place in the history. */
export function isMessage(content: OutboxContent): content is MessageContent {
  return !isSilent(content) && !isAmendment(content);
}

/** For how many seconds it may be read, if it disappears. */
export function ttlOf(content: OutboxContent): ExpirySeconds | undefined {
  return 'ttl' in content ? content.ttl : undefined;
}

/** Whether it is said of an earlier message: it has no place of its own in the history. */
export function isAmendment(content: OutboxContent): content is AmendmentContent {
  switch (content.kind) {
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
      return true;
    default:
      return false;
  }
}

/** Whether it is between two programs: it is never shown. */
export function isSilent(content: OutboxContent): content is SilentContent | StepContent {
  return isIdless(content) || isNote(content) || content.kind === 'group-step';
}

/** Whether it is a note between two programs. */
export function isNote(
  content: OutboxContent,
): content is FileNoteContent | OwnNoteContent | HeadContent | ToldTimerContent {
  const { kind } = content;
  return kind === 'file-note' || kind === 'own-note' || kind === 'head' || kind === 'timer-told';
}

/** Whether it asks, or says something again: its frame has no id. */
export function isIdless(content: OutboxContent): content is AskContent | AgainContent {
  return content.kind === 'ask' || content.kind === 'again';
}

export function isSameContent(one: Content, other: Content): boolean {
  const [first, second] = [encodeContent(one), encodeContent(other)];
  return first.code === second.code && equalBytes(first.bytes, second.bytes);
}

export function isAboutFile(content: Content): content is FileContent | FileNoteContent {
  return content.kind === 'file' || content.kind === 'file-note';
}

/** Whether it is about a file that the server keeps. */
export function isKeptFile(content: OutboxContent): content is KeptFileContent {
  return content.kind === 'file' && content.at === 'kept';
}

export function encodeContent(content: Content): EncodedContent {
  const [ttl, encoded] = [ttlOf(content), encodeLasting(content)];
  if (ttl === undefined) return encoded;
  return { code: contentCodes.expiring, bytes: encodeExpiring(ttl, encoded) };
}

/** Without its time. */
function encodeLasting(content: Content): EncodedContent {
  switch (content.kind) {
    case 'text':
      return { code: contentCodes.text, bytes: encodeUtf8(content.text) };
    case 'ask': {
      const { numbers } = content;
      const bytes = concatBytes(Uint8Array.of(numbers.length), ...numbers.map(encodeNumber));
      return { code: contentCodes.ask, bytes };
    }
    case 'again': {
      const { number, id, text } = content;
      const bytes = concatBytes(encodeNumber(number), parseHex(id), encodeUtf8(text));
      return { code: contentCodes.again, bytes };
    }
    case 'file':
      return { code: contentCodes.file, bytes: encodeFile(content) };
    case 'file-note':
      return { code: contentCodes.fileNote, bytes: content.note };
    case 'own-note':
      return { code: contentCodes.ownNote, bytes: content.note };
    case 'head':
      return { code: contentCodes.fileNote, bytes: encodeHead(content.head) };
    case 'timer-told':
      return { code: contentCodes.fileNote, bytes: encodeToldTimer(content.timer) };
    case 'said':
      return { code: contentCodes.said, bytes: encodeSaid(content) };
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
      return { code: contentCodes[content.kind], bytes: encodeAmendment(content) };
    case 'timer':
      return { code: contentCodes.timer, bytes: encodeTimer(content) };
    case 'unknown':
      return { code: content.code, bytes: content.bytes };
    default:
      return unreachable(content);
  }
}

/** The content in `bytes`, or undefined if they are not valid for that code. */
export function decodeContent({ code, bytes }: EncodedContent): Content | undefined {
  switch (code) {
    case contentCodes.text: {
      const text = decodeText(bytes);
      return text === undefined ? undefined : { kind: 'text', text };
    }
    case contentCodes.ask: {
      const numbers = decodeNumbers(bytes);
      return numbers && { kind: 'ask', numbers };
    }
    case contentCodes.again: {
      const number = decodeNumber(bytes, 0);
      const text = decodeText(bytes.subarray(againHeadBytes));
      if (number === undefined || text === undefined) return undefined;
      const id = formatHex(bytes.subarray(numberBytes, againHeadBytes));
      return { kind: 'again', number, id, text };
    }
    case contentCodes.file:
      return isKnownPlace(bytes) ? decodeFile(bytes) : unknownContent(code, bytes);
    case contentCodes.fileNote:
      if (isHead(bytes)) return headContent(bytes);
      return isToldTimer(bytes) ? toldTimer(bytes) : { kind: 'file-note', note: bytes.slice() };
    case contentCodes.ownNote:
      return { kind: 'own-note', note: bytes.slice() };
    case contentCodes.said:
      return decodeSaid(bytes);
    case contentCodes.edit:
      return decodeAmendment('edit', bytes);
    case contentCodes.delete:
      return decodeAmendment('delete', bytes);
    case contentCodes.react:
      return decodeAmendment('react', bytes);
    case contentCodes.pin:
      return decodeAmendment('pin', bytes);
    case contentCodes.timer:
      return decodeTimer(bytes);
    case contentCodes.expiring:
      return expiringContent(code, bytes);
    default:
      return isKeptCode(code) ? unknownContent(code, bytes) : undefined;
  }
}

/** Whether a client that does not know a kind of that code keeps it as it came. */
export function isKeptCode(code: number): boolean {
  return Number.isInteger(code) && code >= firstKeptCode && code <= lastCode;
}

/** Of a kind that does not disappear in this version, and may in a later one, it is kept as it came. */
function expiringContent(code: number, bytes: Uint8Array): Content | undefined {
  const { ttl, inner } = decodeExpiring(bytes) ?? {};
  if (ttl === undefined || inner === undefined) return undefined;
  const content = decodeContent(inner);
  switch (content?.kind) {
    case 'text':
    case 'said':
    case 'file':
    case 'edit':
      // One inside of another is refused.
      return ttlOf(content) === undefined ? { ...content, ttl } : undefined;
    case undefined:
      return undefined;
    default:
      return isKeptCode(inner.code) ? unknownContent(code, bytes) : undefined;
  }
}

function headContent(bytes: Uint8Array): HeadContent | undefined {
  const head = decodeHead(bytes);
  return head && { kind: 'head', head };
}

function toldTimer(bytes: Uint8Array): ToldTimerContent | undefined {
  const timer = decodeToldTimer(bytes);
  return timer && { kind: 'timer-told', timer };
}

function unknownContent(code: number, bytes: Uint8Array): UnknownContent {
  return { kind: 'unknown', code, bytes: bytes.slice() };
}

function decodeText(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : decodeUtf8(bytes);
}

function decodeNumbers(bytes: Uint8Array): number[] | undefined {
  const count = bytes[0] ?? 0;
  if (count === 0 || count > maxAskedNumbers || bytes.length !== 1 + count * numberBytes) {
    return undefined;
  }
  const numbers: number[] = [];
  for (let at = 1; at < bytes.length; at += numberBytes) {
    const number = decodeNumber(bytes, at);
    if (number === undefined || number <= (numbers.at(-1) ?? 0)) return undefined;
    numbers.push(number);
  }
  return numbers;
}

function encodeNumber(number: number): Uint8Array {
  const bytes = new Uint8Array(numberBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

/** The number of a message at `at`, from 1 on. */
function decodeNumber(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + numberBytes) return undefined;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
  return number > 0n && number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : undefined;
}
