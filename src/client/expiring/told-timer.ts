// The timer of a group, as an owner or a moderator tells it to whoever enters later and has not read the message that has
// set it; as bytes in a sealed frame:
//   84 | version 1 | seconds(4) | at(8) | number(8)
// The last two are those of that message. It has the code of notes about files, which begin with another byte: versions that
// do not know it drop it without a word. One encoding; anything else is none.
import { concatBytes } from '../../lib/bytes.ts';
import { isExpirySeconds, type ExpirySeconds } from '../../wire/expiry.ts';
import { decodeNumber, encodeNumber } from '../../wire/statements/parts.ts';

export interface ToldTimer {
  readonly seconds: ExpirySeconds;
  /** When it was set, by the server's clock, in milliseconds since 1970. */
  readonly at: number;
  /** The number of the message that has set it. */
  readonly seq: number;
}

/** A note to whoever is in a group: nobody is shown it. */
export interface ToldTimerContent {
  readonly kind: 'timer-told';
  readonly timer: ToldTimer;
}

const mark = 84;
const version = 1;
const [secondsAt, atAt, seqAt, end] = [2, 6, 14, 22] as const;

export function encodeToldTimer({ seconds, at, seq }: ToldTimer): Uint8Array {
  const four = encodeNumber(seconds).subarray(4);
  return concatBytes(Uint8Array.of(mark, version), four, encodeNumber(at), encodeNumber(seq));
}

/** Whether a note is about that. */
export function isToldTimer(bytes: Uint8Array): boolean {
  return bytes[0] === mark && bytes[1] === version;
}

export function decodeToldTimer(bytes: Uint8Array): ToldTimer | undefined {
  if (bytes.length !== end || !isToldTimer(bytes)) return undefined;
  const seconds = new DataView(bytes.buffer, bytes.byteOffset).getUint32(secondsAt);
  const at = decodeNumber(bytes.slice(atAt, seqAt));
  const seq = decodeNumber(bytes.slice(seqAt));
  if (!isExpirySeconds(seconds) || at === undefined || seq === undefined || seq < 1)
    return undefined;
  return { seconds, at, seq };
}
