// The files of a page, as a view has them: those that the person has chosen to send, by paths that stand for them, and
// those that have come. What was chosen lasts as long as the page: a browser gives a page no paths.
import {
  contentOf,
  folderOf,
  isVerified,
  openPlace,
  parseSavedPath,
  removeFile,
  removeOld,
} from './hidden-place.ts';

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
  readonly #picked = new Map<string, File>();
  /** Asked for a path that stands for nothing: somebody has typed it. */
  chooseFile: ChooseFile | undefined;

  constructor(account: string) {
    this.#account = account;
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
    const content = await (await contentOf(folder, false))?.getFile();
    return content && new File([content], parsed?.name ?? content.name);
  }

  async remove(path: string): Promise<void> {
    const parsed = parseSavedPath(path);
    const place = parsed && (await openPlace(this.#account));
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
