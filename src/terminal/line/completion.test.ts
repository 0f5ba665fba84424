import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { complete } from './completion.ts';
import { pathOf } from './path-completion.ts';

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

test('a path is what a shell, or a terminal that a file was dragged into, means by it', async (t) => {
  const folder = await temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  for (const name of ['my file', "it's", 'a\\b', '"q"', 'ü 100%']) await writeFile(at(name), '');
  for (const [typed, name] of [
    ['my file', 'my file'],
    ['my\\ file', 'my file'],
    ["'my file'", 'my file'],
    ['"my file"', 'my file'],
    ["it's", "it's"],
    ["it\\'s", "it's"],
    // An existing path is used as it was typed.
    ['a\\b', 'a\\b'],
    ['a\\\\b', 'a\\b'],
    ['"q"', '"q"'],
  ] as const) {
    const path =
      typed.startsWith("'") || typed.startsWith('"m') ? typed.replace('my', at('my')) : at(typed);
    assert.equal(pathOf(path), at(name), typed);
  }
  assert.equal(pathOf(pathToFileURL(at('ü 100%')).href), at('ü 100%'));
  assert.equal(pathOf(`'${folder}/it'\\''s'`), at("it's"));
  assert.equal(pathOf('file://elsewhere/x'), 'file://elsewhere/x');
  assert.equal(pathOf(`'${at('new one')}'`), at('new one'));
  assert.equal(pathOf('~/nothing-here'), join(homedir(), 'nothing-here'));
});
