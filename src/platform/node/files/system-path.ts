// File names that are not UTF-8: a program gets them with U+FFFD instead of the unreadable bytes, and no file has that
// name. They are found by the characters around it. Knows no files.
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';

const unread = '\uFFFD';

/** The absolute `path` as the system has it. If nothing or several files match, it stays as it is. */
export async function systemPath(path: string): Promise<string | Buffer> {
  if (!path.includes(unread)) return path;
  let found = Buffer.alloc(0);
  for (const part of path.split('/').slice(1)) {
    const name = part.includes(unread) ? await nameIn(found, part) : Buffer.from(part);
    if (name === undefined) return path;
    found = Buffer.concat([found, Buffer.from('/'), name]);
  }
  return found;
}

/** The last part of a path, for people. A part that is not UTF-8 is read in the encoding of western Europe. */
export function nameOf(path: string | Buffer): string {
  if (typeof path === 'string') return basename(path);
  const name = path.subarray(path.lastIndexOf('/') + 1);
  const utf8 = name.toString();
  return utf8.includes(unread) ? new TextDecoder('windows-1252').decode(name) : utf8;
}

async function nameIn(folder: Buffer, part: string): Promise<Buffer | undefined> {
  const names = await readdir(folder.length === 0 ? '/' : folder, { encoding: 'buffer' }).catch(
    () => [],
  );
  const fitting = names.filter((name) => name.toString() === part);
  // A name may really contain that character.
  const exact = Buffer.from(part);
  return (
    fitting.find((name) => name.equals(exact)) ?? (fitting.length === 1 ? fitting[0] : undefined)
  );
}
