// The manual pages are up to date with the program, and clean.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { summaries } from '../../src/cli/summaries.ts';
import { inRepository } from '../support/repository.ts';

/** The files of the folder, without the sources. */
async function pages(): Promise<readonly string[]> {
  return (await readdir(inRepository('man'))).filter((name) => name !== 'source').toSorted();
}

test('the pages are what npm run man makes of the program', () => {
  const script = inRepository('scripts/man.js');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});

test('every command has a page, and the package names all of them', async () => {
  const names = await pages();
  for (const command of Object.keys(summaries)) assert.ok(names.includes(`helo-${command}.1`));
  const { man } = JSON.parse(await readFile(inRepository('package.json'), 'utf8'));
  assert.deepEqual(
    man,
    names.map((name) => `./man/${name}`),
  );
});

test('helo(1) tells every exit code', async () => {
  const text = await readFile(inRepository('man/helo.1'), 'utf8');
  const [, section = ''] = /^\.Sh EXIT STATUS\n([^]*?)^\.Sh/m.exec(text) ?? [];
  const told = Array.from(section.matchAll(/^\.It (\d+)$/gm), ([, code]) => Number(code));
  assert.deepEqual(told, Object.values(exitCodes));
});

test('the formatters have nothing to say against them', async (t) => {
  const files = (await pages()).map((name) => inRepository(`man/${name}`));
  const formatters = [
    ['mandoc', ['-T', 'lint', '-W', 'warning']],
    ['groff', ['-ww', '-z', '-mandoc', '-Tutf8']],
  ] as const;
  let tried = 0;
  for (const [formatter, args] of formatters) {
    if (spawnSync(formatter, ['/dev/null'], { stdio: 'ignore' }).error !== undefined) {
      t.diagnostic(`NOT TRIED: there is no ${formatter} on this machine`);
      continue;
    }
    tried += 1;
    for (const file of files) {
      const { status, stdout, stderr } = spawnSync(formatter, [...args, file], {
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout, stderr], [0, '', ''], `${formatter} ${file}`);
    }
  }
  if (tried === 0) t.skip('NOT TRIED, for want of mandoc and groff: apt-get install mandoc');
});
