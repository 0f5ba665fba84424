// Drafts, by conversation: one file for each account at a server, for its owner only. Two programs of one account may
// write it: each changes only what was typed in it.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName, userFileName } from './file-names.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { readPrivateFile, replacePrivateFile } from './private-file.ts';

export interface KeptDraft {
  readonly text: string;
  /** It was pasted as one text, and is not a command. */
  readonly wasPasted: boolean;
}

export type KeptDrafts = ReadonlyMap<string, KeptDraft>;

/** Longer files are not read: no person has typed that. */
const maxFileBytes = 8_000_000;
const maxDrafts = 1_000;

export class DraftFile {
  readonly #path: string;
  /** The drafts at the start of the program. */
  readonly kept: KeptDrafts;

  private constructor(path: string, kept: KeptDrafts) {
    this.#path = path;
    this.kept = kept;
  }

  /** The drafts of `user` at `server` (the key of the server). An unreadable file counts as empty. */
  static async open(directory: string, server: string, user: string): Promise<DraftFile> {
    const path = draftPath(directory, server, user);
    return new DraftFile(path, await readDrafts(path));
  }

  /** Moves the drafts under the keys `from` to `to`. */
  static async adopt(
    directory: string,
    from: readonly string[],
    to: string,
    user: string,
  ): Promise<void> {
    for (const key of from) {
      const path = draftPath(directory, key, user);
      const found = await readDrafts(path);
      if (found.size === 0 || key === to) continue;
      const file = await DraftFile.open(directory, to, user);
      // Both places have a draft: neither is thrown away.
      const changes = [...found].map(
        ([id, draft]) => [id, joined(draft, file.kept.get(id))] as const,
      );
      await file.write(new Map(changes));
      rmSync(path, { force: true });
    }
  }

  async write(changes: ReadonlyMap<string, KeptDraft | undefined>): Promise<void> {
    const drafts = changed(await readDrafts(this.#path), changes);
    if (drafts.size === 0) rmSync(this.#path, { force: true });
    else await replacePrivateFile(this.#path, encodeUtf8(formatDrafts(drafts)));
  }

  /** The same, but done when it returns, for a program that is about to end. */
  writeNow(changes: ReadonlyMap<string, KeptDraft | undefined>): void {
    const drafts = changed(readDraftsNow(this.#path), changes);
    if (drafts.size === 0) {
      rmSync(this.#path, { force: true });
      return;
    }
    const written = `${this.#path}.${process.pid}`;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const file = openSync(written, 'w', 0o600);
    try {
      writeSync(file, formatDrafts(drafts));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(written, this.#path);
  }
}

function draftPath(directory: string, server: string, user: string): string {
  return join(directory, 'drafts', serverFileName(server), `${userFileName(user)}.json`);
}

function joined(one: KeptDraft, other: KeptDraft | undefined): KeptDraft {
  if (other === undefined) return one;
  // A program that was killed before it removed the draft there has moved it already.
  if (`\n${other.text}`.endsWith(`\n${one.text}`)) return other;
  return {
    text: `${other.text}\n${one.text}`,
    wasPasted: one.wasPasted || other.wasPasted,
  };
}

function changed(
  before: KeptDrafts,
  changes: ReadonlyMap<string, KeptDraft | undefined>,
): KeptDrafts {
  const drafts = new Map(before);
  for (const [id, draft] of changes) {
    drafts.delete(id);
    if (draft !== undefined) drafts.set(id, draft);
  }
  return new Map([...drafts].slice(-maxDrafts));
}

async function readDrafts(path: string): Promise<KeptDrafts> {
  try {
    const bytes = await readPrivateFile(path, maxFileBytes);
    return parseDrafts(bytes === undefined ? '' : (decodeUtf8(bytes) ?? ''));
  } catch (error) {
    if (error instanceof PrivateFileError) return new Map();
    throw error;
  }
}

function readDraftsNow(path: string): KeptDrafts {
  try {
    return parseDrafts(readFileSync(path, 'utf8'));
  } catch {
    // There are none.
    return new Map();
  }
}

function formatDrafts(drafts: KeptDrafts): string {
  return `${JSON.stringify({ version: 1, drafts: [...drafts] })}\n`;
}

/** The drafts in the text of the file. An invalid text counts as empty. */
function parseDrafts(text: string): KeptDrafts {
  const drafts = new Map<string, KeptDraft>();
  for (const entry of entriesOf(text)) {
    const [id, draft]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof id !== 'string' || typeof draft !== 'object' || draft === null) continue;
    const { text: typed, wasPasted } = draft as { text?: unknown; wasPasted?: unknown };
    if (typeof typed !== 'string' || typed === '') continue;
    drafts.set(id, { text: typed, wasPasted: wasPasted === true });
  }
  return drafts;
}

function entriesOf(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    const drafts: unknown = (value as { drafts?: unknown } | null)?.drafts;
    return Array.isArray(drafts) ? drafts : [];
  } catch {
    // This program did not write that.
    return [];
  }
}
