// Files transferred from a disk through a port to a disk, by the real parts, with everything that can go wrong between.
import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import {
  appendFile,
  link,
  mkdir,
  readdir,
  readFile,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { appendFileSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type {
  ContentForm,
  FileCarrier,
  Landing,
  ReceiveOutcome,
  SendOutcome,
} from '../../../client/files/ports.ts';
import { chunkBytes } from '../../../e2ee/files/file-layout.ts';
import { issueCertificate } from '../../../../test/support/certificates.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import {
  openTransferPort,
  type TransferPortOptions,
} from '../../../../test/support/servers/transfer-port.ts';
import { createFileCarrier } from './carrier.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { LandingFile, partPath } from './landing-file.ts';

const id = 'ab'.repeat(16);
const delivered = 'FILE_STATUS file has successfully been delivered!';
const corrupted = 'FILE_STATUS File has been corrupted and not delivered!';
const silent = (): void => {};

interface Stage {
  readonly folder: string;
  readonly carrier: FileCarrier;
  readonly path: string;
  readonly content: Buffer;
}

async function setStage(t: TestContext, size: number, fs?: FileSystem): Promise<Stage> {
  const folder = await temporaryFolder(t);
  const content = randomBytes(size);
  const path = join(folder, 'report.pdf');
  await writeFile(path, content);
  return { folder, path, content, carrier: createFileCarrier(folder, 'bob', fs) };
}

async function land({ carrier, content }: Stage, name = 'report.pdf'): Promise<Landing> {
  const sha256 = createHash('sha256').update(content).digest();
  const landing = await carrier.land({ id, name, size: content.length, sha256 }, silent).outcome;
  assert.ok(landing.ok, JSON.stringify(landing));
  return landing.value;
}

interface Carried {
  readonly sent: SendOutcome;
  readonly received: ReceiveOutcome;
  readonly status: string | undefined;
  readonly port: Awaited<ReturnType<typeof openTransferPort>>;
}

/** Transfers the file of `stage` from the end of its partial file on. */
async function carry(
  t: TestContext,
  stage: Stage,
  options: TransferPortOptions & {
    readonly form?: ContentForm;
    readonly fingerprint?: Uint8Array;
    readonly onReceived?: (done: number, cancel: () => void) => void;
    readonly onSent?: (done: number, cancel: () => void) => void;
  } = {},
): Promise<Carried> {
  const { form = 'bytes', fingerprint, onReceived = silent, onSent = silent } = options;
  const { carrier, content } = stage;
  const landing = await land(stage);
  const source = await carrier.inspect(stage.path);
  assert.ok(source.ok);
  const port = await openTransferPort(t, options);
  const place = { host: '127.0.0.1', port: port.port, fingerprint };
  const key = createHash('sha256').update(content).digest();
  const statusLines = { delivered: `${delivered} @alice\n`, corrupted: `${corrupted} @alice\n` };
  const receiving = carrier.receive(
    landing,
    {
      place,
      form,
      key,
      size: content.length,
      opening: 'OPEN_PORT_TO_RECEIVE bob\n',
      header: 'FILE <alice @alice token ',
      statusLines,
    },
    (done) => onReceived(done, () => receiving.cancel()),
  );
  const sending = carrier.send(
    {
      place,
      form,
      key,
      source: source.value,
      sha256: key,
      fromChunk: landing.chunks,
      opening: 'FILE <alice @bob token ',
    },
    (done) => onSent(done, () => sending.cancel()),
  );
  const [sent, received] = await Promise.all([sending.outcome, receiving.outcome]);
  let status: string | undefined;
  void port.status.then((line) => (status = line.trimEnd()));
  await new Promise(setImmediate);
  return { sent, received, status, port };
}

/** Overwrites a part of a file. */
function writeAt(path: string, at: number, text: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, text, at);
  closeSync(file);
}

async function saved({ folder }: Stage): Promise<string[]> {
  return (await readdir(join(folder, 'bob'))).sort();
}

