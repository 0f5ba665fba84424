// The built page of this installation: where it is, and its digest. The digest of a page is the SHA-256 of a list with
// that of every file, in the form of sha256sum; the build writes the list beside the page (scripts/page-digest.js).
// Compressed forms are left out: a browser sees what is in them.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WebPage } from '../../server/web/page.ts';

export const pageFolder = fileURLToPath(new URL('../../web/', import.meta.url));

/** The name of the list. It does not name itself. */
export const digestList = 'digest.txt';

export interface PageDigest {
  /** A line for each file: `SHA256  PATH`. */
  readonly list: string;
  readonly whole: string;
}

/** The digest of the files as they are. */
export function digestOf(page: WebPage): PageDigest {
  const lines: string[] = [];
  for (const [path, { bodies }] of page) {
    const plain = bodies.find(({ coding }) => coding === 'identity');
    // `/` is index.html again.
    if (path === '/' || path === `/${digestList}` || plain === undefined) continue;
    lines.push(`${sha256(plain.bytes)}  ${path.slice(1)}\n`);
  }
  const list = lines.sort(byPath).join('');
  return { list, whole: sha256(Buffer.from(list)) };
}

function byPath(a: string, b: string): number {
  const [one, other] = [pathIn(a), pathIn(b)];
  return one < other ? -1 : Number(one > other);
}

function pathIn(line: string): string {
  return line.slice(line.indexOf(' '));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
