// The pages that this browser keeps, whole: all files of one build, each checked against the list of their SHA-256
// (digest.txt) before any is kept. The SHA-256 of the list is the digest of a page. One page is the current one; another
// becomes it only when the person says so. Knows no events of the service worker.

/** Where it is written which page is the current one. */
const standing = 'helo';
const currentKey = '/current';
const list = '/digest.txt';

/** The cache of a page, by its digest. A page is whole if its list is in there, which is put last. */
const nameOf = (digest: string): string => `page-${digest}`;

/** More is no page of helo. */
const maxFiles = 200;

export async function currentPage(): Promise<string | undefined> {
  const found = await (await caches.open(standing)).match(currentKey);
  return found?.text();
}

/** Makes a kept page the current one. The one before stays for tabs that still run it; what is older goes. */
export async function takePage(digest: string): Promise<boolean> {
  if ((await (await caches.open(nameOf(digest))).match(list)) === undefined) return false;
  const before = await currentPage();
  await (await caches.open(standing)).put(currentKey, new Response(digest));
  const kept = new Set([digest, before ?? digest].map((one) => nameOf(one)));
  for (const name of await caches.keys()) {
    if (name.startsWith('page-') && !kept.has(name)) await caches.delete(name);
  }
  return true;
}

/** A file of the current page; or, named by its content, of any. */
export async function keptFile(path: string): Promise<Response | undefined> {
  const digest = await currentPage();
  if (digest === undefined) return undefined;
  const file = path === '/' ? '/index.html' : path;
  const found = await (await caches.open(nameOf(digest))).match(file);
  return found ?? (path.startsWith('/assets/') ? caches.match(path) : undefined);
}

/** Fetches the page that the server has now, and keeps it beside the current one. Gives its digest. */
export async function fetchPage(): Promise<string> {
  const said = await fetched(list);
  const digest = await sha256(said.bytes);
  const cache = await caches.open(nameOf(digest));
  if ((await cache.match(list)) !== undefined) return digest;
  const files = filesIn(new TextDecoder().decode(said.bytes));
  const found = new Map<string, Response>();
  for (const [path, hash] of files) {
    const { bytes, response } = await fetched(path);
    if ((await sha256(bytes)) !== hash) throw new Error(`${path} is not the file of its list`);
    found.set(path, response);
  }
  for (const [path, response] of found) await cache.put(path, response);
  await cache.put(list, said.response);
  return digest;
}

function filesIn(text: string): readonly (readonly [string, string])[] {
  const lines = text.split('\n').slice(0, -1);
  const files = lines.map((line) => {
    const [, hash, path] = /^([\da-f]{64}) {2}([\w./-]+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined) throw new Error('the list cannot be read');
    return [`/${path}`, hash] as const;
  });
  if (files.length === 0 || files.length > maxFiles) throw new Error('that is no list of a page');
  return files;
}

async function fetched(
  path: string,
): Promise<{ readonly bytes: ArrayBuffer; readonly response: Response }> {
  // What the page itself has loaded is not sent twice. Its hash is checked wherever it comes from.
  const answer = await fetch(path, { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path} is not there`);
  const bytes = await answer.arrayBuffer();
  const headers = new Headers(answer.headers);
  // These were of the bytes on the way.
  for (const name of ['content-encoding', 'content-length']) headers.delete(name);
  return { bytes, response: new Response(bytes, { headers }) };
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
