// The path of the repository, wherever the tests were compiled to.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The absolute path of `path` in the repository. */
export function inRepository(path: string): string {
  for (const up of ['../../', '../../../']) {
    const root = new URL(up, import.meta.url);
    if (existsSync(new URL('package.json', root))) return fileURLToPath(new URL(path, root));
  }
  throw new Error('these tests are not in their repository');
}
