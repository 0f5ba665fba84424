// Files that the server keeps, by the real programs: to a sealed group, and to somebody who is away. Whoever is killed in
// the middle goes on where they were, the server keeps nothing that all have, and what it kept said nothing of the file.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';
import { acquainted, assertSaved, enter, makeFile, plainPlace, type Someone } from './stage.ts';

const size = 24_000_000;

async function keeper(t: TestContext, args: readonly string[] = []) {
  const data = await temporaryFolder(t);
  const place = plainPlace(await startServerProgram(t, { args: ['--data', data, ...args] }));
  const folder = join(data, 'files');
  const kept = async (): Promise<string[]> => readdir(folder).catch(() => []);
  const keptBytes = async (): Promise<number> => {
    const sizes = (await kept()).map(async (name) => (await stat(join(folder, name))).size);
    return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
  };
  return { place, data, folder, kept, keptBytes };
}

/** Makes a sealed group of `admin` and the others. */
async function sealedGroup(admin: Someone, others: readonly Someone[]): Promise<void> {
  admin.chat.type('/create_group team');
  await admin.chat.tells(/group team is sealed/);
  for (const { chat } of others) {
    chat.type('/join team');
    await chat.shows('stdout', /you are in: what is said from here on/);
    chat.type(`@@team here`);
    await admin.chat.shows('stdout', /\[(?:bob|carol)\] here$/m);
  }
}

async function gathered(who: Someone): Promise<number> {
  const part = (await who.saved()).find((name) => name.endsWith('.part'));
  if (part === undefined) return 0;
  return (await stat(join(who.downloads, part)).catch(() => ({ size: 0 }))).size;
}

