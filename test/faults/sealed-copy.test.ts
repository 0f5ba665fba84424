// Copies of a data directory. A device of a sealed group is put back to an older copy of its data directory: the keys in it were used since. It is told,
// says nothing with them, still reads what others said with theirs, and takes its own place in the group again.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';

test('an older copy of a data directory: told, read on, and no key of a sealed group is used twice', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  const folder = await temporaryFolder(t);
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const bob = await comes(t, plain, 'bob');
  const first = await comes(t, plain, 'alice', data);
  await first.chat.createGroup('lunch', { sealed: true });
  await bob.chat.joinGroup('lunch');
  await first.says('#lunch', 'one');
  await bob.hears('#lunch alice: one');
  await first.chat.close();
  await copyData(data, copy);

  const lost = await comes(t, plain, 'alice', data);
  await lost.says('#lunch', 'two');
  await lost.says('#lunch', 'three');
  await bob.hears('#lunch alice: three');
  await lost.chat.close();
  await bob.says('#lunch', 'four');
  await rm(data, { recursive: true });
  await copyData(copy, data);

  const back = await comes(t, plain, 'alice', data);
  await back.isTold(/restored from a copy/);
  // With a key that was used already, bob could not read it: each key opens one text.
  await back.says('#lunch', 'five');
  await bob.hears('#lunch alice: five');
  await bob.isTold(/alice's device had lost its keys, and has new ones/);
  await back.hears('#lunch bob: four');
  await bob.says('#lunch', 'six');
  await back.hears('#lunch bob: six');
  const history = await back.chat.history('#lunch');
  assert.deepEqual(
    history.map(({ text, unreadable }) => unreadable ?? text),
    [
      'one',
      'this device said it, and has lost it since',
      'this device said it, and has lost it since',
      'four',
      'five',
      'six',
    ],
  );
  assert.deepEqual(
    bob.told.filter((text) => /cannot be read/.test(text)),
    [],
  );

  // It is an ordinary directory again.
  await back.chat.close();
  const next = await comes(t, plain, 'alice', data);
  await next.says('#lunch', 'seven');
  await bob.hears('#lunch alice: seven');
  assert.deepEqual(
    next.told.filter((text) => /copy/.test(text)),
    [],
  );
});

test('a copy that runs at the same time: who is told of it enters each room anew, and what is said goes on', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  const folder = await temporaryFolder(t);
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const bob = await comes(t, plain, 'bob');
  const first = await comes(t, plain, 'alice', data);
  await first.chat.createGroup('lunch', { sealed: true });
  await bob.chat.joinGroup('lunch');
  await first.says('#lunch', 'one');
  await bob.hears('#lunch alice: one');
  for (const text of ['hello', 'there']) {
    await first.says('@bob', text);
    await bob.hears(`@alice alice: ${text}`);
    await bob.says('@alice', `${text}?`);
    await first.hears(`@bob bob: ${text}?`);
  }
  await first.chat.close();
  await copyData(data, copy);

  const original = await comes(t, plain, 'alice', data);
  const other = await comes(t, plain, 'alice', copy);
  await other.says('#lunch', 'two');
  await bob.hears('#lunch alice: two');
  await original.says('#lunch', 'three');
  await original.isTold(/another program uses a copy/);
  original.chat.say('@bob', 'still here');
  await bob.hears('@alice alice: still here');
  // They may take their place from each other again and again.
  for (const { told } of [original, other]) {
    const taken = told.filter((text) => /taken the place/.test(text));
    assert.equal(new Set(taken).size, taken.length, taken.join('\n'));
  }
});
