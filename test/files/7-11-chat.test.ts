// Files between two people with `helo chat` [7.11], through every kind of server: what is typed, what is printed, what
// is on the disk afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { eventually } from '../support/time-limit.ts';
import { acquainted, assertSaved, enter, makeFile, places, plainPlace } from './stage.ts';

for (const [where, open] of places) {
  test(`[7.11] files are sent, saved and told in the words of version 1, through ${where}`, async (t) => {
    const place = await open(t);
    const [alice, bob] = await acquainted(t, place);
    const sizes = {
      'empty.txt': 0,
      'one.txt': 1,
      'report.pdf': 200_000,
      'Übersicht 2.bin': 5_000_001,
    };
    for (const [name, size] of Object.entries(sizes)) {
      const { path, content } = await makeFile(alice, name, size);
      alice.chat.type(`/send_file @bob ${path}`);
      await bob.chat.prints('User "alice" sends you a file!');
      await bob.chat.prints(`File "${join(bob.downloads, name)}" has successfully been saved!`);
      await alice.chat.prints('File has successfully been delivered!');
      await assertSaved(bob, name, content);
    }
    // Messages continue, and the way back works too.
    bob.chat.type('thank you');
    await alice.chat.prints('[bob] thank you');
    const { path, content } = await makeFile(bob, 'report.pdf', 70_000);
    bob.chat.type(`/send_file @alice "${path}"`);
    await alice.chat.prints(
      `File "${join(alice.downloads, 'report.pdf')}" has successfully been saved!`,
    );
    await assertSaved(alice, 'report.pdf', content);
    await bob.chat.prints('File has successfully been delivered!');
    for (const { chat } of [alice, bob]) {
      assert.match(chat.stderr(), /^helo: (sending|receiving) /m);
      assert.ok(!chat.stdout().includes('\u001B') && !chat.stderr().includes('\u001B'));
      assert.doesNotMatch(chat.stderr(), /\d %/, 'in a pipe it is quiet');
      chat.type('q');
      assert.equal((await chat.end()).code, 0);
    }
    assert.deepEqual(
      await bob.saved(),
      ['empty.txt', 'one.txt', 'report.pdf', 'Übersicht 2.bin'].toSorted(),
    );
  });
}

test('[7.11] what is not there, not a file, to nobody, to oneself, not of the form', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const alice = await enter(t, 'alice', place);
  const { path } = await makeFile(alice, 'x', 10);
  const type = (line: string): void => alice.chat.type(line);
  type(`/send_file @bob ${path}.not`);
  await alice.chat.prints('No such file!');
  type(`/send_file @bob ${alice.folder}`);
  await alice.chat.tells(/nothing was sent\. That is no file: a folder can be packed first\./);
  type(`/send_file @alice ${path}`);
  await alice.chat.prints("you can't send a file to yourself!");
  type('/send_file bob');
  await alice.chat.tells(/nothing was sent\. It is written: \/send_file @user path/);
  type(`/send_file @nobody ${path}`);
  await alice.chat.prints('no such user!');
  await alice.chat.tells(/x was not delivered to nobody: nobody of that name is here/);
  type('/accept');
  await alice.chat.tells(/There is no such file\. \/files shows those there are\./);
  type('/cancel 1x');
  await alice.chat.tells(/It is written: \/cancel \[number\]/);
});

test('[7.11] strangers and large files are asked about: accepted, declined, listed, cancelled', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const alice = await enter(t, 'alice', place);
  const bob = await enter(t, 'bob', place, ['--accept-up-to', '1MB']);
  const small = await makeFile(alice, 'small.bin', 1000);
  const large = await makeFile(alice, 'large.bin', 1_500_000);

  alice.chat.type(`/send_file @bob ${small.path}`);
  await bob.chat.prints('User "alice" sends you a file!');
  await bob.chat.tells(
    /small\.bin \(1\.0 kB\) from alice, you have never written to them: \/accept 1 takes it/,
  );
  await alice.chat.tells(/bob is asked whether to take small\.bin/);
  assert.deepEqual(await bob.saved(), []);
  bob.chat.type('/files');
  await bob.chat.tells(/1 {2}small\.bin \(1\.0 kB\) from alice: \/accept 1 or \/decline 1/);
  bob.chat.type('/accept');
  await bob.chat.prints(`File "${join(bob.downloads, 'small.bin')}" has successfully been saved!`);
  await alice.chat.prints('File has successfully been delivered!');

  alice.chat.type(`/send_file @bob ${large.path}`);
  await bob.chat.tells(
    /large\.bin \(1\.5 MB\) from alice, it is more than is taken without asking: \/accept 2/,
  );
  bob.chat.type('/decline 2');
  await alice.chat.tells(/large\.bin was not delivered to bob: it was declined/);
  bob.chat.type('/decline 2');
  await bob.chat.tells(/There is no such file/);

  alice.chat.type(`/send_file @bob ${large.path}`);
  await bob.chat.tells(/\/accept 3/);
  alice.chat.type('/cancel');
  await bob.chat.tells(/large\.bin from alice was not saved: they cancelled it/);
  await alice.chat.tells(/large\.bin was not delivered to bob: you cancelled it/);

  // Since they wrote to each other, bob is no stranger, even after a restart.
  await alice.chat.stop();
  await alice.comeBack();
  alice.chat.type(`/send_file @bob ${small.path}`);
  await bob.chat.prints(
    `File "${join(bob.downloads, 'small (2).bin')}" has successfully been saved!`,
  );
  assert.deepEqual(await bob.saved(), ['small (2).bin', 'small.bin']);
});

