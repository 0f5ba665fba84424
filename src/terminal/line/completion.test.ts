import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { complete } from './completion.ts';

const names = ['bob', 'Bobby', 'alice'];

test('commands are completed at the beginning of a line only', () => {
  assert.deepEqual(complete('/jo', names), [['/join '], '/jo']);
  assert.deepEqual(complete('/le', names), [['/leave '], '/le']);
  assert.deepEqual(complete('say /jo', names), [[], 'say /jo']);
  assert.deepEqual(complete('//jo', names), [[], '//jo']);
});

test('names are completed behind an @ in any letter case', () => {
  assert.deepEqual(complete('@b', names), [['@Bobby ', '@bob '], '@b']);
  assert.deepEqual(complete('/verify @AL', names), [['@alice '], '@AL']);
  assert.deepEqual(complete('@', names)[0].length, 3);
  assert.deepEqual(complete('mail@b', names), [[], 'mail@b']);
  assert.deepEqual(complete('@@b', names), [[], '@@b']);
});

test('paths of files to send complete from the disk', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'pictures'));
  for (const name of ['plan.pdf', 'plan two.pdf', '.hidden', 'pictures/a.png', 'p\u001B[31m']) {
    await writeFile(join(folder, name), '');
  }
  const typed = (path: string) => complete(`/send_file @bob ${path}`, ['bob']);
  const at = (name: string) => join(folder, name);
  assert.deepEqual(typed(at('p')), [
    [at('pictures/'), at('plan two.pdf'), at('plan.pdf')],
    at('p'),
  ]);
  assert.deepEqual(typed(at('plan t'))[0], [at('plan two.pdf')]);
  assert.deepEqual(typed(at('pictures/'))[0], [at('pictures/a.png')]);
  assert.deepEqual(typed(`${folder}/.`)[0], [at('.hidden')]);
  assert.deepEqual(typed(at('nowhere/x')), [[], at('nowhere/x')]);
});