for (const form of ['bytes', 'text'] as const) {
  test(`[7.11] files of every size arrive whole, as ${form}`, async (t) => {
    for (const size of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3_000_001]) {
      const stage = await setStage(t, size);
      const { sent, received, port } = await carry(t, stage, { form });
      assert.deepEqual(sent, { kind: 'answered', line: delivered });
      assert.deepEqual(received, { kind: 'saved', path: join(stage.folder, 'bob', 'report.pdf') });
      assert.equal(await port.status, `${delivered} @alice\n`);
      assert.deepEqual(port.openings.toSorted(), [
        'FILE <alice @bob token ',
        'OPEN_PORT_TO_RECEIVE bob\n',
      ]);
      assert.deepEqual(await readFile(join(stage.folder, 'bob', 'report.pdf')), stage.content);
      assert.equal((await stat(join(stage.folder, 'bob'))).mode & 0o777, 0o700);
      if (form === 'text') assert.match(port.passed().toString('latin1'), /^[\w-]+\n$/);
      if (size > 100) assert.ok(!port.passed().includes(stage.content.subarray(0, 24)));
    }
  });

  test(`[7.11] altered, truncated and appended content as ${form} is not saved, and both sides hear of it`, async (t) => {
    const flip = (piece: Buffer): Buffer => {
      const flipped = Buffer.from(piece);
      flipped[0] = form === 'text' ? (flipped[0] === 65 ? 66 : 65) : (flipped[0] ?? 0) ^ 1;
      return flipped;
    };
    let done = false;
    const once =
      (at: number, change: (piece: Buffer) => Buffer) => (piece: Buffer, passed: number) => {
        if (done || passed + piece.length <= at) return piece;
        done = true;
        return Buffer.concat([piece.subarray(0, at - passed), change(piece.subarray(at - passed))]);
      };
    const size = 300_000;
    const changes: readonly ((piece: Buffer) => Buffer)[] = [
      flip,
      (piece) => piece.subarray(form === 'text' ? 4 : 1),
      (piece) => Buffer.concat([Buffer.from('AAAA'), piece]),
      (piece) => Buffer.concat([Buffer.from('\n'), piece]),
    ];
    for (const change of changes) {
      for (const at of [0, 20, 65_552, 250_000]) {
        done = false;
        const stage = await setStage(t, size);
        const { sent, received, port } = await carry(t, stage, { form, tamper: once(at, change) });
        // A file that lacks some bytes at the end is noticed only when nothing more arrives.
        if (received.kind !== 'lost') {
          assert.deepEqual(received, { kind: 'corrupted', found: 'stream' });
          assert.equal(await port.status, `${corrupted} @alice\n`);
          assert.deepEqual(sent, { kind: 'answered', line: corrupted });
        }
        assert.deepEqual(await saved(stage), ['.helo-' + id + '.part']);
      }
    }
  });
}

test('[7.11] what breaks off goes on from the last whole chunk, as often as it breaks', async (t) => {
  const stage = await setStage(t, 40 * chunkBytes + 77);
  const cuts = [0, 3 * chunkBytes, 10 * chunkBytes, 20 * chunkBytes];
  let before = 0;
  for (const cut of cuts) {
    const { received } = await carry(t, stage, {
      tamper: (piece, at) => (at + piece.length > cut ? undefined : piece),
    });
    assert.equal(received.kind, 'lost');
    const { size } = await stat(partPath(join(stage.folder, 'bob'), id));
    assert.ok(size >= before);
    before = size;
  }
  assert.ok(before > 10 * chunkBytes);
  // A crash may leave half a chunk.
  await appendFile(partPath(join(stage.folder, 'bob'), id), randomBytes(1000));
  const { received, sent, port } = await carry(t, stage);
  assert.equal(received.kind, 'saved');
  assert.equal(sent.kind, 'answered');
  assert.ok(port.passed().length < stage.content.length - before + chunkBytes);
  assert.deepEqual(await readFile(join(stage.folder, 'bob', 'report.pdf')), stage.content);
});