test('a file to a sealed group arrives at all, whoever was killed in the middle or away, and the server keeps it no longer', async (t) => {
  const { place, folder, kept, keptBytes } = await keeper(t);
  const [alice, bob] = await acquainted(t, place);
  const carol = await enter(t, 'carol', place);
  carol.chat.type('@alice hello');
  await alice.chat.prints('[carol] hello');
  alice.chat.type('@carol hello');
  await carol.chat.prints('[alice] hello');
  await sealedGroup(alice, [bob, carol]);
  for (const who of [bob, carol]) {
    who.chat.type('@alice hi');
    await alice.chat.prints(`[${who.name}] hi`);
  }
  await carol.chat.stop();
  const { path, content } = await makeFile(alice, 'secret-plan.bin', size);
  alice.chat.type(`/send_file #team ${path}`);
  await alice.chat.tells(/secret-plan\.bin goes to the server, encrypted, .* all in #team/);
  await eventually(async () => (await keptBytes()) > 1_000_000, 'a part at the server');
  const { stderr: told } = await alice.chat.kill();
  assert.ok((await kept()).length === 1);
  await alice.comeBack();
  // On a busy machine all of it may have come before she was killed.
  const arrived = /secret-plan\.bin is at the server, encrypted, until all in #team have/;
  if (!arrived.test(told)) await alice.chat.tells(arrived);
  await eventually(
    async () => (await gathered(bob)) > size / 3 || (await bob.saved()).length > 0,
    'a third at bob',
    () => bob.chat.stderr(),
  );
  await bob.chat.kill();
  // Its sender is not needed any more.
  await alice.chat.stop();
  const [one = ''] = await kept();
  const bytes = await readFile(join(folder, one));
  assert.equal(bytes.indexOf(content.subarray(1000, 1032)), -1);
  assert.equal(bytes.indexOf('secret-plan'), -1);
  await bob.comeBack();
  const saved = (who: Someone) =>
    eventually(
      async () => (await who.saved()).join() === 'secret-plan.bin',
      `the file at ${who.name}`,
      () => who.chat.stdout() + who.chat.stderr(),
    );
  await saved(bob);
  await assertSaved(bob, 'secret-plan.bin', content);
  assert.deepEqual(await kept(), [one], 'carol has yet to take it');
  await carol.comeBack();
  await carol.chat.shows(
    'stdout',
    /\[alice\] \(sends secret-plan\.bin, 24 MB; the server keeps it/,
  );
  await saved(carol);
  await assertSaved(carol, 'secret-plan.bin', content);
  await eventually(async () => (await kept()).length === 0, 'the server to keep nothing');
});

test('a file to a sealed lobby, which is meant by name, arrives at all who are in it; an open lobby takes none', async (t) => {
  const { place, kept } = await keeper(t, ['--lobby', 'sealed']);
  const [alice, bob] = await acquainted(t, place);
  const { path, content } = await makeFile(alice, 'plan.pdf', 200_000);
  // Both are in it: who enters later does not read what was said before.
  bob.chat.type('hello lobby');
  await alice.chat.shows('stdout', /\[bob\] hello lobby|you are in: /);
  bob.chat.type('hello again');
  await alice.chat.shows('stdout', /\[bob\] hello again/);
  alice.chat.type('hello bob');
  await bob.chat.shows('stdout', /\[alice\] hello bob/);
  alice.chat.type(`/send_file ${path}`);
  await alice.chat.tells(/It is written: \/send_file @user path/);
  alice.chat.type(`/send_file lobby ${path}`);
  await alice.chat.tells(/plan\.pdf goes to the server, encrypted, .* all in the lobby/);
  await alice.chat.tells(
    /plan\.pdf is at the server, encrypted, until all in the lobby have taken it/,
  );
  await bob.chat.tells(/receiving plan\.pdf .* from alice in the lobby/);
  await eventually(async () => (await kept()).length === 0, 'the end of what the server kept');
  await assertSaved(bob, 'plan.pdf', content);
  // By a command beside her chat, and without it.
  const own = ['--server', place.address, '--name', 'alice', '--data', join(alice.folder, 'data')];
  for (const name of ['beside.bin', 'alone.bin']) {
    const next = await makeFile(alice, name, 50_000);
    const { code, stderr } = await runProgram(t, { args: ['send', ...own, 'lobby', next.path] });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /is at the server, encrypted, until all in the lobby have taken it/);
    await eventually(
      async () => (await bob.saved()).includes(name),
      name,
      () => bob.chat.stderr(),
    );
    await assertSaved(bob, name, next.content);
    if (name === 'beside.bin') await alice.chat.stop();
  }
  const open = await keeper(t);
  const dora = await enter(t, 'dora', open.place);
  dora.chat.type(`/send_file lobby ${path}`);
  await dora.chat.tells(/The lobby is not sealed, and files go to one person or to a sealed group/);
});

test('a private file to somebody who is away is theirs when they come, also when its sender has left', async (t) => {
  const { place, kept } = await keeper(t);
  const [alice, bob] = await acquainted(t, place);
  const { path, content } = await makeFile(alice, 'plan.pdf', 5000);
  await bob.chat.stop();
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.tells(/bob is not here: plan\.pdf goes to the server, encrypted/);
  await alice.chat.tells(/plan\.pdf is at the server, encrypted, until bob has taken it/);
  await alice.chat.stop();
  assert.equal((await kept()).length, 1);
  await bob.comeBack();
  await bob.chat.prints(`File "${join(bob.downloads, 'plan.pdf')}" has successfully been saved!`);
  await assertSaved(bob, 'plan.pdf', content);
  await eventually(async () => (await kept()).length === 0, 'the server to keep nothing');
});

test('what somebody is asked about, they may decide in another login; what its sender deletes is gone for them', async (t) => {
  const { place, kept } = await keeper(t);
  const [alice, bob] = await acquainted(t, place, ['--accept-up-to', '1kB']);
  await bob.chat.stop();
  for (const name of ['one.pdf', 'two.pdf']) {
    const { path } = await makeFile(alice, name, 5000);
    alice.chat.type(`/send_file @bob ${path}`);
    await alice.chat.tells(new RegExp(`${name.slice(0, 3)}\\.pdf is at the server`));
  }
  for (let login = 0; login < 2; login++) {
    await bob.comeBack({
      args: [
        '--data',
        join(bob.folder, 'data'),
        '--downloads',
        bob.folder,
        '--accept-up-to',
        '1kB',
      ],
    });
    await bob.chat.tells(/one\.pdf .*more than is taken without asking: \/accept 1 /);
    await bob.chat.tells(/two\.pdf .*more than is taken without asking: \/accept 2 /);
    if (login === 0) await bob.chat.kill();
  }
  alice.chat.type('/cancel 2');
  await alice.chat.tells(/two\.pdf was not delivered to bob: you cancelled it/);
  await eventually(async () => (await kept()).length === 1, 'one to be left');
  bob.chat.type('/accept 2');
  await bob.chat.tells(/two\.pdf from alice was not saved: the server does not keep it any more/);
  bob.chat.type('/accept 1');
  await bob.chat.prints(`File "${join(bob.downloads, 'one.pdf')}" has successfully been saved!`);
  await eventually(async () => (await kept()).length === 0, 'the server to keep nothing');
});

test('an open group, a guest, a full quota and a server that keeps nothing each have a sentence', async (t) => {
  const { place, kept } = await keeper(t, ['--file-quota', '1048576']);
  const [alice, bob] = await acquainted(t, place);
  const { path } = await makeFile(alice, 'plan.pdf', 2_000_000);
  alice.chat.type('/create_group open --open');
  await alice.chat.prints('group "open" has been created!');
  alice.chat.type(`/send_file #open ${path}`);
  await alice.chat.tells(
    /You are in no sealed group of that name, .*in an open one the server could/,
  );
  await bob.chat.stop();
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.tells(/plan\.pdf was not delivered to bob: it is larger than all that/);
  assert.deepEqual(await kept(), []);
  const none = await keeper(t, ['--file-days', 'off']);
  const dora = await enter(t, 'dora', none.place);
  dora.chat.type('/create_group team');
  await dora.chat.tells(/group team is sealed/);
  dora.chat.type(`/send_file #team ${path}`);
  await dora.chat.tells(/This server keeps no files for others/);
});

test('helo send leaves a file for a sealed group, and for somebody who is away', async (t) => {
  const { place } = await keeper(t);
  const [alice, bob] = await acquainted(t, place);
  await sealedGroup(alice, [bob]);
  const { path, content } = await makeFile(alice, 'plan.pdf', 5000);
  await alice.chat.stop();
  await bob.chat.stop();
  const from = ['--server', place.address, '--name', 'alice', '--data', join(alice.folder, 'data')];
  for (const to of ['#team', '@bob']) {
    const sent = await runProgram(t, { args: ['send', ...from, to, path] });
    assert.equal(sent.code, 0, sent.stderr);
    assert.match(sent.stderr, /plan\.pdf is at the server, encrypted, until/);
  }
  await bob.comeBack();
  await eventually(
    async () => (await bob.saved()).filter((name) => name.endsWith('.pdf')).length === 2,
    'both files',
    () => bob.chat.stderr(),
  );
  await assertSaved(bob, 'plan.pdf', content);
});
