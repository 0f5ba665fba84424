// What a signal of a sealed conversation says (docs/E2EE.md 18): 60 bytes, `kind | at(8) | log(8) | seq(8)` and zeros. One
// encoding each; whatever else is refused.

import { signalBodyBytes } from '../../e2ee/group/group-signal.ts';

const kinds = { typing: 1, read: 2 } as const;
const usedBytes = 25;

/** `at`: by the clock of the device that says it, and later than all it has said before. */
export type SignalBody =
  | { readonly kind: 'typing'; readonly at: number }
  /** The last message that was read, and the server's number of its log. */
  | { readonly kind: 'read'; readonly at: number; readonly log: number; readonly seq: number };

export function encodeSignalBody(body: SignalBody): Uint8Array {
  const bytes = new Uint8Array(signalBodyBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = kinds[body.kind];
  view.setBigUint64(1, BigInt(body.at));
  if (body.kind === 'read') {
    view.setBigInt64(9, BigInt(body.log));
    view.setBigUint64(17, BigInt(body.seq));
  }
  return bytes;
}

export function decodeSignalBody(bytes: Uint8Array): SignalBody | undefined {
  if (bytes.length !== signalBodyBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [at, log, seq] = [view.getBigUint64(1), view.getBigInt64(9), view.getBigUint64(17)].map(
    Number,
  );
  const isWhole = [at, log, seq].every((one) => Number.isSafeInteger(one));
  if (at === undefined || log === undefined || seq === undefined || !isWhole) return undefined;
  if (bytes.subarray(usedBytes).some((byte) => byte !== 0)) return undefined;
  if (bytes[0] === kinds.read) return { kind: 'read', at, log, seq };
  return bytes[0] === kinds.typing && log === 0 && seq === 0 ? { kind: 'typing', at } : undefined;
}
