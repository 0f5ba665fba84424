// What every carrier of files promises (`FileCarrier` in client/files/ports.ts), as examples that each adapter runs.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type {
  FileCarrier,
  FileJob,
  Landing,
  ReceiveOutcome,
  SendOutcome,
  TransferPlace,
} from '../../src/client/files/ports.ts';
import { chunkBytes } from '../../src/e2ee/files/file-layout.ts';

/** A carrier under test, and its environment. */
export interface CarrierUnderTest {
  readonly carrier: FileCarrier;
  /** Makes a file on the disk, in place of an earlier one. Returns its path. */
  readonly put: (name: string, content: Buffer) => Promise<string>;
  /** A transfer port that is open until the test ends. */
  readonly openPort: () => Promise<TransferPlace>;
  /** A place without a port. */
  readonly closedPort: () => Promise<TransferPlace>;
  /** Lets everything move that can. */
  readonly settle: () => Promise<void>;
  /** The contents of the received files. */
  readonly saved: () => Promise<readonly Buffer[]>;
}

const delivered = 'FILE_STATUS file has successfully been delivered!';
const corrupted = 'FILE_STATUS File has been corrupted and not delivered!';
const silent = (): void => {};
const digest = (content: Buffer) => new Uint8Array(createHash('sha256').update(content).digest());
const idOf = (number: number) => number.toString(16).padStart(32, '0');

interface Promised {
  readonly id?: string;
  readonly sha256?: Uint8Array;
}

async function land(
  carrier: FileCarrier,
  content: Buffer,
  { id = idOf(1), sha256 = digest(content) }: Promised = {},
): Promise<Landing> {
  const order = { id, name: 'report.pdf', size: content.length, sha256 };
  const landed = await carrier.land(order, silent).outcome;
  assert.ok(landed.ok);
  return landed.value;
}

function receive(
  { carrier }: CarrierUnderTest,
  place: TransferPlace,
  landing: Landing,
  content: Buffer,
): FileJob<ReceiveOutcome> {
  return carrier.receive(
    landing,
    {
      place,
      form: 'bytes',
      key: digest(content),
      size: content.length,
      opening: 'OPEN_PORT_TO_RECEIVE bob\n',
      header: 'FILE <alice @alice token ',
      statusLines: { delivered: `${delivered} @alice\n`, corrupted: `${corrupted} @alice\n` },
    },
    silent,
  );
}

async function send(
  { carrier }: CarrierUnderTest,
  place: TransferPlace,
  path: string,
  content: Buffer,
): Promise<FileJob<SendOutcome>> {
  const source = await carrier.inspect(path);
  assert.ok(source.ok);
  const sha256 = digest(content);
  const order = { place, form: 'bytes', key: sha256, sha256, fromChunk: 0 } as const;
  return carrier.send(
    { ...order, source: source.value, opening: 'FILE <alice @bob token ' },
    silent,
  );
}

/** Transfers a file between two people; the receiver was promised `sha256`. */
async function carry(
  under: CarrierUnderTest,
  content: Buffer,
  promised: Promised = {},
): Promise<{ readonly sent: SendOutcome; readonly received: ReceiveOutcome }> {
  const path = await under.put('report.pdf', content);
  const landing = await land(under.carrier, content, promised);
  assert.equal(landing.chunks, 0);
  const place = await under.openPort();
  const receiving = receive(under, place, landing, content);
  const sending = await send(under, place, path, content);
  await under.settle();
  return { sent: await sending.outcome, received: await receiving.outcome };
}

/** Runs the examples on the carrier from `open`, with an empty disk. */
export function carrierConformance(
  adapter: string,
  open: (t: TestContext) => Promise<CarrierUnderTest>,
): void {
  const example = (title: string, run: (under: CarrierUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => run(await open(t)));

  example('a file is looked at, and what is not there is missing', async ({ carrier, put }) => {
    const path = await put('report.pdf', Buffer.from('content'));
    const found = await carrier.inspect(path);
    assert.ok(found.ok);
    assert.deepEqual(
      [found.value.path, found.value.name, found.value.size],
      [path, 'report.pdf', 7],
    );
    assert.deepEqual(await carrier.inspect(`${path}.none`), {
      ok: false,
      error: { code: 'missing' },
    });
  });

  example('the hash is that of the file that was looked at, or none', async ({ carrier, put }) => {
    const content = randomBytes(chunkBytes + 1);
    const path = await put('report.pdf', content);
    const found = await carrier.inspect(path);
    assert.ok(found.ok);
    const hashed = await carrier.hash(found.value, silent).outcome;
    assert.ok(hashed.ok);
    assert.deepEqual(new Uint8Array(hashed.value), digest(content));
    assert.deepEqual(new Uint8Array(await carrier.sha256(content)), digest(content));
    await put('report.pdf', Buffer.from('another'));
    assert.deepEqual(await carrier.hash(found.value, silent).outcome, {
      ok: false,
      error: { code: 'changed' },
    });
  });

  example('files of every size arrive whole, and both sides hear of it', async (under) => {
    const sizes = [1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes];
    const contents = sizes.map((size) => randomBytes(size));
    for (const [number, content] of contents.entries()) {
      const { sent, received } = await carry(under, content, { id: idOf(number) });
      assert.deepEqual(sent, { kind: 'answered', line: delivered });
      assert.equal(received.kind, 'saved');
    }
    // All have the same name, and none has replaced another.
    const saved = await under.saved();
    const order = (all: readonly Buffer[]) => all.map((one) => one.toString('hex')).sort();
    assert.deepEqual(order(saved), order(contents));
  });

  example('what is not the file that was promised gets no name', async (under) => {
    const content = randomBytes(2 * chunkBytes);
    const { sent, received } = await carry(under, content, { sha256: new Uint8Array(32) });
    assert.deepEqual(sent, { kind: 'answered', line: corrupted });
    assert.deepEqual(received, { kind: 'corrupted', found: 'whole' });
    assert.deepEqual(await under.saved(), []);
    assert.equal((await land(under.carrier, content)).chunks, 0);
  });

  example('a file that has changed is not sent', async (under) => {
    const path = await under.put('report.pdf', Buffer.from('content'));
    const found = await under.carrier.inspect(path);
    assert.ok(found.ok);
    await under.put('report.pdf', Buffer.from('another one'));
    const order = { form: 'bytes', fromChunk: 0, opening: 'FILE <alice @bob token ' } as const;
    const key = new Uint8Array(32);
    const place = await under.openPort();
    const sending = under.carrier.send(
      { ...order, place, key, sha256: key, source: found.value },
      silent,
    );
    await under.settle();
    assert.deepEqual(await sending.outcome, { kind: 'source', problem: { code: 'changed' } });
  });

  example('where no port is, both sides are lost', async (under) => {
    const content = Buffer.from('content');
    const path = await under.put('report.pdf', content);
    const place = await under.closedPort();
    const receiving = receive(under, place, await land(under.carrier, content), content);
    const sending = await send(under, place, path, content);
    await under.settle();
    assert.equal((await receiving.outcome).kind, 'lost');
    assert.equal((await sending.outcome).kind, 'lost');
  });

  example('who waits for the other side can give up, once', async (under) => {
    const content = Buffer.from('content');
    const place = await under.openPort();
    const receiving = receive(under, place, await land(under.carrier, content), content);
    receiving.cancel();
    receiving.cancel();
    assert.deepEqual(await receiving.outcome, { kind: 'cancelled' });
    await under.carrier.forget(idOf(1));
    assert.equal((await land(under.carrier, content)).chunks, 0);
    assert.deepEqual(await under.saved(), []);
  });
}
