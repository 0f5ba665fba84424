// A file from one person's disk to another's, by two real clients and the server: speed, the cost for each of the
// three, their memory, and the cost of each part alone.

import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { ChatPerson, peakBytes } from '../load/chat-person.ts';
import { measureFileParts, type FileParts } from '../load/file-parts.ts';
import type { Figure, Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { cpuSeconds, residentBytes } from '../system/process-meter.ts';

const mebibyte = 1024 ** 2;
const perCpu = { unit: 'per CPU second', better: 'more' } as const;
const memory = { unit: 'bytes', better: 'less' } as const;

const partTitles: Readonly<Record<keyof FileParts, string>> = {
  seal: 'AES-256-GCM, sealing',
  open: 'AES-256-GCM, opening',
  hash: 'SHA-256',
  toText: 'to base64url',
  fromText: 'from base64url',
  disk: 'to the disk, flushed',
  socket: 'through a socket, both ends',
};

const scenario: Scenario = {
  name: 'file-end-to-end',
  title: 'A file from disk to disk, end-to-end encrypted',
  order: 75,
  figures: [
    { key: 'bytesPerSecond', title: 'bytes, once accepted', unit: 'per second', better: 'more' },
    { key: 'sender', title: 'bytes, the sender', ...perCpu },
    { key: 'server', title: 'bytes, the server', ...perCpu },
    { key: 'receiver', title: 'bytes, the receiver', ...perCpu },
    { key: 'senderGrowth', title: 'memory that the sender took at most', ...memory },
    { key: 'serverGrowth', title: 'memory that the server took at most', ...memory },
    { key: 'receiverGrowth', title: 'memory that the receiver took at most', ...memory },
    ...Object.entries(partTitles).map(([key, title]): Figure => ({
      key,
      title: `a part: ${title}`,
      ...perCpu,
    })),
  ],
  long: true,
  connections: () => 10,
  limitSeconds: () => 600,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of this encryption'),
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const bytes = (stage.short ? 1 : 4) * 1024 ** 3;
  const folder = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  try {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < 3 * bytes) throw new Error(`${folder} has no room for ${3 * bytes} bytes`);
    const parts = await measureFileParts(stage.short ? 256 * mebibyte : 1024 * mebibyte, folder);
    return { ...(await carry(stage, bytes, folder)), ...parts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function carry({ port, pid }: Stage, bytes: number, folder: string): Promise<Measured> {
  const path = join(folder, 'big.bin');
  const checksum = await makeFile(path, bytes);
  const alice = new ChatPerson('alice', port, folder);
  const bob = new ChatPerson('bob', port, folder);
  try {
    await becomeAcquainted(alice, bob);
    const people = { sender: alice, receiver: bob };
    const idle = { sender: alice.residentBytes, receiver: bob.residentBytes };
    const serverIdle = residentBytes(pid);
    const before = { sender: alice.cpuSeconds, receiver: bob.cpuSeconds, server: cpuSeconds(pid) };
    alice.type(`/send_file @bob ${path}`);
    await bob.prints(/\/accept \d+/);
    bob.type('/accept');
    // The person accepts at once here. The sender has read the file for its checksum before.
    const startMs = performance.now();
    await alice.prints(/File has successfully been delivered!/);
    const seconds = (performance.now() - startMs) / 1000;
    const rate = (now: number, then: number): number => bytes / (now - then);
    const measured = {
      bytesPerSecond: bytes / seconds,
      sender: rate(people.sender.cpuSeconds, before.sender),
      receiver: rate(people.receiver.cpuSeconds, before.receiver),
      server: rate(cpuSeconds(pid), before.server),
      senderGrowth: alice.peakBytes - idle.sender,
      receiverGrowth: bob.peakBytes - idle.receiver,
      serverGrowth: peakBytes(pid) - serverIdle,
    };
    if ((await checksumOf(join(folder, 'bob', 'big.bin'))) !== checksum) {
      throw new Error('what arrived is not what was sent');
    }
    return measured;
  } finally {
    await Promise.all([alice.leave(), bob.leave()]);
  }
}

async function becomeAcquainted(alice: ChatPerson, bob: ChatPerson): Promise<void> {
  for (const [person, name] of [
    [alice, 'alice'],
    [bob, 'bob'],
  ] as const) {
    person.type('*all');
    await person.prints(new RegExp(`\\[.*\\b${name}\\b.*\\]`));
  }
  alice.type('@bob hello');
  await bob.prints(/\[alice\] hello/);
}

/** Makes a file of random content. Returns its checksum. */
async function makeFile(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const block = randomBytes(mebibyte);
  async function* blocks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes / mebibyte; at++) {
      // No two blocks are alike, and no time is spent on more randomness.
      const next = Buffer.from(block);
      next.writeUInt32BE(at);
      hash.update(next);
      yield next;
    }
  }
  await pipeline(blocks(), createWriteStream(path));
  return hash.digest('hex');
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path, { highWaterMark: mebibyte })) {
    hash.update(block as Buffer);
  }
  return hash.digest('hex');
}
