// Contents beside texts, and erased messages, with the real server [13.12]: what accounts, version 1 and newcomers hear,
// who may erase, and what is left in the server's files.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { maxContentLength } from '../../src/wire/extended/fields.ts';
import { logIn, type ExtendedClient } from '../support/extended-client.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { runProgram, startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

const quiet = ['--ping-interval', '0'];

/** A content as clients make them: a code, and bytes that the server does not read. */
function content(code: number, rest = 'rest'): string {
  return encodeBase64url(Buffer.concat([Buffer.of(code), Buffer.from(rest)]));
}

async function guest(t: TestContext, at: Listener, name: string): Promise<LineClient> {
  const client = await connectLines(t, at);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

async function erase(who: ExtendedClient, place: string, seq: number): Promise<unknown> {
  const { answer } = await who.ask('ERASE', { in: place, seq });
  return answer.verb === 'FAILED' ? answer['code'] : answer.verb;
}

/** The files under `folder` in which one of `words` stands. */
async function filesWith(folder: string, ...words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    // A file of SQLite may go meanwhile.
    const isFile = await stat(path).then(
      (it) => it.isFile(),
      () => false,
    );
    const bytes = isFile ? await readFile(path).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
    if (words.some((word) => bytes.includes(word))) found.push(name);
  }
  return found;
}

test('[13.12] a content goes with its text, live and from the log; version 1 hears the text', async (t) => {
  const data = await temporaryFolder(t);
  const args = [...quiet, '--data', data];
  const server = await startServerProgram(t, { args });
  const alice = await logIn(t, server.plain, 'alice');
  const bob = await logIn(t, server.plain, 'bob');
  const gus = await guest(t, server.plain, 'gus');
  alice.lines.send('CREATE_GROUP /create_group tea');
  await alice.hears('+SUCCESS');
  await alice.hears('JOINED');
  for (const one of [bob.lines, gus]) one.send('JOIN_GROUP /join tea');
  await bob.hears('+SUCCESS');
  await bob.hears('JOINED');
  await gus.expect('+SUCCESS you have successfully entered group "tea"');
  await alice.hears('MEMBER', { user: 'bob' });
  await alice.hears('MEMBER', { user: 'gus' });
  await bob.hears('MEMBER', { user: 'gus' });

  const edit = { text: 'edited: good möring', content: content(8) };
  for (const [place, id] of [
    ['lobby', 's.1'],
    ['#tea', 's.2'],
  ] as const) {
    const { answer } = await alice.ask('SEND', { in: place, id, ...edit });
    assert.equal(answer.verb, 'SENT', JSON.stringify(answer));
    await bob.hears('MSG', { in: place, from: 'alice', id, ...edit });
  }
  await gus.expect('BCST [alice] edited: good möring');
  await gus.expect('GROUP_MESSAGE [alice] edited: good möring');
  // A repeat is the same message only with the same content.
  const again = await alice.ask('SEND', { in: '#tea', id: 's.2', ...edit });
  assert.deepEqual([again.answer['repeated'], again.answer['seq']], [true, 1]);
  const other = await alice.ask('SEND', { in: '#tea', id: 's.2', ...edit, content: content(9) });
  assert.deepEqual([other.answer['code'], other.answer['taken']], ['malformed', true]);

  await server.stop();
  const restarted = await startServerProgram(t, { args });
  const later = await logIn(t, restarted.plain, 'bob', { device: bob.device });
  for (const place of ['lobby', '#tea']) {
    const [said] = await later.history(place);
    assert.deepEqual([said?.['text'], said?.['content']], [edit.text, edit.content]);
  }
});

