// A key package in the engine, and the bytes of its PackageRecord. For a last resort, which serves many, it also
// stores which sessions used it: otherwise a server that replays an old Welcome, after its session was forgotten,
// could have old texts shown as new ones.
//   version 1 | stocked | count (2) | group ids (17 each) | key package
import { concatBytes, formatHex, parseHex } from '../../../lib/bytes.ts';
import { groupIdBytes } from '../../../e2ee/pair-session.ts';
import type { PackageRecord } from '../../store/store-port.ts';

export interface KeptPackage extends Omit<PackageRecord, 'bytes'> {
  /** Whether the server has it. Only for a last resort. */
  readonly stocked: boolean;
  /** Group ids, in hex, of the sessions that were joined with it. */
  readonly entered: readonly string[];
  /** Encoded by e2ee: SECRET. */
  readonly keyPackage: Uint8Array;
}

const version = 1;
const headBytes = 4;

/** The record to store. */
export function packageRecordOf(kept: KeptPackage): PackageRecord {
  const { reference, lastResort, madeAt, stocked, entered, keyPackage } = kept;
  const head = Uint8Array.of(version, stocked ? 1 : 0, entered.length >> 8, entered.length & 0xff);
  const bytes = concatBytes(head, ...entered.map(parseHex), keyPackage);
  return { reference, lastResort, madeAt, bytes };
}

/** The key package of a record. Undefined if its bytes are damaged, or from another version. */
export function keptPackageOf({ bytes, ...rest }: PackageRecord): KeptPackage | undefined {
  if (bytes[0] !== version || bytes.length < headBytes) return undefined;
  const count = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const packageAt = headBytes + count * groupIdBytes;
  if (packageAt >= bytes.length) return undefined;
  const entered = Array.from({ length: count }, (_, entry) => {
    const at = headBytes + entry * groupIdBytes;
    return formatHex(bytes.subarray(at, at + groupIdBytes));
  });
  return { ...rest, stocked: bytes[1] === 1, entered, keyPackage: bytes.slice(packageAt) };
}
