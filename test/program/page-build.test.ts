// The build of the page: the same sources give the same bytes, so that the digest of a release can be checked.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inRepository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary.ts';

const run = promisify(execFile);

/** Every file in a folder, by its path. */
async function bytesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const found = new Map<string, string>();
  for (const path of paths) found.set(path.slice(folder.length), await readFile(path, 'hex'));
  return found;
}

test('the page is built of the same sources to the same bytes, in another folder too', async (t) => {
  const folder = `${await temporaryFolder(t)}/other place/`;
  for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.base.json']) {
    await cp(inRepository(part), `${folder}${part}`, { recursive: true });
  }
  await symlink(inRepository('node_modules'), `${folder}node_modules`);
  const script =
    'const { buildWeb } = await import(process.argv[1]); await buildWeb(process.argv[2])';
  await run(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
    `${folder}scripts/web.js`,
    folder,
  ]);
  const [one, other] = await Promise.all([
    bytesIn(inRepository('dist/web')),
    bytesIn(`${folder}dist/web`),
  ]);
  assert.ok(one.size > 10);
  assert.deepEqual([...other.keys()], [...one.keys()]);
  for (const [path, bytes] of one) assert.equal(other.get(path), bytes, path);
});