test('[13.12] a content that is none is refused, and its number is not used up', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const text = 'edited: it';
  const wrong: readonly object[] = [
    { text, content: '' },
    { text, content: content(6) },
    { text, content: 'CH=' },
    { text, content: 'CHRp\n' },
    { text, content: 'CHR' },
    { text, content: 8 },
    { text, content: content(8, 'x'.repeat(32_768)) },
    { content: content(8) },
    { sealed: 'c2VhbGVk', content: content(8) },
  ];
  for (const fields of wrong) {
    const { answer } = await alice.ask('SEND', { in: 'lobby', id: 's.1', ...fields });
    assert.deepEqual(
      [answer.verb, answer['code']],
      ['FAILED', 'malformed'],
      JSON.stringify(fields),
    );
  }
  const device = bob.device.id;
  const sealed = { sealed: 'c2VhbGVk', device, content: content(8) };
  const direct = await alice.ask('SEND', { in: '@bob', id: 's.1', ...sealed });
  assert.equal(direct.answer['code'], 'malformed');
  const longest = content(255, 'x'.repeat(32_767));
  assert.equal(longest.length, maxContentLength);
  const { answer } = await alice.ask('SEND', { in: 'lobby', id: 's.1', text, content: longest });
  assert.deepEqual([answer.verb, answer['seq']], ['SENT', 1]);
});

test('[14.30] an account erases what it said: who comes later finds no word of it, and no file of the server has it', async (t) => {
  const data = await temporaryFolder(t);
  const server = await startServerProgram(t, { args: [...quiet, '--data', data] });
  const alice = await logIn(t, server.plain, 'alice');
  const gus = await guest(t, server.plain, 'gus');
  const words = ['the-combination-of-the-safe', content(7, 'the-combination-of-the-safe')];
  const [text = '', hidden = ''] = words;
  await alice.send('lobby', 's.1', 'before');
  const { answer } = await alice.ask('SEND', { in: 'lobby', id: 's.2', text, content: hidden });
  await alice.send('lobby', 's.3', 'behind');
  for (const one of ['before', text, 'behind']) await gus.expect(`BCST [alice] ${one}`);
  assert.notDeepEqual(await filesWith(data, ...words), []);

  assert.equal(await erase(alice, 'lobby', 2), 'ERASED');
  await eventually(async () => (await filesWith(data, ...words)).length === 0, 'no word of it');
  assert.equal(await erase(alice, 'lobby', 2), 'ERASED', 'a second time too');
  // Version 1 hears nothing of it.
  gus.send('GET_USERS *all');
  await gus.expect('+SUCCESS [alice, gus]');

  const bob = await logIn(t, server.plain, 'bob');
  const log = await bob.history('lobby');
  assert.deepEqual(
    log.map((one) => one['text']),
    ['before', undefined, 'behind'],
  );
  const { verb, rest: _, ...erased } = log[1] ?? {};
  const { at } = answer;
  const left = { in: 'lobby', seq: 2, at, from: 'alice', id: 's.2', erased: true };
  assert.deepEqual([verb, erased], ['MSG', left]);
  // Who repeats it, because the answer was lost, is told that it was said.
  const repeated = await alice.ask('SEND', { in: 'lobby', id: 's.2', text, content: hidden });
  assert.deepEqual([repeated.answer.verb, repeated.answer['seq']], ['SENT', 2]);
});

test('[14.30] a backup holds no word of what was erased, and neither does a killed server that starts again', async (t) => {
  const data = await temporaryFolder(t);
  const args = [...quiet, '--data', data];
  const server = await startServerProgram(t, { args });
  const alice = await logIn(t, server.plain, 'alice');
  for (const [at, word] of ['first-secret', 'other-secret'].entries()) {
    await alice.send('lobby', `s.${at + 1}`, word);
  }
  assert.equal(await erase(alice, 'lobby', 1), 'ERASED');
  const folder = await temporaryFolder(t);
  const made = await runProgram(t, { args: ['backup', join(folder, 'copy'), '--data', data] });
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(await filesWith(folder, 'first-secret'), []);
  assert.deepEqual(await filesWith(folder, 'other-secret'), ['copy']);
  // Killed before or after it has emptied its write-ahead log: the next start does.
  server.process.kill('SIGKILL');
  await server.ended;
  const restarted = await startServerProgram(t, { args });
  assert.deepEqual(await filesWith(data, 'first-secret'), []);
  const again = await logIn(t, restarted.plain, 'alice', { device: alice.device });
  assert.deepEqual(
    (await again.history('lobby')).map((one) => one['text']),
    [undefined, 'other-secret'],
  );
});

