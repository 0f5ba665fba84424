// The digest of the built page: a list of the SHA-256 of its files in the form of sha256sum, as digest.txt beside them.
// The SHA-256 of the list is the digest of the page. Compressed forms are left out: a browser sees what is in them.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const name = 'digest.txt';

/** Writes the list of the page in `folder`. */
export function writePageDigest(folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name) && entry.name !== name)
    .map((entry) => relative(folder, `${entry.parentPath}/${entry.name}`).replaceAll('\\', '/'))
    .sort();
  const lines = paths.map((path) => `${sha256(readFileSync(`${folder}/${path}`))}  ${path}\n`);
  writeFileSync(`${folder}/${name}`, lines.join(''));
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
