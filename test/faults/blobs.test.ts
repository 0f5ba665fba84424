// Blobs at the real program [13.11], by the client's own code over real ports: whole for every device of the account,
// also over TLS, after a server was killed, and after connections that broke off in the middle.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { BytesMover } from '../../src/client/blobs/blobs.ts';
import { ServerBlobs } from '../../src/client/blobs/server-blobs.ts';
import { PendingRequests } from '../../src/client/pending-requests.ts';
import { bytesMoverOver } from '../../src/client/blobs/bytes-mover.ts';
import { connectTransfer } from '../../src/platform/node/files/transfer-socket.ts';
import { nodeTimers } from '../../src/platform/node/runtime.ts';
import { parseExtendedEvent } from '../../src/wire/extended/events.ts';
import type { Username } from '../../src/wire/text.ts';
import { createDevice, logIn } from '../support/extended-client.ts';
import { runProgram, startServerProgram, type ServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const alice = createDevice();
const hexId = () => randomBytes(16).toString('hex');

/** The blobs of a new connection of alice's. */
async function blobsOf(
  t: TestContext,
  server: ServerProgram,
  {
    mover = bytesMoverOver(connectTransfer),
    secure = false,
  }: { mover?: BytesMover; secure?: boolean } = {},
): Promise<ServerBlobs> {
  const at = secure ? server.tls : server.plain;
  assert.ok(at !== undefined);
  const person = await logIn(t, at, 'alice', { device: alice, ...(secure && { tls: {} }) });
  const requests = new PendingRequests((line) => person.lines.send(line.trimEnd()));
  const fingerprint = secure ? fingerprintOf(person.lines.socket) : undefined;
  const place = (port: number) => ({ host: '127.0.0.1', port, fingerprint });
  const blobs = new ServerBlobs(
    { me: 'alice' as Username, mover, place, timers: nodeTimers },
    requests,
  );
  void (async () => {
    for (;;) {
      const line = await person.lines.next();
      if (line === 'PING') person.lines.send('PONG');
      const event = parseExtendedEvent(line);
      if (event !== undefined && !requests.receive(event)) blobs.receive(event);
    }
  })().catch(() => {
    requests.close();
    blobs.logout();
  });
  return blobs;
}

function fingerprintOf(socket: unknown): Uint8Array {
  const { raw } = (socket as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate();
  return createHash('sha256').update(raw).digest();
}

test('[13.11] a blob comes whole to another connection of the account, over TLS too, and is counted', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data, '--tls-port', '0', '--ping-interval', '0'];
  const server = await startServerProgram(t, { args });
  const [first, second] = [await blobsOf(t, server), await blobsOf(t, server, { secure: true })];
  const [small, large] = [randomBytes(1), randomBytes(4 * 1024 * 1024)];
  const ids = [hexId(), hexId()] as const;
  const progress: number[] = [];
  assert.deepEqual(await first.put('history', ids[0], small), { ok: true, value: undefined });
  const put = await second.put('backup', ids[1], large, (done) => progress.push(done));
  assert.deepEqual(put, { ok: true, value: undefined });
  assert.equal(progress.at(-1), large.length);
  // Again: it is there.
  assert.ok((await first.put('backup', ids[1], large)).ok);
  const listed = await first.list();
  assert.ok(listed.ok);
  assert.deepEqual(
    listed.value.blobs.map(({ id, kind, bytes }) => [id, kind, bytes]),
    [
      [ids[0], 'history', 1],
      [ids[1], 'backup', large.length],
    ],
  );
  assert.equal(listed.value.room, 268_435_456 - large.length - 1);
  for (const [blobs, id, bytes] of [
    [first, ids[1], large],
    [second, ids[0], small],
  ] as const) {
    const got = await blobs.get(id, bytes.length);
    assert.ok(got.ok && Buffer.from(got.value).equals(bytes));
  }
  const usage = await runProgram(t, { args: ['admin', 'usage', '--data', data] });
  assert.match(usage.stdout, /^BACKUP OF +BLOBS +BYTES\nalice +2 +4\.2 MB$/m);
  assert.equal(await first.drop(ids[1]), true);
  const gone = await second.get(ids[1], large.length);
  assert.ok(!gone.ok && gone.error.kind === 'refused' && gone.error.code === 'file-gone');
});

test('[13.11] what breaks off goes on, a server that was killed has what it said, and too much is refused', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data, '--blob-quota', '5000000', '--ping-interval', '0'];
  let server = await startServerProgram(t, { args });
  const bytes = randomBytes(3_000_000);
  const id = hexId();
  let sent = 0;
  // Each connection breaks off after a megabyte.
  const mover: BytesMover = {
    send: (place, opening, rest, onProgress) => {
      const part = rest.subarray(0, 1_000_000);
      sent += part.length;
      return bytesMoverOver(connectTransfer).send(place, opening, part, onProgress);
    },
    fetch: (place, opening, into, onProgress) =>
      bytesMoverOver(connectTransfer).fetch(
        place,
        opening,
        into.subarray(0, 1_000_000),
        onProgress,
      ),
  };
  assert.ok((await (await blobsOf(t, server, { mover })).put('backup', id, bytes)).ok);
  assert.equal(sent, bytes.length);
  await server.kill();
  server = await startServerProgram(t, { args });
  const blobs = await blobsOf(t, server, { mover });
  const got = await blobs.get(id, bytes.length);
  assert.ok(got.ok && Buffer.from(got.value).equals(bytes));
  const refused = await blobs.put('backup', hexId(), bytes);
  assert.ok(!refused.ok && refused.error.kind === 'refused');
  assert.deepEqual([refused.error.code, refused.error.room], ['file-quota', 2_000_000]);
  assert.deepEqual(await readdir(join(data, 'files')), [id]);
});
