// What disappears, and the timer of a conversation, as bytes. One encoding for each; anything else is refused.
//   timer:    seconds (4)                       0: nothing that is said from here on disappears
//   expiring: seconds (4) | code (1) | bytes    a text, a text that answers or mentions, a file, or an edit
// A content carries its own time, so that a timer that changes later changes nothing that was said before.
import { concatBytes } from '../../lib/bytes.ts';
import { isExpirySeconds, type ExpirySeconds } from '../../wire/expiry.ts';

/** What disappears, as bytes: as every content (content.ts). */
interface Inner {
  readonly code: number;
  readonly bytes: Uint8Array;
}

/** Of a content that disappears. */
export interface Expiring {
  /** For how many seconds it may be read. Undefined: it stays. */
  readonly ttl?: ExpirySeconds | undefined;
}

/** From here on what is said in the conversation disappears after so many seconds; 0: it stays. */
export interface TimerContent {
  readonly kind: 'timer';
  readonly seconds: ExpirySeconds | 0;
}

const secondsBytes = 4;
const codeAt = secondsBytes;

export function encodeTimer({ seconds }: TimerContent): Uint8Array {
  return encodeSeconds(seconds);
}

export function decodeTimer(bytes: Uint8Array): TimerContent | undefined {
  const seconds = bytes.length === secondsBytes ? decodeSeconds(bytes) : undefined;
  if (seconds === undefined) return undefined;
  if (seconds !== 0 && !isExpirySeconds(seconds)) return undefined;
  return { kind: 'timer', seconds };
}

export function encodeExpiring(ttl: ExpirySeconds, { code, bytes }: Inner): Uint8Array {
  return concatBytes(encodeSeconds(ttl), Uint8Array.of(code), bytes);
}

/** The time, and what disappears after it. */
export function decodeExpiring(
  bytes: Uint8Array,
): { readonly ttl: ExpirySeconds; readonly inner: Inner } | undefined {
  const ttl = decodeSeconds(bytes);
  const code = bytes[codeAt];
  if (ttl === undefined || code === undefined || !isExpirySeconds(ttl)) return undefined;
  return { ttl, inner: { code, bytes: bytes.subarray(codeAt + 1) } };
}

function encodeSeconds(seconds: number): Uint8Array {
  const bytes = new Uint8Array(secondsBytes);
  new DataView(bytes.buffer).setUint32(0, seconds);
  return bytes;
}

function decodeSeconds(bytes: Uint8Array): number | undefined {
  if (bytes.length < secondsBytes) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
