// The cost of each part of sending a file, measured alone, with the code of the clients: bytes of a file per CPU
// second of this process.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chunkNonce } from '../../src/e2ee/files/chunk-nonce.ts';
import { chunkBytes } from '../../src/e2ee/files/file-layout.ts';
import { ContentReader, ContentWriter } from '../../src/client/files/moving/content-form.ts';
import { nodeMoving } from '../../src/platform/node/files/moving.ts';
import { nodeFileCiphers } from '../../src/platform/node/files/file-ciphers.ts';

const blockChunks = 8;

export type FileParts = Readonly<
  Record<'seal' | 'open' | 'hash' | 'toText' | 'fromText' | 'disk' | 'socket', number>
>;

/** Measures each part on `bytes` bytes. `folder` is where the disk is written. */
export async function measureFileParts(bytes: number, folder: string): Promise<FileParts> {
  const chunks = Math.floor(bytes / chunkBytes);
  const chunk = randomBytes(chunkBytes);
  const cipher = await nodeFileCiphers.aes256Gcm(randomBytes(32));
  const sealed = Buffer.concat([...(await cipher.seal(chunkNonce(0, false), chunk))]);
  const hash = nodeFileCiphers.sha256();
  const writer = new ContentWriter('text', nodeMoving.text);
  const text = Buffer.concat([
    ...new ContentWriter('text', nodeMoving.text).write([chunk.subarray(0, 65_535)]),
  ]);
  const reader = new ContentReader('text', Number.MAX_SAFE_INTEGER / 2, nodeMoving.text);
  return {
    seal: await each(chunks, () => cipher.seal(chunkNonce(1, false), chunk)),
    open: await each(chunks, () => cipher.open(chunkNonce(0, false), sealed)),
    hash: await each(chunks, () => hash.update(chunk)),
    toText: await each(chunks, () => writer.write([chunk])),
    fromText: await each(chunks, () => reader.read(text)),
    disk: await toDisk(chunks, chunk, join(folder, 'parts')),
    socket: await throughSocket(chunks, chunk),
  };
}

async function each(chunks: number, work: () => unknown): Promise<number> {
  const rate = meter();
  for (let at = 0; at < chunks; at++) await work();
  return rate(chunks);
}

async function toDisk(chunks: number, chunk: Uint8Array, path: string): Promise<number> {
  const file = await open(path, 'w');
  try {
    const block = Array.from({ length: blockChunks }, () => chunk);
    const rate = meter();
    for (let at = 0; at < chunks; at += blockChunks) await file.writev(block, at * chunkBytes);
    await file.sync();
    return rate(chunks);
  } finally {
    await file.close();
    await rm(path);
  }
}

/** Both ends, on this machine. */
async function throughSocket(chunks: number, chunk: Uint8Array): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let left = chunks * chunkBytes;
  const rate = meter();
  const receiver = connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer: new Uint8Array(256 * 1024),
      callback: (length) => (left -= length) > 0 || true,
    },
  });
  const [sender] = await once(server, 'connection');
  for (let at = 0; at < chunks; at++) if (!sender.write(chunk)) await once(sender, 'drain');
  sender.end();
  await once(receiver, 'end');
  server.close();
  if (left !== 0) throw new Error('the socket lost bytes');
  return rate(chunks);
}

/** Bytes of so many chunks per CPU second since now. */
function meter(): (chunks: number) => number {
  const start = process.cpuUsage();
  return (chunks) => {
    const { user, system } = process.cpuUsage(start);
    return (chunks * chunkBytes * 1e6) / (user + system);
  };
}
