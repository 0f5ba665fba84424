// Whole files encrypted and decrypted in memory, for tests of what happens to the stream in between.
import { randomBytes } from 'node:crypto';
import { FileOpener, SealedUnits, type OpeningOrder } from '../../src/e2ee/files/file-opener.ts';
import type { ChunkSalt } from '../../src/e2ee/files/kept-layout.ts';
import { chunkBytes, chunkCount, saltBytes } from '../../src/e2ee/files/file-layout.ts';
import { FileSealer } from '../../src/e2ee/files/file-sealer.ts';
import { nodeFileCiphers } from '../../src/platform/node/files/file-ciphers.ts';

type Opened = Buffer | 'altered' | 'truncated' | 'appended';

export const fileKey: Uint8Array = randomBytes(32);

/** The units of the stream that carries `content` from `fromChunk` on: the salt, then the chunks. */
export async function sealUnits(
  content: Uint8Array,
  { fromChunk = 0, key = fileKey } = {},
): Promise<Buffer[]> {
  const salt = randomBytes(saltBytes);
  const order = { key, salt, size: content.length, fromChunk };
  const sealer = await FileSealer.start(nodeFileCiphers, order);
  const units = [salt];
  for (let at = fromChunk * chunkBytes; !sealer.isDone; at += chunkBytes) {
    const chunk = content.subarray(at, at + sealer.nextLength);
    units.push(Buffer.concat(await sealer.seal(chunk)));
  }
  return units;
}

/** The result of a receiver for `stream`: the content, or the error. */
export async function openStream(
  stream: Uint8Array,
  size: number,
  { fromChunk = 0, key = fileKey, pieceBytes = 48_000 } = {},
): Promise<Opened> {
  return open(stream, { size, fromChunk, key }, pieceBytes);
}

/** The same for the kept chunks of a file from `fromChunk` on. */
export async function openKept(
  stream: Uint8Array,
  size: number,
  {
    salts,
    fromChunk = 0,
    key = fileKey,
  }: { salts: readonly ChunkSalt[]; fromChunk?: number; key?: Uint8Array },
): Promise<Opened> {
  return open(stream, { size, fromChunk, key, salts }, 48_000);
}

async function open(stream: Uint8Array, order: OpeningOrder, pieceBytes: number): Promise<Opened> {
  const { size, fromChunk } = order;
  const units = new SealedUnits(order);
  const opener = new FileOpener(nodeFileCiphers, order);
  const ready: Uint8Array[] = [];
  let taken = 0;
  for (let at = 0; at < stream.length; at += pieceBytes) {
    taken += units.push(stream.subarray(at, at + pieceBytes), (unit) => ready.push(unit));
  }
  const chunks: Uint8Array[] = [];
  for (const unit of ready) {
    const chunk = await opener.open(unit);
    if (chunk === undefined) return 'altered';
    if (chunk !== 'salt') chunks.push(chunk);
  }
  if (taken < stream.length) return 'appended';
  return units.left === 0 && chunks.length === chunkCount(size) - fromChunk
    ? Buffer.concat(chunks)
    : 'truncated';
}