test('what was kept and is damaged is found at the end, and nothing of it is kept', async (t) => {
  const stage = await setStage(t, 5 * chunkBytes);
  await mkdir(join(stage.folder, 'bob'));
  await writeFile(partPath(join(stage.folder, 'bob'), id), randomBytes(2 * chunkBytes));
  const { received, sent } = await carry(t, stage);
  assert.deepEqual(received, { kind: 'corrupted', found: 'whole' });
  assert.deepEqual(sent, { kind: 'answered', line: corrupted });
  const landing = await land(stage);
  assert.equal(landing.chunks, 0);
  await landing.discard();
  assert.deepEqual(await saved(stage), []);
});

test('existing files are never overwritten', async (t) => {
  const stage = await setStage(t, 100);
  await mkdir(join(stage.folder, 'bob'));
  await writeFile(join(stage.folder, 'bob', 'report.pdf'), 'mine');
  await mkdir(join(stage.folder, 'bob', 'report (2).pdf'));
  const { received } = await carry(t, stage);
  assert.deepEqual(received, { kind: 'saved', path: join(stage.folder, 'bob', 'report (3).pdf') });
  assert.equal(await readFile(join(stage.folder, 'bob', 'report.pdf'), 'utf8'), 'mine');
});

test('a program that was killed just after the file got its name finds that out and touches nothing', async (t) => {
  const stage = await setStage(t, 3 * chunkBytes);
  const { received } = await carry(t, stage);
  assert.equal(received.kind, 'saved');
  const path = join(stage.folder, 'bob', 'report.pdf');
  // Only `discard` removes the earlier name.
  const again = await land(stage);
  assert.equal(again.chunks, 3);
  // The person has the file, and may have changed it meanwhile.
  await truncate(path, 5);
  const third = await land(stage);
  assert.deepEqual(await third.finish(), { kind: 'saved', path });
  assert.equal((await stat(path)).size, 5);
  await third.discard();
  await again.close();
  assert.deepEqual(await saved(stage), ['report.pdf']);
});

test('a part that a backup has linked elsewhere is left alone and fetched anew', async (t) => {
  const stage = await setStage(t, 3 * chunkBytes);
  const folder = join(stage.folder, 'bob');
  await mkdir(folder);
  const kept = randomBytes(chunkBytes);
  await writeFile(partPath(folder, id), kept);
  await link(partPath(folder, id), join(stage.folder, 'backup'));
  assert.equal((await carry(t, stage)).received.kind, 'saved');
  assert.deepEqual(await readFile(join(stage.folder, 'backup')), kept);
});

test('[7.11] a file that changes before or while it is sent is not passed off as the one that was promised', async (t) => {
  const stage = await setStage(t, 4_000_000);
  const source = await stage.carrier.inspect(stage.path);
  assert.ok(source.ok);
  const { sent, received } = await carry(t, stage, {
    onSent: () => writeAt(stage.path, 0, 'another beginning'),
  });
  assert.deepEqual(sent, { kind: 'source', problem: { code: 'changed' } });
  assert.equal(received.kind, 'lost');
  const hashed = await stage.carrier.hash(source.value, silent).outcome;
  assert.deepEqual(hashed, { ok: false, error: { code: 'changed' } });
});

test('[7.11] a log that grows is sent as it was when it was named; one that was rewritten and grew is not', async (t) => {
  for (const isRewritten of [false, true]) {
    const stage = await setStage(t, 4_000_000);
    const promised = await readFile(stage.path);
    const { sent, received } = await carry(t, stage, {
      onSent: () => {
        appendFileSync(stage.path, 'one line more\n');
        if (isRewritten) writeAt(stage.path, 0, 'another beginning');
      },
    });
    if (isRewritten) {
      assert.deepEqual(sent, { kind: 'source', problem: { code: 'changed' } });
      continue;
    }
    assert.equal(sent.kind, 'answered');
    assert.equal(received.kind, 'saved');
    assert.deepEqual(await readFile(join(stage.folder, 'bob', 'report.pdf')), promised);
  }
});

