import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { DraftFile, type KeptDraft } from './draft-file.ts';

const draft = (text: string, wasPasted = false): KeptDraft => ({ text, wasPasted });

async function fileIn(directory: string): Promise<string> {
  const files = await readdir(directory, { recursive: true });
  const file = files.find((name) => name.endsWith('.json')) ?? '';
  return join(directory, file);
}

async function open(t: TestContext): Promise<{ directory: string; file: DraftFile }> {
  const directory = await temporaryFolder(t);
  return { directory, file: await DraftFile.open(directory, 'h:1337', 'bob') };
}

test('drafts are there again, for their owner only, and the file goes with the last of them', async (t) => {
  for (const way of ['write', 'writeNow'] as const) {
    const { directory, file } = await open(t);
    assert.equal(file.kept.size, 0);
    await file[way](
      new Map([
        ['lobby', draft('half\na thought')],
        ['@eve', draft('/quit', true)],
      ]),
    );
    const path = await fileIn(directory);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const again = await DraftFile.open(directory, 'h:1337', 'bob');
    assert.deepEqual(
      [...again.kept],
      [
        ['lobby', draft('half\na thought')],
        ['@eve', draft('/quit', true)],
      ],
    );
    assert.equal((await DraftFile.open(directory, 'h:1337', 'Bob')).kept.size, 0);
    await again[way](new Map([['lobby', undefined]]));
    assert.deepEqual([...(await DraftFile.open(directory, 'h:1337', 'bob')).kept.keys()], ['@eve']);
    await again[way](new Map([['@eve', undefined]]));
    assert.equal(existsSync(path), false);
  }
});

test('two programs of one account do not take one another anything away', async (t) => {
  const { directory, file } = await open(t);
  const other = await DraftFile.open(directory, 'h:1337', 'bob');
  await file.write(new Map([['lobby', draft('one')]]));
  await other.write(new Map([['#g', draft('other')]]));
  const { kept } = await DraftFile.open(directory, 'h:1337', 'bob');
  assert.deepEqual([...kept.keys()], ['lobby', '#g']);
});

test('a file that is damaged holds nothing, and is written over', async (t) => {
  const { directory, file } = await open(t);
  await file.write(new Map([['lobby', draft('x')]]));
  const path = await fileIn(directory);
  for (const text of ['', '{', 'null', '{"drafts":[[1,{}],["a",null],["b",{"text":5}]]}']) {
    await writeFile(path, text);
    const again = await DraftFile.open(directory, 'h:1337', 'bob');
    assert.equal(again.kept.size, 0);
  }
  await file.write(new Map([['lobby', draft('y')]]));
  assert.match(await readFile(path, 'utf8'), /"y"/);
});

test('what was begun under every spelling of an address is brought to the identity, and nowhere else any more', async (t) => {
  const directory = await temporaryFolder(t);
  const [here, there, identity] = ['127.0.0.1:1', 'localhost:1', 'identity-00'];
  const begin = async (key: string, ...drafts: (readonly [string, string])[]) =>
    (await DraftFile.open(directory, key, 'bob')).write(
      new Map(drafts.map(([id, text]) => [id, draft(text)])),
    );
  await begin(here, ['lobby', 'one'], ['@eve', 'for eve']);
  await begin(there, ['lobby', 'two']);
  await begin(identity, ['#g', 'three']);
  for (let start = 0; start < 2; start++) {
    await DraftFile.adopt(directory, [here, there, identity], identity, 'bob');
    assert.deepEqual(
      [...(await DraftFile.open(directory, identity, 'bob')).kept],
      [
        ['#g', draft('three')],
        ['@eve', draft('for eve')],
        ['lobby', draft('one\ntwo')],
      ],
    );
    assert.equal((await DraftFile.open(directory, here, 'bob')).kept.size, 0);
  }
  // As if killed between the two steps.
  await begin(there, ['lobby', 'two']);
  await DraftFile.adopt(directory, [here, there], identity, 'bob');
  const { kept } = await DraftFile.open(directory, identity, 'bob');
  assert.deepEqual(kept.get('lobby'), draft('one\ntwo'));
});
