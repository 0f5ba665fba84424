// Private messages that wait at the server for a person who is away, while its disk damages them.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { loadEngine } from '../../src/sqlite/engine.ts';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTerminal } from '../support/terminal.ts';
import { withinLimit } from '../support/time-limit.ts';

/** Flips a bit in the middle of each segment of the log `name` that has messages, but the last. */
async function damage(path: string, name: string): Promise<number> {
  const database = (await loadEngine())(path, { timeout: 0 });
  const rows = database
    .prepare(
      'SELECT bytes FROM segments JOIN logs ON segments.log = logs.log WHERE logs.name = ? ORDER BY segments.first',
    )
    .all(name) as { bytes: Uint8Array }[];
  database.close();
  const file = await readFile(path);
  // Those that found and enter the room of the two are none.
  const damaged = rows.filter(({ bytes }) => Buffer.from(bytes).includes('"sealed":')).slice(0, -1);
  for (const { bytes } of damaged) {
    const middle = bytes.length >> 1;
    const part = bytes.subarray(middle - 30, middle + 30);
    // An unused page may hold an older copy.
    for (let at = file.indexOf(part); at >= 0; at = file.indexOf(part, at)) {
      file[at] = (file[at] ?? 0) ^ 1;
    }
  }
  await writeFile(path, file);
  return damaged.length;
}

test('private messages that the disk of the server damaged while their receiver was away are marked, and come from their sender', async (t) => {
  const data = await temporaryFolder(t);
  const flags = ['--data', data, '--ping-interval', '0'];
  const first = await startServerProgram(t, { args: flags });
  const port = String(first.plain.port);
  const server = `127.0.0.1:${port}`;
  const folders = { alice: await temporaryFolder(t), bob: await temporaryFolder(t) };
  const open = (name: 'alice' | 'bob') => connect({ server, name, data: folders[name] });
  const [alice, bob] = [await open('alice'), await open('bob')];
  const heard = new Promise((resolve) => bob.on('message', resolve));
  await alice.say('@bob', 'zero').stored;
  await withinLimit(heard, 'bob hears it');
  await bob.close();
  for (const text of ['one', 'two', 'three']) await alice.say('@bob', text).stored;
  await alice.close();
  assert.equal((await first.stop()).code, 0);
  assert.equal(await damage(join(data, 'helo.db'), '@alice+bob'), 2);

  await startServerProgram(t, { args: [...flags, '--port', port] });
  const screen = await openTerminal(
    t,
    `helo chat --server ${server} --name bob --data ${folders.bob}`,
  );
  await screen.shows('connected');
  screen.type('/msg alice\r');
  await screen.shows('asked for');
  const again = await open('alice');
  t.after(() => again.close());
  await screen.shows('one');
  await screen.shows('two');
  screen.type('/quit\r');
  assert.equal(await screen.ended, 0);

  const lines = await startChat(t, { server, name: 'bob', args: ['--data', folders.bob] });
  const exported = join(await temporaryFolder(t), 'alice.txt');
  lines.type(`/export @alice ${exported}`);
  await lines.tells(/written to/);
  assert.equal((await lines.eof()).code, 0);
  const rows = (await readFile(exported, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    rows.map((row) => row.replace(/^\S+ /, '')),
    ['zero', 'one', 'two', 'three'].map((text) => `[alice] (encrypted) ${text}`),
  );
});
