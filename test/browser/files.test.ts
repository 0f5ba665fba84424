// Files in a browser, in a real one: the same examples as in memory and on Node, over WebSockets as `helo web` carries
// them; what the browser has no room for; and what of a transfer survives a reload.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { WebAddress } from '../../src/client/connection/server-address.ts';
import type {
  FileCarrier,
  FileJob,
  KnownSenderStore,
  Landing,
  LandingOrder,
  LandingOutcome,
  ReceiveOutcome,
  SendOutcome,
  TransferStore,
} from '../../src/client/files/ports.ts';
import type { SourceFile } from '../../src/client/files/source.ts';
import { chunkBytes } from '../../src/e2ee/files/file-layout.ts';
import { readBackupFile } from '../../src/platform/node/backup-file.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { invariant } from '../../src/lib/invariant.ts';
import { carrierConformance, type CarrierUnderTest } from '../conformance/carrier.ts';
import { browserTests, openDiskProfile, openScript, wholeFile } from '../support/browser.ts';
import { callPage, remoteObject, type Handle } from '../support/remote-object.ts';
import type { Scope } from '../support/scope.ts';
import { openFileBridge } from '../support/servers/file-bridge.ts';
import { openTransferPort, type TransferPort } from '../support/servers/transfer-port.ts';

/** An account in a page, and what is asked of its carrier there. */
class RemoteFiles {
  readonly page: Page;
  readonly account: string;

  constructor(page: Page, account: string) {
    this.page = page;
    this.account = account;
  }

  ask<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    return callPage<T>(this.page, [name], [this.account, ...args.map(plain)]);
  }

  of<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    return callPage<T>(this.page, [name], args.map(plain));
  }

  job<T>(started: Promise<number>): FileJob<T> {
    return {
      outcome: started.then((job) => this.of<T>('outcome', job)),
      cancel: () => void started.then((job) => this.of('cancel', job)),
    };
  }
}

/** Bytes in a form that goes to a page. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

class RemoteLanding implements Landing {
  readonly #files: RemoteFiles;
  readonly number: number;
  readonly chunks: number;

  constructor(files: RemoteFiles, number: number, chunks: number) {
    this.#files = files;
    this.number = number;
    this.chunks = chunks;
  }

  finish(): Promise<LandingOutcome> {
    return this.#files.of('landing', this.number, 'finish');
  }

  async close(): Promise<void> {
    await this.#files.of('landing', this.number, 'close');
  }

  async discard(): Promise<void> {
    await this.#files.of('landing', this.number, 'discard');
  }
}

type Landed =
  | { readonly ok: true; readonly value: { readonly landing: number; readonly chunks: number } }
  | { readonly ok: false; readonly error: never };

function remoteCarrier(files: RemoteFiles, saved: string[] = []): FileCarrier {
  const noted = (outcome: ReceiveOutcome): ReceiveOutcome => {
    if (outcome.kind === 'saved') saved.push(outcome.path);
    return outcome;
  };
  const land = async (order: LandingOrder) => {
    const landed = await files.ask<Landed>('land', order);
    if (!landed.ok) return landed;
    const { landing, chunks } = landed.value;
    return { ok: true as const, value: new RemoteLanding(files, landing, chunks) };
  };
  return {
    inspect: (path) => files.ask('inspect', path),
    hash: (source) => files.job(files.ask('hash', source)),
    send: (order) => files.job(files.ask('send', order)),
    land: (order) => ({ outcome: land(order), cancel: () => {} }),
    receive(landing, order) {
      invariant(landing instanceof RemoteLanding, 'a place of this carrier');
      const job = files.job<ReceiveOutcome>(files.ask('receive', landing.number, order));
      return { ...job, outcome: job.outcome.then(noted) };
    },
    forget: (id) => files.ask('forget', id),
    sha256: (bytes) => files.ask('sha256', bytes),
  };
}

let shared: Promise<Page> | undefined;
let last = 0;

/** What comes is kept as it is, or under the lock of the store. */
const forms = [
  { where: 'in a browser', key: undefined },
  { where: 'in a browser that is locked', key: new Uint8Array(randomBytes(32)) },
];

async function openFiles(
  t: Scope,
  page: Page,
  account: string,
  key?: Uint8Array,
): Promise<RemoteFiles> {
  const files = new RemoteFiles(page, account);
  await files.ask('open', await openFileBridge(t), key);
  return files;
}

const idOf = (number: number) => number.toString(16).padStart(32, '0');
const digest = (content: Buffer) => new Uint8Array(createHash('sha256').update(content).digest());
const silent = (): void => {};

function orderOf(content: Buffer, port: number) {
  return {
    place: { host: '127.0.0.1', port, fingerprint: undefined },
    form: 'bytes',
    key: digest(content),
    size: content.length,
    opening: 'OPEN_PORT_TO_RECEIVE bob\n',
    header: 'FILE <alice @alice token ',
    statusLines: { delivered: 'delivered @alice\n', corrupted: 'corrupted @alice\n' },
  } as const;
}

