// The content of an encrypted message between accounts: one small versioned frame.
//   version 2 | kind | body
// Version 1 is that of live conversations (live/frame/live-frame.ts), whose sessions end with a login. Here the
// server's log orders messages, once each, so no frame says which session follows which, and none confirms. Numbers
// are those of the log. One encoding for each frame; anything else is refused.
import { concatBytes, decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../../lib/bytes.ts';
import { unreachable } from '../../../lib/invariant.ts';

export const textIdBytes = 16;
/** Most numbers in one frame. */
export const maxAskedNumbers = 64;

const version = 2;
const kinds = { text: 1, ask: 2, again: 3 } as const;
const headBytes = 2;
const numberBytes = 8;

export type DirectContent =
  /** `id` is random, in hex. */
  | { readonly kind: 'text'; readonly id: string; readonly text: string }
  /** The messages with these numbers could not be read: say again what was in them. Ascending. */
  | { readonly kind: 'ask'; readonly numbers: readonly number[] }
  /** What the message `number` was to say, which could not be read. */
  | {
      readonly kind: 'again';
      readonly number: number;
      readonly id: string;
      readonly text: string;
    };

/** The bytes of a frame. */
export function encodeFrame(content: DirectContent): Uint8Array {
  const head = Uint8Array.of(version, kinds[content.kind]);
  switch (content.kind) {
    case 'text':
      return concatBytes(head, parseHex(content.id), encodeUtf8(content.text));
    case 'ask':
      return concatBytes(
        head,
        Uint8Array.of(content.numbers.length),
        ...content.numbers.map(encodeNumber),
      );
    case 'again':
      return concatBytes(
        head,
        encodeNumber(content.number),
        parseHex(content.id),
        encodeUtf8(content.text),
      );
    default:
      return unreachable(content);
  }
}

/** The frame in `bytes`, or why there is none. */
export function decodeFrame(bytes: Uint8Array): DirectContent | 'malformed' | 'newer-version' {
  const [first, kind] = bytes;
  if (first === undefined || kind === undefined) return 'malformed';
  if (first !== version) return first > version ? 'newer-version' : 'malformed';
  return decodeBody(kind, bytes.subarray(headBytes)) ?? 'malformed';
}

function decodeBody(kind: number, bytes: Uint8Array): DirectContent | undefined {
  switch (kind) {
    case kinds.text: {
      const said = decodeText(bytes);
      return said && { kind: 'text', ...said };
    }
    case kinds.ask: {
      const numbers = decodeNumbers(bytes);
      return numbers && { kind: 'ask', numbers };
    }
    case kinds.again: {
      const said = decodeText(bytes.subarray(numberBytes));
      const number = decodeNumber(bytes, 0);
      return said && number !== undefined ? { kind: 'again', number, ...said } : undefined;
    }
    default:
      return undefined;
  }
}

function decodeText(bytes: Uint8Array): { id: string; text: string } | undefined {
  if (bytes.length <= textIdBytes) return undefined;
  const text = decodeUtf8(bytes.subarray(textIdBytes));
  return text === undefined ? undefined : { id: formatHex(bytes.subarray(0, textIdBytes)), text };
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

/** The number at `at`: of a message, so from 1 on. */
function decodeNumber(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + numberBytes) return undefined;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
  return number > 0n && number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : undefined;
}
