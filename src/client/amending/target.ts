// Which message a reply, an edit, a deletion or a reaction is about: its number in the log finds it, its id proves that it
// is the one that was meant. A server that was put back gives numbers anew.
//   number (8) | id (16)
import { concatBytes, encodeUtf8, formatHex, parseHex } from '../../lib/bytes.ts';
import type { HashSha256 } from '../ports.ts';

export interface Target {
  readonly seq: number;
  /** In hex. Of a sealed message the id in its frame; of an open one `openId`; `noTargetId` of one that has none. */
  readonly id: string;
}

export const targetIdBytes = 16;
/** Version 1 said it, or the server gave it no id. */
export const noTargetId = '0'.repeat(2 * targetIdBytes);

const numberBytes = 8;
export const targetBytes = numberBytes + targetIdBytes;

/** The id of an open message, from the one that its sender gave it (`stream.number`): the first bytes of its hash. */
export async function openId(sha256: HashSha256, id: string): Promise<string> {
  return formatHex((await sha256(encodeUtf8(id))).subarray(0, targetIdBytes));
}

/** The id of a stored message. */
export function targetIdOf({ textId, localId, encrypted }: TargetFields): string {
  return textId ?? (encrypted ? localId : undefined) ?? noTargetId;
}

/** Of a stored message. */
interface TargetFields {
  readonly textId?: string | undefined;
  readonly localId: string | undefined;
  readonly encrypted: boolean;
}

/** Whether `id` is that of the message. Of what the server can read anyway, the number is enough. */
export function isIdOf(id: string, message: TargetFields): boolean {
  return id === targetIdOf(message) || (id === noTargetId && !message.encrypted);
}

export function encodeTarget({ seq, id }: Target): Uint8Array {
  const number = new Uint8Array(numberBytes);
  new DataView(number.buffer).setBigUint64(0, BigInt(seq));
  return concatBytes(number, parseHex(id));
}

/** The target at the beginning of `bytes`, if there is one. */
export function decodeTarget(bytes: Uint8Array): Target | undefined {
  if (bytes.length < targetBytes) return undefined;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (number === 0n || number > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { seq: Number(number), id: formatHex(bytes.subarray(numberBytes, targetBytes)) };
}
