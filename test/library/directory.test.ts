// The directory between programs and the real server: a server whose list of devices is another one than before is found
// out, and nothing encrypted leaves before a person has decided; one that was put back to older data is no liar.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inTransaction, openDatabase } from '../../src/sqlite/database.ts';
import { schema } from '../../src/store/sqlite/schema.ts';
import { putSealed, type RowValues } from '../../src/store/sqlite/tables/sealed-rows.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';

/** Exchanges the first two entries. */
async function swapEntries(path: string): Promise<void> {
  const database = await openDatabase(path, schema);
  const rows = database.prepare('SELECT name, what FROM directory ORDER BY n LIMIT 2').all();
  assert.equal(rows.length, 2);
  inTransaction(database, () => {
    for (const [n, row] of rows.reverse().entries()) {
      putSealed(database, 'directory', { n, ...(row as RowValues), checksum: null });
    }
  });
  database.close();
}

test('[12.4] a server that shows another list than before: nothing encrypted leaves until the person decides', async (t) => {
  const data = await temporaryFolder(t);
  const first = await startServerProgram(t, { args: ['--data', data] });
  const carol = await comes(t, first.plain, 'carol');
  assert.equal((await carol.chat.directory())?.size, 1);
  const alice = await comes(t, first.plain, 'alice');
  assert.deepEqual(await alice.chat.directory(), { size: 2, alarms: [] });
  await alice.chat.close();
  await carol.chat.close();
  await first.stop();
  await swapEntries(join(data, 'helo.db'));

  const port = String(first.plain.port);
  const second = await startServerProgram(t, { args: ['--data', data, '--port', port] });
  const bob = await comes(t, second.plain, 'bob');
  const back = await comes(t, second.plain, 'alice', alice.data);
  assert.deepEqual((await back.chat.directory())?.alarms, [{ kind: 'other-list' }]);
  const saying = back.chat.say('@bob', 'for bob alone');
  await back.says('lobby', 'for everybody');
  await bob.hears('lobby alice: for everybody');
  assert.equal(saying.state, 'waiting');
  assert.equal(await back.chat.acceptDirectory(), true);
  await bob.hears('@alice alice: for bob alone');
  assert.deepEqual((await back.chat.directory())?.alarms, []);
});

test('[12.4] a server that was put back to older data says so, and is believed', async (t) => {
  const data = await temporaryFolder(t);
  const copy = join(await temporaryFolder(t), 'copy');
  const first = await startServerProgram(t, { args: ['--data', data] });
  const { chat, data: ofAlice } = await comes(t, first.plain, 'alice');
  await chat.close();
  await first.stop();
  await copyData(data, copy);

  const args = ['--data', data, '--port', String(first.plain.port)];
  const second = await startServerProgram(t, { args });
  const carol = await comes(t, second.plain, 'carol');
  // Her link is at the server.
  assert.equal((await carol.chat.directory())?.size, 2);
  const before = await comes(t, second.plain, 'alice', ofAlice);
  assert.deepEqual(await before.chat.directory(), { size: 2, alarms: [] });
  await before.chat.close();
  await carol.chat.close();
  await second.stop();
  await rm(data, { recursive: true });
  await copyData(copy, data);

  const third = await startServerProgram(t, { args });
  const after = await comes(t, third.plain, 'alice', ofAlice);
  // alice's link, and that the server was put back.
  assert.deepEqual(await after.chat.directory(), { size: 2, alarms: [], isPutBack: true });
  const bob = await comes(t, third.plain, 'bob');
  const saying = after.chat.say('@bob', 'still here');
  await bob.hears('@alice alice: still here');
  await saying.stored;
});

test('[12.4] a backup of a running server that is restored: who has seen more of that same run is told, and not alarmed', async (t) => {
  const data = await temporaryFolder(t);
  const file = join(await temporaryFolder(t), 'backup');
  const helo = async (...args: string[]) => {
    const { code, stderr } = await runProgram(t, { args: [...args, '--data', data] });
    assert.equal(code, 0, stderr);
  };
  const first = await startServerProgram(t, { args: ['--data', data] });
  const alice = await comes(t, first.plain, 'alice');
  await helo('backup', file);
  const carol = await comes(t, first.plain, 'carol');
  assert.equal((await carol.chat.directory())?.size, 2);
  await alice.chat.close();
  const before = await comes(t, first.plain, 'alice', alice.data);
  assert.deepEqual(await before.chat.directory(), { size: 2, alarms: [] });
  await before.chat.close();
  await carol.chat.close();
  await first.stop();
  await helo('restore', file, '--replace');

  const args = ['--data', data, '--port', String(first.plain.port)];
  const second = await startServerProgram(t, { args });
  const after = await comes(t, second.plain, 'alice', alice.data);
  // alice's link, and that the server was put back.
  assert.deepEqual(await after.chat.directory(), { size: 2, alarms: [], isPutBack: true });
});

test('[12.4] a copy of the disk of a running server that is put back by hand: who has seen more of that same run is told, and not alarmed', async (t) => {
  const data = await temporaryFolder(t);
  const copy = join(await temporaryFolder(t), 'copy');
  const first = await startServerProgram(t, { args: ['--data', data] });
  const alice = await comes(t, first.plain, 'alice');
  assert.equal((await alice.chat.directory())?.size, 1);
  await alice.chat.close();
  await copyData(data, copy);
  const carol = await comes(t, first.plain, 'carol');
  assert.equal((await carol.chat.directory())?.size, 2);
  const dave = await comes(t, first.plain, 'dave');
  assert.equal((await dave.chat.directory())?.size, 3);
  const before = await comes(t, first.plain, 'alice', alice.data);
  assert.deepEqual(await before.chat.directory(), { size: 3, alarms: [] });
  for (const { chat } of [before, carol, dave]) await chat.close();
  await first.stop();
  await rm(data, { recursive: true });
  await copyData(copy, data);

  const args = ['--data', data, '--port', String(first.plain.port)];
  const second = await startServerProgram(t, { args });
  const after = await comes(t, second.plain, 'alice', alice.data);
  assert.deepEqual(await after.chat.directory(), { size: 2, alarms: [], isPutBack: true });
});
