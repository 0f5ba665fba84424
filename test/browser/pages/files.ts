// The carrier of files in a browser, offered to the suite that every carrier passes. Files to send are made here.
import type { WebAddress } from '../../../src/client/connection/server-address.ts';
import { createBrowserCarrier } from '../../../src/platform/browser/files/carrier.ts';
import { browserBytesMover } from '../../../src/platform/browser/files/bytes-mover.ts';
import {
  folderOf,
  keptIn,
  markVerified,
  openPlace,
  type KeptForm,
} from '../../../src/platform/browser/files/hidden-place.ts';
import { turnFiles } from '../../../src/platform/browser/files/turn-files.ts';
import { FileWorker } from '../../../src/platform/browser/files/file-worker.ts';
import { browserFileCiphers } from '../../../src/platform/browser/crypto/file-ciphers.ts';
import { BrowserPageFiles } from '../../../src/platform/browser/files/page-files.ts';
import { backupDownloads } from '../../../src/platform/browser/backup-download.ts';
import { openAccountDatabase } from '../../../src/platform/browser/store/database.ts';
import { openKnownSenders, openTransfers } from '../../../src/platform/browser/store/transfers.ts';
import type { FileCarrier, Landing } from '../../../src/client/files/ports.ts';
import { startFileWorker } from './file-worker.ts';
import { offer } from './objects.ts';

interface Under {
  readonly carrier: FileCarrier;
  readonly files: BrowserPageFiles;
  readonly worker: FileWorker;
}

const opened = new Map<string, Under>();
/** Jobs and places by numbers. */
const kept: unknown[] = [];

function under(account: string): Under {
  const found = opened.get(account);
  if (found === undefined) throw new Error(`nothing is open for ${account}`);
  return found;
}

function keep(thing: unknown): number {
  return kept.push(thing) - 1;
}

/** Chooses a file with that content, made of a piece as often as told. Gives its path. */
function put(account: string, name: string, piece: Uint8Array, times = 1): string {
  const { files } = under(account);
  const pieces = Array.from({ length: times }, () => new Uint8Array(piece));
  return files.pick(new File(pieces, name, { lastModified: Date.now() }));
}

/** The folder of a file, made if it is missing. */
async function folderAt(account: string, id: string): Promise<FileSystemDirectoryHandle> {
  const place = await openPlace(account);
  const folder = place && (await folderOf(place, id, true));
  if (folder === undefined) throw new Error('the browser has no place for files');
  return folder;
}

offer({
  /** `key`: as under a lock. */
  open: (account: string, address: WebAddress, key?: Uint8Array) => {
    const filesKey = key && new Uint8Array(key);
    const files = new BrowserPageFiles(account, filesKey);
    const worker = new FileWorker(startFileWorker, address, { account, filesKey });
    const carrier = createBrowserCarrier(worker, files);
    opened.set(account, { carrier, files, worker });
  },
  put,
  inspect: (account: string, path: string) => under(account).carrier.inspect(path),
  sha256: (account: string, bytes: Uint8Array) => under(account).carrier.sha256(bytes),
  hashOf: (bytes: Uint8Array, lengths: readonly number[]) => {
    const hash = browserFileCiphers.sha256();
    let at = 0;
    for (const length of lengths) hash.update(bytes.subarray(at, (at += length)));
    hash.update(bytes.subarray(at));
    return hash.digest();
  },
  hash: (account: string, source: never) => keep(under(account).carrier.hash(source, () => {})),
  send: (account: string, order: never) => keep(under(account).carrier.send(order, () => {})),
  land: async (account: string, order: never) => {
    const landed = await under(account).carrier.land(order, () => {}).outcome;
    if (!landed.ok) return landed;
    return { ok: true, value: { landing: keep(landed.value), chunks: landed.value.chunks } };
  },
  receive: (account: string, landing: number, order: never) =>
    keep(under(account).carrier.receive(kept[landing] as Landing, order, () => {})),
  landing: (landing: number, method: 'finish' | 'close' | 'discard') =>
    (kept[landing] as Landing)[method](),
  outcome: (job: number) => (kept[job] as { outcome: Promise<unknown> }).outcome,
  cancel: (job: number) => (kept[job] as { cancel: () => void }).cancel(),
  forget: (account: string, id: string) => under(account).carrier.forget(id),
  /** The content of one that came. */
  saved: async (account: string, path: string) => {
    const file = await under(account).files.saved(path);
    return file && new Uint8Array(await file.arrayBuffer());
  },
  /** Writes to the content of a file in one form, from `at` on, or all of it anew. */
  write: async (account: string, id: string, form: KeptForm, bytes: Uint8Array, at?: number) => {
    const kept = await keptIn(await folderAt(account, id), form, true);
    const out = await kept?.createWritable({ keepExistingData: at !== undefined });
    await out?.write({ type: 'write', position: at ?? 0, data: new Uint8Array(bytes) });
    await out?.close();
  },
  read: async (account: string, id: string, form: KeptForm) => {
    const kept = await keptIn(await folderAt(account, id), form, false);
    return kept && new Uint8Array(await (await kept.getFile()).arrayBuffer());
  },
  verify: async (account: string, id: string) => markVerified(await folderAt(account, id)),
  turn: (account: string, key: Uint8Array, form: KeptForm) =>
    turnFiles(account, new Uint8Array(key), form, () => {}),
  remove: (account: string, path: string) => under(account).files.remove(path),
  moveBytes: (address: WebAddress, port: number, opening: string, bytes: Uint8Array) =>
    browserBytesMover(address).send(placeAt(port), opening, bytes, () => {}),
  fetchBytes: async (address: WebAddress, port: number, opening: string, size: number) => {
    const into = new Uint8Array(size);
    const have = await browserBytesMover(address).fetch(placeAt(port), opening, into, () => {});
    return into.subarray(0, have);
  },
  /** A backup with these blobs, as the download that it becomes. */
  backup: async (blobs: readonly { readonly id: string; readonly bytes: Uint8Array }[]) => {
    let saved: { readonly file: Blob; readonly name: string } | undefined;
    const database = await openAccountDatabase('https-example.org:7625', 'alice');
    const files = backupDownloads((file, name) => (saved = { file, name }), database);
    const file = await files.open('./mine.helo');
    if (!('blobs' in file)) return undefined;
    for (const { id, bytes } of blobs) await file.blobs.put('backup', id, bytes);
    await file.blobs.drop(blobs[0]?.id ?? '');
    const size = await file.finish();
    return {
      size,
      name: saved?.name,
      bytes: new Uint8Array((await saved?.file.arrayBuffer()) ?? []),
    };
  },
  records: async (user: string) => openTransfers(await openAccountDatabase('test', user)),
  senders: async (user: string) => openKnownSenders(await openAccountDatabase('test', user)),
});

function placeAt(port: number) {
  return { host: '127.0.0.1', port, fingerprint: undefined };
}