test('[7.11] who has written before is a stranger all the same, until one has written to them', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const alice = await enter(t, 'alice', place, ['--guest']);
  const bob = await enter(t, 'bob', place);
  alice.chat.type('@bob hello, remember me?');
  await bob.chat.prints('[alice] hello, remember me?');
  await bob.chat.stop();
  await bob.comeBack();
  const { path } = await makeFile(alice, 'small.bin', 1000);
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.tells(/small\.bin \(1\.0 kB\) from alice, you have never written to them/);
  assert.deepEqual(await bob.saved(), []);
});

test('[7.11] a file of a client that knows only version 1 is told, and not taken', async (t) => {
  const server = await startServerProgram(t);
  const bob = await enter(t, 'bob', plainPlace(server));
  const carol = await connectLines(t, server.plain);
  await carol.next();
  carol.send('HELO carol');
  await carol.expect('+OK HELO carol');
  // In the other direction: nothing is ever sent unencrypted.
  const { path } = await makeFile(bob, 'x', 10);
  bob.chat.type(`/send_file @carol ${path}`);
  carol.send('FILE_TRANS /send_file @bob 1024,report.pdf,77');
  await bob.chat.prints('User "carol" sends you a file!');
  await bob.chat.tells(/in a form that cannot be verified.*It is not taken/);
  assert.deepEqual(await bob.saved(), []);
  await bob.chat.tells(
    /x was not delivered to carol: their program cannot encrypt, and files are never sent without/,
  );
});

test('a folder that cannot be written is told to both, and a link in it is not followed', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const [alice, bob] = await acquainted(t, place);
  const { path } = await makeFile(alice, 'x.bin', 300_000);
  await writeFile(bob.downloads, 'in the way');
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.tells(
    /x\.bin from alice was not saved: the folder for it cannot be written \(it exists already\)/,
  );
  await alice.chat.tells(/x\.bin was not delivered to bob: the folder for it cannot be written/);
  await rm(bob.downloads);
  // A link is not followed.
  await mkdir(bob.downloads);
  await symlink('/etc', join(bob.downloads, 'x.bin'));
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.prints(`File "${join(bob.downloads, 'x (2).bin')}" has successfully been saved!`);
});

test('a disk that becomes full on the way ends it on both sides and leaves nothing behind', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const [alice, bob] = await acquainted(t, place);
  const { path } = await makeFile(alice, 'x.bin', 20_000_000);
  // From now on no file of the receiver may have more bytes.
  const pid = String(bob.chat.process.pid);
  execFileSync('prlimit', ['--pid', pid, '--fsize=3000000:']);
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.tells(/x\.bin from alice was not saved: there is not enough room on the disk/);
  await alice.chat.tells(/x\.bin was not delivered to bob: there is not enough room on the disk/);
  await eventually(async () => (await bob.saved()).length === 0, 'the end of the part');
  execFileSync('prlimit', ['--pid', pid, '--fsize=unlimited:']);
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.prints(`File "${join(bob.downloads, 'x.bin')}" has successfully been saved!`);
});

test('in a pipe, q and the end of input wait for files that are on their way', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const [alice, bob] = await acquainted(t, place, ['--accept-up-to', '1GB']);
  const { path, content } = await makeFile(alice, 'big.bin', 30_000_000);
  alice.chat.type(`/send_file @bob ${path}`);
  const end = await alice.chat.eof();
  assert.equal(end.code, 0);
  assert.match(end.stdout, /^File has successfully been delivered!\nGoodbye\n$/m);
  await bob.chat.prints(`File "${join(bob.downloads, 'big.bin')}" has successfully been saved!`);
  await assertSaved(bob, 'big.bin', content);
});
