// The program as it was before sealed groups, built from the history of this repository with the present node_modules. Fails
// where the history is not there: a test of it that is left out in silence proves nothing.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { inRepository } from './repository.ts';
import { temporaryFolder } from './temporary.ts';

/** The last commit before anything of sealed groups. */
const before = '983d503c0583c7ebbbec85bea672c41bf09932a9';

/** The path of its `helo.js`. */
export async function buildOlder(t: TestContext): Promise<string> {
  const root = inRepository('.');
  const commit = commitIn(root);
  const folder = join(await temporaryFolder(t), 'older');
  mkdirSync(folder);
  const archive = execFileSync('git', ['-C', root, 'archive', commit], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: folder, stdio: 'inherit' });
  return join(folder, 'dist/cli/helo.js');
}

function commitIn(root: string): string {
  try {
    const name = execFileSync('git', ['-C', root, 'rev-parse', '--verify', `${before}^{commit}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return name.trim();
  } catch (cause) {
    const hint = 'git fetch --unshallow brings it, in a clone of the repository';
    throw new Error(`the commit ${before}, from before sealed groups, is not here: ${hint}`, {
      cause,
    });
  }
}