test('a log that grows while its hash is reckoned has the hash of what was there', async (t) => {
  const stage = await setStage(t, 2_000_000);
  const source = await stage.carrier.inspect(stage.path);
  assert.ok(source.ok);
  const promised = await readFile(stage.path);
  const grow = () => appendFileSync(stage.path, 'one line more\n');
  const hashed = await stage.carrier.hash(source.value, grow).outcome;
  assert.deepEqual(hashed, { ok: true, value: await stage.carrier.sha256(promised) });
  await truncate(stage.path, 1_000_000);
  const cut = await stage.carrier.hash(source.value, silent).outcome;
  assert.deepEqual(cut, { ok: false, error: { code: 'changed' } });
});

test('a name that is not UTF-8 is found by what a program sees of it', async (t) => {
  const stage = await setStage(t, 10);
  const at = (name: Buffer) => Buffer.concat([Buffer.from(`${stage.folder}/`), name]);
  const folder = Buffer.from('m\xe4rz', 'latin1');
  mkdirSync(at(folder));
  writeFileSync(at(Buffer.concat([folder, Buffer.from('/caf\xe9.txt', 'latin1')])), 'content');
  const found = await stage.carrier.inspect(`${stage.folder}/m\uFFFDrz/caf\uFFFD.txt`);
  assert.ok(found.ok);
  assert.deepEqual([found.value.name, found.value.size], ['café.txt', 7]);
  const hashed = await stage.carrier.hash(found.value, silent).outcome;
  assert.ok(hashed.ok);
  // If two names look alike, nobody knows which one is meant.
  mkdirSync(at(Buffer.from('m\xe5rz', 'latin1')));
  const unclear = await stage.carrier.inspect(`${stage.folder}/m\uFFFDrz/caf\uFFFD.txt`);
  assert.deepEqual(unclear, { ok: false, error: { code: 'missing' } });
});

test('either side can cancel in the middle; the other notices, and nothing gets a name', async (t) => {
  const stage = await setStage(t, 6_000_000);
  const bySender = await carry(t, stage, { onSent: (_, cancel) => cancel() });
  assert.deepEqual(bySender.sent, { kind: 'cancelled' });
  assert.equal(bySender.received.kind, 'lost');
  const byReceiver = await carry(t, stage, { onReceived: (_, cancel) => cancel() });
  assert.deepEqual(byReceiver.received, { kind: 'cancelled' });
  assert.equal(byReceiver.sent.kind, 'lost');
  assert.deepEqual(await saved(stage), ['.helo-' + id + '.part']);
});

test('a disk that becomes full, and one that cannot be written, end it on both sides', async (t) => {
  const failing = (code: string): FileSystem => ({
    ...nodeFileSystem,
    open: async (...args) => {
      const file = await nodeFileSystem.open(...args);
      const writev = file.writev.bind(file);
      let calls = 0;
      file.writev = (...buffers) => {
        if (++calls > 2) return Promise.reject(Object.assign(new Error(code), { code }));
        return writev(...buffers);
      };
      return file;
    },
  });
  for (const [code, problem] of [
    ['ENOSPC', { code: 'no-space' }],
    ['EDQUOT', { code: 'no-space' }],
    ['EIO', { code: 'unwritable', detail: 'the disk reports an error' }],
  ] as const) {
    const stage = await setStage(t, 6_000_000, failing(code));
    const { sent, received } = await carry(t, stage);
    assert.deepEqual(received, { kind: 'disk', problem });
    assert.deepEqual(sent, { kind: 'answered', line: corrupted });
    await stage.carrier.forget(id);
    assert.deepEqual(await saved(stage), []);
  }
});

test('where there is no room, or no permission, nothing is begun', async (t) => {
  const full: FileSystem = {
    ...nodeFileSystem,
    statfs: (async () => ({ bavail: 10, bsize: 4096 })) as unknown as FileSystem['statfs'],
  };
  const stage = await setStage(t, 100, full);
  const order = { id, name: 'x', size: 100, sha256: randomBytes(32) };
  const refused = await stage.carrier.land(order, silent).outcome;
  assert.deepEqual(refused, { ok: false, error: { code: 'no-space' } });
  assert.deepEqual(await saved(stage), []);

  const file = await setStage(t, 100);
  await writeFile(join(file.folder, 'bob'), 'not a folder');
  const inTheWay = await file.carrier.land(order, silent).outcome;
  assert.deepEqual(inTheWay, {
    ok: false,
    error: { code: 'unwritable', detail: 'it exists already' },
  });
});

