// A file that the person has chosen in the browser, read by slices. A browser keeps it as it was when it was chosen: it
// refuses to read one that was written to since.
import type { OnProgress } from '../../../client/files/ports.ts';
import type { OpenFile } from '../../../client/files/moving/ports.ts';
import type { SourceFile, SourceProblem } from '../../../client/files/source.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { browserFileCiphers } from '../crypto/file-ciphers.ts';
import { sourceProblem } from './problems.ts';

const readBytes = 1024 * 1024;
const nanosecondsOfMs = '000000';

/** What is told of a file that was chosen. */
export function describeFile(path: string, file: File): SourceFile {
  const modified = `${file.lastModified}${nanosecondsOfMs}`;
  return { path, name: file.name || 'file', size: file.size, modified };
}

/** The file, if it is the one that was described. */
export function openFile(
  file: File | undefined,
  source: SourceFile,
): Result<OpenFile, SourceProblem> {
  if (file === undefined) return err({ code: 'missing' });
  const { size, modified } = describeFile(source.path, file);
  if (size !== source.size || modified !== source.modified) return err({ code: 'changed' });
  return ok({
    read: (buffer, at) => slice(file, at, at + buffer.length),
    // Reading another one would have failed.
    holds: async () => true,
    close: async () => {},
  });
}

/** The SHA-256 of its content. */
export async function hashFile(
  file: File | undefined,
  source: SourceFile,
  onProgress: OnProgress,
  isCancelled: () => boolean,
): Promise<Result<Uint8Array, SourceProblem | { readonly code: 'cancelled' }>> {
  const opened = openFile(file, source);
  if (!opened.ok || file === undefined) return opened.ok ? err({ code: 'missing' }) : opened;
  const hash = browserFileCiphers.sha256();
  try {
    let next = slice(file, 0, readBytes);
    for (let at = 0; at < file.size;) {
      if (isCancelled()) return err({ code: 'cancelled' });
      const bytes = await next;
      if (bytes.length === 0) return err({ code: 'changed' });
      at += bytes.length;
      // The browser reads on while this is hashed.
      next = slice(file, at, at + readBytes);
      next.catch(() => {});
      hash.update(bytes);
      onProgress(at);
    }
    return ok(await hash.digest());
  } catch (error) {
    return err(sourceProblem(error));
  }
}

async function slice(file: File, from: number, to: number): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}
