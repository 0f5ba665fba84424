// A damaged database as the operator sees it: a sentence and exit code 3, never a bug.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { loadEngine } from '../../src/sqlite/engine.ts';
import { startChat } from '../support/chat-program.ts';
import { createDevice, logIn } from '../support/extended-client.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTerminal } from '../support/terminal.ts';

/** A data directory with three messages of alice in the lobby, each from a commit of its own. */
async function madeData(t: TestContext) {
  const data = await temporaryFolder(t);
  const device = createDevice();
  const server = await startServerProgram(t, { args: ['--data', data] });
  const alice = await logIn(t, server.plain, 'alice', { device });
  for (const text of ['one', 'two', 'three']) {
    alice.lines.send(`BCST ${text}`);
    await alice.until('+OK');
  }
  assert.equal((await server.stop()).code, 0);
  return { data, device, path: join(data, 'helo.db') };
}

async function query(path: string, sql: string): Promise<Record<string, unknown>[]> {
  const database = (await loadEngine())(path, { timeout: 0 });
  try {
    return database.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}

test('a damaged page of any small table ends the start with a sentence and 3', async (t) => {
  const { data, path } = await madeData(t);
  const whole = await readFile(path);
  const tables = await query(
    path,
    "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND name IN ('accounts', 'logs', 'counters', 'streams')",
  );
  assert.equal(tables.length, 4);
  for (const { name, rootpage } of tables) {
    const changed = Buffer.from(whole);
    const at = 4096 * (Number(rootpage) - 1);
    changed.fill(0, at, at + 4096);
    await writeFile(path, changed);
    const args = ['serve', '--port', '0', '--tls-port', 'off', '--data', data];
    const { code, stderr } = await runProgram(t, { args });
    assert.equal(code, 3, `${String(name)}: ${stderr}`);
    assert.match(stderr, /helo\.db, a server's database, is damaged.*restore a backup/);
  }
});

test('an account whose key the disk has changed keeps its name, lets neither a stranger nor its own device in, and is told, until it is reset', async (t) => {
  const { data, device, path } = await madeData(t);
  const other = "CASE substr(device, 1, 1) WHEN 'x' THEN 'y' ELSE 'x' END";
  await query(path, `UPDATE accounts SET device = ${other} || substr(device, 2)`);
  const server = await startServerProgram(t, { args: ['--data', data, '--metrics-port', '0'] });
  await server.shows('stderr', /"table":"accounts".*a row \(1 alice\) is not as it was written/);
  const [, port] = await server.shows('stdout', /^ {2}metrics +\S+:(\d+) /m);
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual([health.status, await health.text()], [503, 'the database is damaged\n']);
  for (const key of [createDevice(), device]) {
    await assert.rejects(logIn(t, server.plain, 'alice', { device: key }), /one-time code/);
  }
  const run = (...args: string[]) => runProgram(t, { args: [...args, '--data', data] });
  const checked = await run('admin', 'check');
  assert.equal(checked.code, 3);
  assert.match(
    checked.stdout,
    /^accounts: a row \(1 alice\) is not as it was written: .*reset-device/,
  );
  assert.equal((await run('backup', join(data, 'backup'))).code, 3);
  const reset = await run('admin', 'reset-device', 'alice');
  const invite = /([a-z2-9]{4,}(-[a-z2-9]{4,})+)/.exec(reset.stdout)?.[1];
  assert.ok(invite, reset.stdout);
  await logIn(t, server.plain, 'alice', { device, invite });
  assert.equal((await run('admin', 'check')).code, 0);
});

test('a damaged message is told to who asks, to the log, by admin check, and refuses a backup', async (t) => {
  const { data, device, path } = await madeData(t);
  await query(path, "UPDATE segments SET bytes = CAST(replace(bytes, 'two', 'TWO') AS BLOB)");
  const server = await startServerProgram(t, {
    args: ['--data', data, '--metrics-port', '0'],
  });
  const alice = await logIn(t, server.plain, 'alice', { device });
  alice.say('HISTORY', { in: 'lobby' });
  const { before, event } = await alice.until('HISTORY_END');
  assert.deepEqual(
    before.filter(({ verb }) => verb === 'MSG').map((one) => one['text']),
    ['one', 'three'],
  );
  assert.deepEqual([event['damaged'], event['more']], [[[2, 2]], false]);
  await server.shows('stderr', /"table":"segments".*"first":2,"last":2.*is damaged/);
  const [, port] = await server.shows('stdout', /^ {2}metrics +\S+:(\d+) /m);
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual([health.status, await health.text()], [503, 'the database is damaged\n']);
  const run = (...args: string[]) => runProgram(t, { args: [...args, '--data', data] });
  const target = join(data, 'backup');
  const refused = await run('backup', target);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /the database is damaged: lobby, 2 to 2/);
  assert.equal((await run('backup', '--even-damaged', target)).code, 0);
  for (const isRunning of [true, false]) {
    if (!isRunning) await server.stop();
    const { code, stdout } = await run('admin', 'check');
    assert.equal(code, 3, `${isRunning}`);
    assert.match(
      stdout,
      /^lobby, 2 to 2: messages that cannot be read any more\n2 messages are whole/,
    );
  }
  const restored = await temporaryFolder(t);
  assert.equal((await runProgram(t, { args: ['restore', target, '--data', restored] })).code, 0);
  const again = await runProgram(t, { args: ['admin', 'check', '--data', restored] });
  assert.deepEqual([again.code, again.stdout], [0, 'Nothing is damaged. 2 messages are whole.\n']);
});

test('a damaged message is a mark in its place: to the library, among lines, in an export and on the screen', async (t) => {
  const { data, path } = await madeData(t);
  await query(path, "UPDATE segments SET bytes = CAST(replace(bytes, 'two', 'TWO') AS BLOB)");
  const { plain } = await startServerProgram(t, { args: ['--data', data] });
  const server = `${plain.host}:${plain.port}`;
  const bot = await connect({ server, name: 'bot', data: await temporaryFolder(t) });
  t.after(() => bot.close());
  const lost = "a message cannot be read any more: the server's disk has damaged it";
  const past = await bot.history('lobby');
  assert.deepEqual(
    past.map(({ seq, from, text, unreadable }) => [seq, from, text, unreadable]),
    [
      [1, 'alice', 'one', undefined],
      [2, undefined, '', lost],
      [3, 'alice', 'three', undefined],
    ],
  );
  assert.equal(past[1]?.at, past[0]?.at, 'it stands where it was said');
  await bot.say('lobby', 'goes on').stored;

  const exported = join(await temporaryFolder(t), 'lobby.txt');
  const carol = await startChat(t, { server: plain, name: 'carol' });
  await carol.tells(/a message in the lobby cannot be read any more: the server's disk/);
  await carol.prints('[bot] goes on');
  carol.type(`/export ${exported}`);
  await carol.tells(/written to/);
  assert.equal((await carol.eof()).code, 0);
  const lines = (await readFile(exported, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/^\S+ /, '').replace(' (not encrypted)', '')),
    ['[alice] one', `* ${lost}`, '[alice] three', '[bot] goes on'],
  );

  const screen = await openTerminal(t, `helo chat --server ${server} --name dora`);
  await screen.shows('goes on');
  const shown = () => screen.lines().filter((line) => line.includes('cannot be read any more'));
  await screen.until(() => shown().length === 1, 'the mark, once');
  const rows = screen.lines().join('\n');
  assert.ok(rows.indexOf('one') < rows.indexOf('cannot be read'), rows);
  assert.ok(rows.indexOf('cannot be read') < rows.indexOf('three'), rows);
});