test('disks without hard links keep what is there too', async (t) => {
  const fat: FileSystem = {
    ...nodeFileSystem,
    link: () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' })),
  };
  const stage = await setStage(t, 100, fat);
  await mkdir(join(stage.folder, 'bob'));
  await writeFile(join(stage.folder, 'bob', 'report.pdf'), 'mine');
  const { received } = await carry(t, stage);
  assert.deepEqual(received, { kind: 'saved', path: join(stage.folder, 'bob', 'report (2).pdf') });
  assert.deepEqual(await saved(stage), ['report (2).pdf', 'report.pdf']);
  assert.equal(await readFile(join(stage.folder, 'bob', 'report.pdf'), 'utf8'), 'mine');
});

test('what is no file, or not there, is said before anything else', async (t) => {
  const { folder, carrier } = await setStage(t, 1);
  assert.deepEqual(await carrier.inspect(join(folder, 'nothing')), {
    ok: false,
    error: { code: 'missing' },
  });
  assert.deepEqual(await carrier.inspect(folder), { ok: false, error: { code: 'not-a-file' } });
  assert.deepEqual(await carrier.inspect('/dev/zero'), {
    ok: false,
    error: { code: 'not-a-file' },
  });
});

test('over TLS content goes to the server with the known certificate, and to no other', async (t) => {
  const folder = await temporaryFolder(t);
  const files = await issueCertificate(folder, 'server');
  const [cert, key] = await Promise.all([readFile(files.certFile), readFile(files.keyFile)]);
  const fingerprint = createHash('sha256').update(new X509Certificate(cert).raw).digest();
  const stage = await setStage(t, 3_000_000);
  const stranger = await carry(t, stage, { tls: { cert, key }, fingerprint: randomBytes(32) });
  assert.ok(stranger.sent.kind === 'lost' && stranger.received.kind === 'lost');
  assert.match(stranger.sent.failure.detail, /another certificate/);
  assert.deepEqual(stranger.port.openings, []);
  const { received, sent } = await carry(t, stage, { tls: { cert, key }, fingerprint });
  assert.equal(received.kind, 'saved');
  assert.equal(sent.kind, 'answered');
  assert.deepEqual(await readFile(join(stage.folder, 'bob', 'report.pdf')), stage.content);
});

test('a name that is too long for the disk is cut, and nothing else happens to it', async (t) => {
  const link: FileSystem['link'] = (from, to) =>
    basename(String(to)).length > 143
      ? Promise.reject(Object.assign(new Error('ENAMETOOLONG'), { code: 'ENAMETOOLONG' }))
      : nodeFileSystem.link(from, to);
  const stage = await setStage(t, 10, { ...nodeFileSystem, link });
  const landing = await land(stage, `${'x'.repeat(251)}.pdf`);
  assert.ok(landing instanceof LandingFile);
  await landing.write([stage.content]);
  const path = join(stage.folder, 'bob', `${'x'.repeat(136)}.pdf`);
  assert.deepEqual(await landing.finish(), { kind: 'saved', path });
  assert.deepEqual(await readFile(path), stage.content);
});

test('a port where nobody listens', async (t) => {
  const stage = await setStage(t, 10);
  const landing = await land(stage);
  const order = {
    place: { host: '127.0.0.1', port: 1, fingerprint: undefined },
    form: 'bytes',
    key: randomBytes(32),
    size: 10,
    opening: 'FILE <x @y z ',
    header: 'FILE <alice @alice token ',
    statusLines: { delivered: 'a\n', corrupted: 'b\n' },
  } as const;
  const refused = await stage.carrier.receive(landing, order, silent).outcome;
  assert.ok(refused.kind === 'lost' && refused.failure.code === 'ECONNREFUSED');
});
