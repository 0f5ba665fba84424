// The files of the web page, in memory: read once at the start, so that a request costs no disk, and a page is not
// changed under those who have loaded half of it. Beside NAME there may be NAME.br and NAME.gz, made by the build. Knows
// no requests.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { systemCode } from '../../lib/system-error.ts';

/** How a body is compressed, as HTTP names it; `identity` is not at all. */
export type Coding = 'identity' | 'br' | 'gzip';

/** One form of a file. */
export interface WebBody {
  readonly coding: Coding;
  readonly bytes: Buffer;
  /** A strong one: of another form it is another. */
  readonly etag: string;
}

export interface WebFile {
  readonly type: string;
  /** Whether another content would have another name. */
  readonly isImmutable: boolean;
  /** The smallest first. */
  readonly bodies: readonly WebBody[];
}

/** Files by the path of their address. Empty if there is no page. */
export type WebPage = ReadonlyMap<string, WebFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};

/** The endings of compressed forms. */
const codings: Readonly<Record<string, Coding>> = { '.br': 'br', '.gz': 'gzip' };

/** Names of this folder hold a hash of the content. */
const immutable = '/assets/';

/** Reads the page in `folder`. Empty if there is no such folder, or nothing in it. Rejects with the system's error. */
export async function readPage(folder: string): Promise<WebPage> {
  const page = new Map<string, WebFile>();
  const forms = new Map<string, WebBody[]>();
  for (const path of await filesIn(folder)) {
    const coding = codings[extname(path)] ?? 'identity';
    const plain = coding === 'identity' ? path : path.slice(0, -extname(path).length);
    const bytes = await readFile(join(folder, ...path.split('/')));
    forms.set(plain, [...(forms.get(plain) ?? []), { coding, bytes, etag: etagOf(bytes, coding) }]);
  }
  for (const [path, bodies] of forms) {
    // What is only there compressed is nobody's file.
    if (!bodies.some(({ coding }) => coding === 'identity')) continue;
    page.set(path, {
      type: types[extname(path)] ?? 'application/octet-stream',
      isImmutable: path.startsWith(immutable),
      bodies: bodies.toSorted((a, b) => a.bytes.length - b.bytes.length),
    });
  }
  const index = page.get('/index.html');
  if (index !== undefined) page.set('/', index);
  return page;
}

/** The paths of the files in a folder, from `/` on. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(
        (entry) => `/${relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')}`,
      )
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function etagOf(bytes: Buffer, coding: Coding): string {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return coding === 'identity' ? `"${hash}"` : `"${hash}-${coding}"`;
}
