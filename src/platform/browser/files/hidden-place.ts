// Where a page keeps files that come: the browser's own file system for this origin (OPFS), which nobody sees but the page.
// A folder for each account at each server, and in it a folder for each file, by the id of its transfer: `content`, or
// `sealed` where the store is locked (sealed-pieces.ts), and beside it `verified` once the whole was found to be what its
// sender had described. Owns the names. Works in a page and
// in a worker.
import { formatHex, encodeUtf8 } from '../../../lib/bytes.ts';

const rootName = 'helo files';
/** The content of a file: as it is, or under the lock. */
const contentNames = { plain: 'content', sealed: 'sealed' } as const;
export type KeptForm = keyof typeof contentNames;
const verifiedName = 'verified';
const idForm = /^[\da-f]{32}$/;

/** The folder of an account, made if it is missing. Undefined where the browser has no such place. */
export async function openPlace(account: string): Promise<FileSystemDirectoryHandle | undefined> {
  // Some browsers have no such thing at all, others none in private windows.
  const { storage } = navigator as { readonly storage?: Partial<StorageManager> };
  if (storage?.getDirectory === undefined) return undefined;
  let top: FileSystemDirectoryHandle;
  try {
    top = await storage.getDirectory();
  } catch {
    return undefined;
  }
  const root = await top.getDirectoryHandle(rootName, { create: true });
  return root.getDirectoryHandle(folderName(account), { create: true });
}

/** Any name of an account, as one that every file system takes. */
function folderName(account: string): string {
  return formatHex(encodeUtf8(account)).slice(0, 200);
}

/** Removes the folder of an account, with all its files. */
export async function removePlace(account: string): Promise<void> {
  if ((await openPlace(account)) === undefined) return;
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(rootName);
  await root.removeEntry(folderName(account), { recursive: true });
}

/** The folder of one file. Undefined if it is not there, and not to be made. */
export async function folderOf(
  place: FileSystemDirectoryHandle,
  id: string,
  create: boolean,
): Promise<FileSystemDirectoryHandle | undefined> {
  if (!idForm.test(id)) return undefined;
  return orNone(place.getDirectoryHandle(id, { create }));
}

/** The content in the folder of a file. Undefined if it is not there in this form, and not to be made. */
export function keptIn(
  folder: FileSystemDirectoryHandle,
  form: KeptForm,
  create: boolean,
): Promise<FileSystemFileHandle | undefined> {
  return orNone(folder.getFileHandle(contentNames[form], { create }));
}

/** Removes the content in one form. */
export async function removeKept(folder: FileSystemDirectoryHandle, form: KeptForm): Promise<void> {
  await orNone(whenFree(() => folder.removeEntry(contentNames[form])));
}

/** After a reload the page of before may still have a file for a moment. */
const freeTries = 20;
const freeWaitMs = 100;

/** Does something with a file that nobody else may have open meanwhile. */
export async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  for (let left = freeTries; ; left--) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      return await work();
    } catch (error) {
      const isTaken = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isTaken || left === 0) throw error;
      // oxlint-disable-next-line no-await-in-loop -- the same
      await new Promise((resolve) => setTimeout(resolve, freeWaitMs));
    }
  }
}

/** Whether the whole was verified. */
export async function isVerified(folder: FileSystemDirectoryHandle): Promise<boolean> {
  return (await orNone(folder.getFileHandle(verifiedName))) !== undefined;
}

export async function markVerified(folder: FileSystemDirectoryHandle): Promise<void> {
  await folder.getFileHandle(verifiedName, { create: true });
}

/** Removes a file, whatever there is of it. */
export async function removeFile(place: FileSystemDirectoryHandle, id: string): Promise<void> {
  if (!idForm.test(id)) return;
  await orNone(place.removeEntry(id, { recursive: true }));
}

/** Removes verified files that are older than `maxAgeMs`: their people have them. */
export async function removeOld(place: FileSystemDirectoryHandle, maxAgeMs: number): Promise<void> {
  for (const id of await idsIn(place)) {
    const folder = await folderOf(place, id, false);
    if (folder === undefined || !(await isVerified(folder))) continue;
    const kept = (await keptIn(folder, 'plain', false)) ?? (await keptIn(folder, 'sealed', false));
    const content = await kept?.getFile();
    if (content === undefined || Date.now() - content.lastModified > maxAgeMs) {
      await removeFile(place, id);
    }
  }
}

/** The ids of the files that are there. */
export async function idsIn(place: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const name of place.keys()) ids.push(name);
  return ids;
}

/** The path of a verified file: `saved/ID/NAME`. The sender's name is only shown. */
export function savedPath(id: string, name: string): string {
  return `saved/${id}/${shownName(name)}`;
}

/** The id and the name in such a path. */
export function parseSavedPath(
  path: string,
): { readonly id: string; readonly name: string } | undefined {
  const [, id, name] = /^saved\/([\da-f]{32})\/([^/]+)$/.exec(path) ?? [];
  return id === undefined || name === undefined ? undefined : { id, name };
}

const maxShownName = 200;

/** The last part of a name, without what no file system takes or what turns the direction of writing. */
function shownName(name: string): string {
  const [last = ''] = name.split(/[/\\]/).slice(-1);
  const plain = last.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}:*?"<>|]/gu, '_');
  const shown = plain.trim().replace(/^\.+/, '');
  return shown.slice(0, maxShownName).replace(/[\uD800-\uDBFF]$/, '') || 'file';
}

async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}
