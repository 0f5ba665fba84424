// What a message can be: one closed union, from the outbox to the screen. Ids of messages stand beside it and hide no kind.
// Each kind has a code, which is what sealed frames carry (encryption/stored/direct-frame.ts). Codes from 4 on are for
// later kinds: what this version does not know is kept as it came, so that a later one can show it.
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

/** Of all kinds and their encodings together. What has a higher one cannot be read at all. */
export const contentVersion = 2;

export interface TextContent {
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

/** From a later version of helo. */
export interface UnknownContent {
  readonly kind: 'unknown';
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** The content of a message in the history, which is shown. */
export type MessageContent = TextContent | UnknownContent;

export type Content = MessageContent | AskContent | AgainContent;

/** A content as bytes, without its id. */
export interface EncodedContent {
  readonly code: number;
  readonly bytes: Uint8Array;
}

export const messageIdBytes = 16;
/** Most numbers in one request. */
export const maxAskedNumbers = 64;

export const contentCodes = { text: 1, ask: 2, again: 3 } as const;
const firstUnknownCode = 4;
const lastCode = 255;
const numberBytes = 8;
const againHeadBytes = numberBytes + messageIdBytes;

export function textContent(text: string): TextContent {
  return { kind: 'text', text };
}

/** The text of a content. Empty if it has none, or is of a kind that this version does not know. */
export function textOf(content: Content): string {
  return 'text' in content ? content.text : '';
}

/** Whether it is between two programs: it is not in the history, and leaves the outbox silently. */
export function isSilent(content: Content): content is AskContent | AgainContent {
  return content.kind === 'ask' || content.kind === 'again';
}

export function isSameContent(one: Content, other: Content): boolean {
  const [first, second] = [encodeContent(one), encodeContent(other)];
  return first.code === second.code && equalBytes(first.bytes, second.bytes);
}

export function encodeContent(content: Content): EncodedContent {
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
    default:
      return isUnknownCode(code) ? { kind: 'unknown', code, bytes: bytes.slice() } : undefined;
  }
}

/** Whether a later version may have a kind with that code. */
export function isUnknownCode(code: number): boolean {
  return Number.isInteger(code) && code >= firstUnknownCode && code <= lastCode;
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
