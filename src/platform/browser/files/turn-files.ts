// Encrypts the files that have come, or decrypts them, when the lock of a store is put on or taken off. One after the other,
// and each is written whole in its other form before the one that it had goes; so a page that ends loses nothing, and goes
// on with the files that still have the old form. A file that has not come to its end keeps its whole pieces; the rest is
// fetched again.
import { unshared } from '../buffer.ts';
import {
  folderOf,
  idsIn,
  isVerified,
  keptIn,
  openPlace,
  removeFile,
  removeKept,
  type KeptForm,
} from './hidden-place.ts';
import { openedPieces, PieceCipher, sealedPieces } from './sealed-pieces.ts';

/**
 * Turns those of `account` into `form`. `told` hears how much is done, from 0 to 1. Rejects with the browser's error; where
 * there is no room, with a QuotaExceededError. A browser that lets no page write leaves them as they are.
 */
export async function turnFiles(
  account: string,
  filesKey: Uint8Array,
  form: KeptForm,
  told: (done: number) => void,
): Promise<void> {
  const place = await openPlace(account);
  if (place === undefined || !canWrite()) return;
  const ids = await idsIn(place);
  for (const [at, id] of ids.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await turnFile(place, id, new PieceCipher(filesKey, id), form);
    told((at + 1) / ids.length);
  }
}

async function turnFile(
  place: FileSystemDirectoryHandle,
  id: string,
  cipher: PieceCipher,
  form: KeptForm,
): Promise<void> {
  const before: KeptForm = form === 'sealed' ? 'plain' : 'sealed';
  const folder = await folderOf(place, id, false);
  const from = folder && (await keptIn(folder, before, false));
  if (folder === undefined || from === undefined) return;
  const isWhole = await isVerified(folder);
  const kept = await from.getFile();
  const pieces =
    form === 'sealed' ? sealedPieces(kept, cipher, isWhole) : openedPieces(kept, cipher, isWhole);
  const to = await keptIn(folder, form, true);
  const out = await to?.createWritable();
  for await (const piece of pieces) {
    if (piece === undefined && isWhole) {
      // Something has changed it. It cannot be read with the lock either.
      await out?.abort();
      await removeFile(place, id);
      return;
    }
    if (piece !== undefined) await out?.write(unshared(piece));
  }
  // It is there with all that was written, or not at all.
  await out?.close();
  await removeKept(folder, before);
}

function canWrite(): boolean {
  return (
    typeof FileSystemFileHandle !== 'undefined' &&
    'createWritable' in FileSystemFileHandle.prototype
  );
}