test('[14.30] nobody erases what others said, but the admin of a group; guests, nothing; and only messages', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const gus = await guest(t, plain, 'gus');
  alice.lines.send('CREATE_GROUP /create_group tea');
  await alice.until('JOINED');
  for (const one of [bob.lines, gus]) one.send('JOIN_GROUP /join tea');
  await bob.until('JOINED');
  await gus.expect('+SUCCESS you have successfully entered group "tea"');
  gus.send('GROUP_MESSAGE @@tea of gus');
  await gus.expect('GROUP_MESSAGE [gus] of gus');
  gus.send('BCST of gus');
  await gus.expect('+OK BCST of gus');
  await alice.until('MSG');
  await bob.until('MSG');
  await alice.send('#tea', 'a.1', 'of alice');
  await bob.send('#tea', 'b.1', 'of bob');
  await alice.send('lobby', 'a.2', 'of alice');
  await bob.send('lobby', 'b.2', 'of bob');

  assert.equal(await erase(bob, '#tea', 1), 'not-yours');
  assert.equal(await erase(bob, '#tea', 2), 'not-yours');
  assert.equal(await erase(alice, 'lobby', 3), 'not-yours');
  assert.equal(await erase(alice, 'lobby', 1), 'not-yours', 'what a guest said');
  assert.equal(await erase(alice, 'lobby', 4), 'no-such-message');
  assert.equal(await erase(alice, '#nowhere', 1), 'no-such-place');
  assert.equal(await erase(alice, '@bob', 1), 'not-kept');
  assert.equal(await erase(alice, 'lobby', 0), 'malformed');
  assert.equal(await erase(bob, '#tea', 3), 'ERASED');
  assert.equal(await erase(alice, '#tea', 1), 'ERASED', 'the admin, of a guest');
  assert.equal(await erase(bob, 'lobby', 3), 'ERASED');
  const carol = await logIn(t, plain, 'carol');
  assert.equal(await erase(carol, '#tea', 2), 'not-a-member');
  const texts = async (place: string) => (await bob.history(place)).map((one) => one['text']);
  assert.deepEqual(await texts('#tea'), [undefined, 'of alice', undefined]);
  assert.deepEqual(await texts('lobby'), ['of gus', 'of alice', undefined]);
  gus.send('ERASE {"in":"lobby","seq":1}');
  for (const line of ['GROUP_MESSAGE [alice] of alice', 'GROUP_MESSAGE [bob] of bob']) {
    await gus.expect(line);
  }
  for (const line of ['BCST [alice] of alice', 'BCST [bob] of bob']) await gus.expect(line);
  await gus.expect('-SOFT_ERR unknown command');
});

test('[14.30] a private message is erased by who said it, before it is fetched, on the connection with the keys', async (t) => {
  const data = await temporaryFolder(t);
  const { plain } = await startServerProgram(t, { args: [...quiet, '--data', data] });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const other = await logIn(t, plain, 'alice', { device: alice.device, private: false });
  bob.lines.end();
  await bob.lines.rest();
  const sealed = encodeBase64url(Buffer.from('sealed for the attic'));
  const send = { in: '@bob', id: 'p.1', sealed, welcome: 'd2VsY29tZQ', device: bob.device.id };
  assert.equal((await alice.ask('SEND', send)).answer.verb, 'SENT');
  assert.equal(await erase(other, '@bob', 1), 'not-here');
  assert.equal(await erase(alice, '@bob', 1), 'ERASED');
  await eventually(async () => (await filesWith(data, sealed)).length === 0, 'no word of it');
  const back = await logIn(t, plain, 'bob', { device: bob.device });
  assert.equal(await erase(back, '@alice', 1), 'ERASED', 'nothing of it is left');
  const [said] = await back.history('@alice');
  assert.deepEqual([said?.['erased'], said?.['sealed']], [true, undefined]);
  // Without the Welcome, nothing that follows in the session could be read.
  assert.deepEqual([said?.['welcome'], said?.['device']], [send.welcome, send.device]);
  // When both have it, it is gone altogether, and may be erased again.
  back.say('GOT', { in: '@alice', seq: 1 });
  alice.say('GOT', { in: '@bob', seq: 1 });
  await back.hears('DELIVERED');
  assert.equal(await erase(alice, '@bob', 1), 'ERASED');
});
