// The files of a page, as a view has them: those that the person has chosen to send, by paths that stand for them, and
// those that have come. What was chosen lasts as long as the page: a browser gives a page no paths.
import {
  folderOf,
  isVerified,
  keptIn,
  openPlace,
  parseSavedPath,
  removeFile,
  removeOld,
} from './hidden-place.ts';
import { unshared } from '../buffer.ts';
import { openedPieces, PieceCipher } from './sealed-pieces.ts';

/** Files that came, and that nobody has taken away since, go after this time. */
const maxSavedAgeMs = 7 * 24 * 3_600_000;

export interface PageFiles {
  /** A path for a file that the person has chosen, to be used wherever the client takes a path. */
  pick(file: File): string;
  /** The file behind the path of one that came; undefined if it is not there any more. */
  saved(path: string): Promise<File | undefined>;
  /** Removes one that came. */
  remove(path: string): Promise<void>;
}

/** Asks the person for a file. Undefined if they choose none. */
export type ChooseFile = () => Promise<File | undefined>;

export class BrowserPageFiles implements PageFiles {
  readonly #account: string;
  readonly #filesKey: Uint8Array | undefined;
  /** Decrypted, by the ids of their files: the browser has them, beside the memory of the page. */
  readonly #opened = new Map<string, Promise<Blob | undefined>>();
  readonly #picked = new Map<string, File>();
  /** Asked for a path that stands for nothing: somebody has typed it. */
  chooseFile: ChooseFile | undefined;

  /** With `filesKey` the store is locked, and what comes is kept encrypted. */
  constructor(account: string, filesKey?: Uint8Array) {
    this.#account = account;
    this.#filesKey = filesKey;
  }

  pick(file: File): string {
    const path = `picked/${this.#picked.size + 1}/${file.name}`;
    this.#picked.set(path, file);
    return path;
  }

  /** The file that a path stands for. */
  picked(path: string): File | undefined {
    return this.#picked.get(path);
  }

  /** The file that a path means, and its own path; the person chooses it where the path was only typed. */
  async meant(path: string): Promise<{ readonly path: string; readonly file: File } | undefined> {
    const file = this.#picked.get(path);
    if (file !== undefined) return { path, file };
    const chosen = path.startsWith('picked/') ? undefined : await this.chooseFile?.();
    return chosen && { path: this.pick(chosen), file: chosen };
  }

  async saved(path: string): Promise<File | undefined> {
    const parsed = parseSavedPath(path);
    const place = parsed && (await openPlace(this.#account));
    const folder = place && (await folderOf(place, parsed.id, false));
    if (folder === undefined || !(await isVerified(folder))) return undefined;
    const { id = '', name = '' } = parsed ?? {};
    const sealed = await keptIn(folder, 'sealed', false);
    // A browser that could not turn it has it as it came (turn-files.ts).
    const plain = async () => (await keptIn(folder, 'plain', false))?.getFile();
    const content = sealed === undefined ? await plain() : await this.#open(id, sealed);
    return content && new File([content], name);
  }

  #open(id: string, sealed: FileSystemFileHandle): Promise<Blob | undefined> {
    const key = this.#filesKey;
    if (key === undefined) return Promise.resolve(undefined);
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const opened = openWhole(sealed, new PieceCipher(key, id));
    this.#opened.set(id, opened);
    return opened;
  }

  async remove(path: string): Promise<void> {
    const parsed = parseSavedPath(path);
    const place = parsed && (await openPlace(this.#account));
    if (parsed !== undefined) this.#opened.delete(parsed.id);
    if (place !== undefined) await removeFile(place, parsed?.id ?? '');
  }

  /** Removes a transfer's content that will not be resumed. */
  async forget(id: string): Promise<void> {
    const place = await openPlace(this.#account);
    const folder = place && (await folderOf(place, id, false));
    if (place === undefined || folder === undefined) return;
    // The person may look at it still.
    if (!(await isVerified(folder))) await removeFile(place, id);
  }

  /** Removes what came long ago. */
  async sweep(): Promise<void> {
    const place = await openPlace(this.#account);
    if (place !== undefined) await removeOld(place, maxSavedAgeMs);
  }
}

/** All of it, decrypted. Undefined if something has changed it. */
async function openWhole(
  sealed: FileSystemFileHandle,
  cipher: PieceCipher,
): Promise<Blob | undefined> {
  const pieces: Blob[] = [];
  for await (const piece of openedPieces(await sealed.getFile(), cipher)) {
    if (piece === undefined) return undefined;
    // As blobs of their own, which the browser keeps and not the page.
    pieces.push(new Blob([unshared(piece)]));
  }
  return new Blob(pieces);
}
