// The program as it was before sealed groups, built from the history of this repository with the present node_modules. The
// history of a shallow clone is fetched; where that can't be, the test is left out and says what to run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { inRepository } from './repository.ts';
import { temporaryFolder } from './temporary.ts';

/** The last commit before anything of sealed groups. */
const before = '983d503c0583c7ebbbec85bea672c41bf09932a9';

/** The path of its `helo.js`; undefined where its source is not to be had: the test is left out by then. */
export async function buildOlder(t: TestContext): Promise<string | undefined> {
  const root = inRepository('.');
  const commit = commitIn(root);
  if (commit === undefined) {
    t.skip(
      `the commit ${before} is not in this clone: run git fetch --unshallow, then this test again`,
    );
    return undefined;
  }
  const folder = join(await temporaryFolder(t), 'older');
  mkdirSync(folder);
  const archive = execFileSync('git', ['-C', root, 'archive', commit], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: folder, stdio: 'inherit' });
  return join(folder, 'dist/cli/helo.js');
}

/** Gets the rest of a shallow clone where that is what lacks. Undefined where the commit is not to be had. */
function commitIn(root: string): string | undefined {
  const find = () => git(root, 'rev-parse', '--verify', '--quiet', `${before}^{commit}`);
  return (
    find() ?? (git(root, 'fetch', '--quiet', '--unshallow') === undefined ? undefined : find())
  );
}

function git(root: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  } catch {
    return undefined;
  }
}