/** Sends `content` from `from` on to a port. */
async function send(
  files: RemoteFiles,
  port: TransferPort,
  content: Buffer,
  fromChunk = 0,
): Promise<FileJob<SendOutcome>> {
  const carrier = remoteCarrier(files);
  const path = await files.ask<string>('put', 'report.pdf', content);
  const source = await carrier.inspect(path);
  assert.ok(source.ok);
  const sha256 = digest(content);
  const place = { host: '127.0.0.1', port: port.port, fingerprint: undefined };
  const order = { place, form: 'bytes', key: sha256, sha256, fromChunk } as const;
  return carrier.send(
    { ...order, source: source.value, opening: 'FILE <alice @bob token ' },
    silent,
  );
}

browserTests('files in a browser', () => {
  for (const { where, key } of forms) {
    carrierConformance(where, async (t): Promise<CarrierUnderTest> => {
      shared ??= openScript(wholeFile, 'files.ts', { expected: /WebSocket connection to/ });
      const files = await openFiles(t, await shared, `user${(last += 1)}`, key);
      const paths = new Map<string, string>();
      const saved: string[] = [];
      const placeAt = (port: number) => ({ host: '127.0.0.1', port, fingerprint: undefined });
      const carrier = remoteCarrier(files, saved);
      // A browser gives each chosen file a path of its own; the suite has one for each name.
      const real = (path: string): string => paths.get(path) ?? path;
      const shown = (source: SourceFile): SourceFile => ({ ...source, path: real(source.path) });
      return {
        carrier: {
          ...carrier,
          inspect: async (path) => {
            const found = await carrier.inspect(real(path));
            return found.ok ? { ok: true, value: { ...found.value, path } } : found;
          },
          hash: (source, onProgress) => carrier.hash(shown(source), onProgress),
          send: (order, onProgress) =>
            carrier.send({ ...order, source: shown(order.source) }, onProgress),
        },
        put: async (name, content) => {
          paths.set(name, await files.ask<string>('put', name, content));
          return name;
        },
        openPort: async () => placeAt((await openTransferPort(t)).port),
        // Nothing can listen at this port.
        closedPort: async () => placeAt(1),
        settle: async () => {},
        saved: async () => {
          const contents: Buffer[] = [];
          for (const path of saved) {
            contents.push(Buffer.from(await files.ask<Uint8Array>('saved', path)));
          }
          return contents;
        },
      };
    });
  }

  test('the hash of a file is that of the whole, whatever pieces it comes in', async (t) => {
    const files = new RemoteFiles(await openScript(t, 'files.ts'), 'alice');
    for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 5_000, 300_001]) {
      const content = randomBytes(size);
      for (const lengths of [[], [1], [63, 1, 64], [7, 128, 3, 0, 200], [size]]) {
        const hash = await files.of<Uint8Array>('hashOf', content, lengths);
        assert.deepEqual(new Uint8Array(hash), digest(content), `${size} in ${lengths.join(', ')}`);
      }
    }
  });

  for (const { where, key } of forms) {
    test(`${where}: a transfer that breaks off goes on after a reload from the chunks that are there`, async (t) => {
      const page = await openScript(t, 'files.ts');
      const content = randomBytes(40 * chunkBytes + 5);
      const order = {
        id: idOf(7),
        name: '../a\u202Ebc.pdf',
        size: content.length,
        sha256: digest(content),
      };
      const files = await openFiles(t, page, 'alice', key);
      const cut = await openTransferPort(t, {
        tamper: (piece, at) => (at < 20 * chunkBytes ? piece : undefined),
      });
      const landed = await remoteCarrier(files).land(order, silent).outcome;
      assert.ok(landed.ok);
      assert.equal(landed.value.chunks, 0);
      const receiving = remoteCarrier(files).receive(
        landed.value,
        orderOf(content, cut.port),
        silent,
      );
      await (
        await send(files, cut, content)
      ).outcome;
      assert.equal((await receiving.outcome).kind, 'lost');

      await page.reload();
      const again = await openFiles(t, page, 'alice', key);
      const place = await remoteCarrier(again).land(order, silent).outcome;
      assert.ok(place.ok);
      const { chunks } = place.value;
      assert.ok(chunks > 10 && chunks < 21, String(chunks));
      const whole = await openTransferPort(t);
      const rest = remoteCarrier(again).receive(place.value, orderOf(content, whole.port), silent);
      const sent = await send(again, whole, content, chunks);
      const outcome = await rest.outcome;
      assert.deepEqual(outcome, { kind: 'saved', path: `saved/${idOf(7)}/a_bc.pdf` });
      await sent.outcome;
      const found = await again.ask<Uint8Array>('saved', `saved/${idOf(7)}/a_bc.pdf`);
      assert.ok(Buffer.from(found).equals(content));
      await again.ask('remove', `saved/${idOf(7)}/a_bc.pdf`);
      assert.equal(await again.ask('saved', `saved/${idOf(7)}/a_bc.pdf`), undefined);
    });
  }

  test('a browser without room for a file says so before it comes', async (t) => {
    const { profile } = await openDiskProfile(t);
    const page = await openScript(t, 'files.ts', { profile });
    const limit = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await limit.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 40_000_000 });
    const files = await openFiles(t, page, 'alice');
    const carrier = remoteCarrier(files);
    const content = randomBytes(3 * 1024 * 1024);
    const place = (id: number, size: number) =>
      carrier.land({ id: idOf(id), name: 'a', size, sha256: digest(content) }, silent).outcome;
    assert.deepEqual(await place(1, 60_000_000), { ok: false, error: { code: 'no-space' } });
    assert.equal((await place(2, content.length)).ok, true);
  });

  test('a browser without a place for files says so', async (t) => {
    const page = await openScript(t, 'files.ts');
    // As a private window of some: the worker asks its own `navigator`, so the place itself is taken away there.
    await page.route('**/worker.js', async (route) => {
      const answer = await route.fetch();
      const body = `StorageManager.prototype.getDirectory = undefined;\n${await answer.text()}`;
      await route.fulfill({ response: answer, body });
    });
    const files = await openFiles(t, page, 'alice');
    const order = { id: idOf(1), name: 'a', size: 1, sha256: new Uint8Array(32) };
    const landed = await remoteCarrier(files).land(order, silent).outcome;
    assert.ok(!landed.ok && landed.error.code === 'unwritable');
    assert.match(landed.error.detail, /no place for files/);
  });

  test('bytes are moved to a port and from one, whatever their number', async (t) => {
    const page = await openScript(t, 'files.ts');
    const address: WebAddress = await openFileBridge(t);
    const files = new RemoteFiles(page, 'alice');
    for (const size of [0, 1, 700_003]) {
      const content = randomBytes(size);
      const port = await openTransferPort(t);
      const opening = 'FILE <alice @bob token ';
      const receiver = files.of<Uint8Array>(
        'fetchBytes',
        address,
        port.port,
        'OPEN_PORT_TO_RECEIVE bob\n',
        size + 'FILE <alice @alice token '.length,
      );
      const sending = files.of('moveBytes', address, port.port, opening, content);
      const got = Buffer.from(await receiver);
      assert.ok(got.subarray(-size || got.length).equals(content), String(size));
      await sending;
    }
  });

  test('a backup becomes a download that a terminal can read', async (t) => {
    const page = await openScript(t, 'files.ts');
    const files = new RemoteFiles(page, 'alice');
    const blobs = [1, 2, 3].map((id) => ({
      id: idOf(id),
      bytes: new Uint8Array(randomBytes(id * 1000)),
    }));
    interface Made {
      readonly size: number;
      readonly name: string;
      readonly bytes: Uint8Array;
    }
    const made = await callPage<Made>(files.page, ['backup'], [blobs]);
    assert.equal(made.name, 'mine.helo');
    assert.equal(made.size, made.bytes.length);
    const path = join(await temporaryFolder(t), made.name);
    await writeFile(path, made.bytes);
    const read = await readBackupFile(path);
    assert.ok(read !== undefined && 'blobs' in read);
    t.after(() => read.close());
    for (const { id, bytes } of blobs.slice(1)) {
      const found = await read.blobs.get(id, bytes.length);
      assert.ok(found.ok);
      assert.deepEqual(new Uint8Array(found.value), bytes);
    }
    assert.equal((await read.blobs.get(idOf(1), 1000)).ok, false);
  });

  test('transfers and known people are stored beside the rest of the account', async (t) => {
    const page = await openScript(t, 'files.ts');
    const records = async () =>
      remoteObject(page, await callPage<Handle>(page, ['records'], ['alice'])) as TransferStore;
    const record = {
      kind: 'settled',
      id: idOf(1),
      peer: 'bob',
      savedAtMs: 7,
      outcome: 'saved',
    } as const;
    await (await records()).put(record);
    await (await records()).put({ ...record, id: idOf(2) });
    await (await records()).put({ ...record, id: idOf(2), outcome: 'refused' });
    const second = { ...record, id: idOf(2), outcome: 'refused' };
    assert.deepEqual(await (await records()).load(), [record, second]);
    await (await records()).remove(record);
    assert.deepEqual(await (await records()).load(), [second]);
    const senders = async () =>
      remoteObject(page, await callPage<Handle>(page, ['senders'], ['alice'])) as KnownSenderStore;
    assert.deepEqual(await (await senders()).load(), []);
    const known = [{ user: 'bob', takenBytes: 5, isWrittenTo: true }];
    await (await senders()).keep(known);
    assert.deepEqual(await (await senders()).load(), known);
  });
});
