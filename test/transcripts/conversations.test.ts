// Stored conversations with the real server: accounts and guests in one lobby, several connections of one person,
// missed messages, repeats, and keys for people who are offline.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { logIn, type Heard } from '../support/extended-client.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const quiet = ['--ping-interval', '0'];

async function guest(t: TestContext, at: Listener, name: string): Promise<LineClient> {
  const client = await connectLines(t, at);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

const texts = (messages: readonly Heard[]) => messages.map(({ text }) => text);
const numbers = (messages: readonly Heard[]) => messages.map(({ seq }) => seq);
const fakePackage = (number: number) => `package-${number}`;

test('guests and accounts in one lobby, each in the own words', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const gus = await guest(t, plain, 'gus');
  gus.send('BCST hello from a güest "quoted"');
  await gus.expect('+OK BCST hello from a güest "quoted"');
  const said = { in: 'lobby', from: 'gus', guest: true, text: 'hello from a güest "quoted"' };
  await alice.hears('MSG', { ...said, seq: 1 });
  await bob.hears('MSG', { ...said, seq: 1 });
  const sent = await alice.send('lobby', 'a.1', 'hi all');
  assert.deepEqual([sent['seq'], sent['id'], sent['in']], [2, 'a.1', 'lobby']);
  await gus.expect('BCST [alice] hi all');
  await bob.hears('MSG', { from: 'alice', guest: undefined, text: 'hi all', id: 'a.1', seq: 2 });
  // An account may use version 1, too.
  bob.lines.send('BCST as ever');
  await bob.hears('+OK');
  await gus.expect('BCST [bob] as ever');
  await alice.hears('MSG', { from: 'bob', text: 'as ever', seq: 3, id: undefined });
});

test('the other connections of a person hear what it says, the one that says it does not', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const first = await logIn(t, plain, 'alice');
  const second = await logIn(t, plain, 'alice', { device: first.device, private: false });
  await first.send('lobby', 'a.1', 'one');
  await second.hears('MSG', { from: 'alice', text: 'one' });
  second.lines.send('GET_USERS *all');
  await second.hears('+SUCCESS', { rest: '[alice]' });
  await second.send('lobby', 'b.1', 'two');
  await first.hears('MSG', { from: 'alice', text: 'two' });
});

test('what was said is there after a restart, page by page, in order and once', async (t) => {
  const data = await temporaryFolder(t);
  const args = [...quiet, '--data', data];
  const server = await startServerProgram(t, { args });
  const alice = await logIn(t, server.plain, 'alice');
  alice.lines.send('CREATE_GROUP /create_group tea');
  await alice.hears('+SUCCESS');
  await alice.hears('JOINED', { in: '#tea', admin: 'alice' });
  for (let number = 1; number <= 30; number++) {
    await alice.send(number % 3 === 0 ? '#tea' : 'lobby', `a.${number}`, `text ${number}`);
  }
  await server.stop();
  const restarted = await startServerProgram(t, { args });
  const again = await logIn(t, restarted.plain, 'alice', { device: alice.device });
  const conversations = again.welcome['conversations'] as Record<string, unknown>[];
  assert.deepEqual(
    conversations.map((one) => [one['in'], one['first'], one['last'], one['kept'], one['admin']]),
    [
      ['lobby', 1, 20, true, undefined],
      ['#tea', 1, 10, true, 'alice'],
    ],
  );
  const lobby = await again.history('lobby');
  assert.deepEqual(
    numbers(lobby),
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
  assert.deepEqual(texts(lobby).slice(0, 3), ['text 1', 'text 2', 'text 4']);
  const last = await again.ask('HISTORY', { in: '#tea', limit: 3 });
  assert.deepEqual(texts(last.before), ['text 24', 'text 27', 'text 30']);
  assert.deepEqual([last.answer['more'], last.answer['count']], [true, 3]);
  const before = await again.ask('HISTORY', { in: '#tea', before: 3 });
  assert.deepEqual(texts(before.before), ['text 3', 'text 6']);
  assert.equal(before.answer['more'], false);
  // The stream continues, and the message is not posted twice.
  const repeated = await again.ask('SEND', { in: '#tea', id: 'a.30', text: 'text 30' });
  assert.deepEqual([repeated.answer['repeated'], repeated.answer['seq']], [true, 10]);
  const sent = await again.send('lobby', 'a.31', 'text 31');
  assert.equal(sent['seq'], 21);
});

test('a number is taken once, and none is left out', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const first = await alice.send('lobby', 's.5', 'first');
  const early = await alice.ask('SEND', { in: 'lobby', id: 's.7', text: 'third' });
  assert.deepEqual(
    [early.answer.verb, early.answer['code'], early.answer['expected'], early.answer['id']],
    ['FAILED', 'out-of-order', 6, 's.7'],
  );
  const repeated = await alice.ask('SEND', { in: 'lobby', id: 's.5', text: 'first' });
  assert.deepEqual([repeated.answer.verb, repeated.answer['repeated']], ['SENT', true]);
  assert.deepEqual([repeated.answer['seq'], repeated.answer['at']], [1, first['at']]);
  // The id belongs to another message: a different text is not acknowledged under it.
  const other = await alice.ask('SEND', { in: 'lobby', id: 's.5', text: 'something else' });
  const { verb, code, taken, id } = other.answer as Record<string, unknown>;
  assert.deepEqual([verb, code, taken, id], ['FAILED', 'malformed', true, 's.5']);
  // A number that was refused is not used up.
  const nowhere = await alice.ask('SEND', { in: '#nowhere', id: 's.6', text: 'second' });
  assert.equal(nowhere.answer['code'], 'no-such-place');
  await alice.send('lobby', 's.6', 'second');
  await bob.hears('MSG', { text: 'first' });
  await bob.hears('MSG', { text: 'second' });
});

test('a private message waits for somebody who is away, and is thrown away when both have it', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  bob.lines.end();
  await bob.lines.rest();
  const sealed = 'c2VhbGVk';
  const { before, answer } = await alice.ask('SEND', {
    in: '@bob',
    id: 'p.1',
    sealed,
    welcome: 'd2VsY29tZQ',
    device: bob.device.id,
  });
  assert.deepEqual(
    before.map(({ verb }) => verb),
    ['JOINED'],
  );
  assert.deepEqual([answer.verb, answer['in'], answer['seq']], ['SENT', '@alice+bob', 1]);
  const back = await logIn(t, plain, 'bob', { device: bob.device });
  const [message] = await back.history('@alice');
  assert.deepEqual([message?.['sealed'], message?.['welcome']], [sealed, 'd2VsY29tZQ']);
  back.say('GOT', { in: '@alice', seq: 1 });
  await alice.hears('DELIVERED', { in: '@alice+bob', by: 'bob', seq: 1 });
  alice.say('GOT', { in: '@bob', seq: 1 });
  await back.hears('DELIVERED', { by: 'alice', seq: 1 });
  assert.deepEqual(await back.history('@alice'), []);
  const stranger = await logIn(t, plain, 'eve');
  const pried = await stranger.ask('HISTORY', { in: '@alice' });
  assert.equal(pried.answer['code'], 'not-kept');
});

test('keys are left for those who write while one is away, each used once, the last resort always', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const none = await alice.ask('TAKE_KEY', { user: 'bob' });
  assert.equal(none.answer['code'], 'no-key');
  const packages = Array.from({ length: 11 }, (_, at) => fakePackage(at));
  const stocked = await bob.ask('STOCK', { packages, lastResort: 'last-resort' });
  assert.deepEqual([stocked.answer.verb, stocked.answer['stock']], ['STOCKED', 11]);
  bob.lines.end();
  await bob.lines.rest();
  const taken: unknown[] = [];
  for (let count = 0; count < 13; count++) {
    const { answer } = await alice.ask('TAKE_KEY', { user: 'bob' });
    assert.deepEqual([answer['user'], answer['device']], ['bob', bob.device.id]);
    taken.push(answer['package']);
  }
  assert.deepEqual(new Set(taken.slice(0, 11)), new Set(packages));
  assert.deepEqual(taken.slice(11), ['last-resort', 'last-resort']);
  const back = await logIn(t, plain, 'bob', { device: bob.device });
  await back.ask('STOCK', { packages: many(10), replace: true });
  await alice.ask('TAKE_KEY', { user: 'bob' });
  await back.hears('STOCK_LOW', { stock: 9 });
  const self = await alice.ask('TAKE_KEY', { user: 'alice' });
  assert.equal(self.answer['code'], 'to-yourself');
  const nobody = await alice.ask('TAKE_KEY', { user: 'nobody' });
  assert.equal(nobody.answer['code'], 'no-such-account');
});

const many = (count: number) => Array.from({ length: count }, (_, at) => fakePackage(at));

test('who leaves keys and goes at once has left them', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  bob.say('STOCK', { packages: many(3) });
  bob.lines.send('QUIT');
  await bob.until('+OK');
  // +OK does not wait for the keys. The requests of one account do wait for each other.
  const back = await logIn(t, plain, 'bob', { device: bob.device });
  const { answer: stocked } = await back.ask('STOCK', { packages: ['one-more'] });
  assert.equal(stocked['stock'], 4, JSON.stringify(stocked));
  const { answer } = await alice.ask('TAKE_KEY', { user: 'bob' });
  assert.equal(answer.verb, 'KEY', JSON.stringify(answer));
});

test('a second program of an account, without its private conversations, leaves no keys and is told of none', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const first = await logIn(t, plain, 'bob');
  const second = await logIn(t, plain, 'bob', { device: first.device, private: false });
  const refused = await second.ask('STOCK', { packages: many(1), replace: true });
  assert.equal(refused.answer['code'], 'not-here');
  assert.equal(refused.before.length, 0);
  await first.ask('STOCK', { packages: many(10) });
  const alice = await logIn(t, plain, 'alice');
  await alice.ask('TAKE_KEY', { user: 'bob' });
  await first.hears('STOCK_LOW', { stock: 9 });
  const after = await second.ask('PEOPLE', {});
  assert.deepEqual(after.before, []);
});

test('one device has a hundred packages here, and one person is asked for keys so often', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  for (let count = 0; count < 10; count++) await bob.ask('STOCK', { packages: many(10) });
  const over = await bob.ask('STOCK', { packages: ['one-more'] });
  assert.equal(over.answer['code'], 'too-many-keys');
  const replaced = await bob.ask('STOCK', { packages: ['new'], lastResort: 'last', replace: true });
  assert.equal(replaced.answer['stock'], 1);
  let refused: Heard | undefined;
  for (let count = 0; count < 110 && refused === undefined; count++) {
    const { answer } = await alice.ask('TAKE_KEY', { user: 'bob' });
    if (answer.verb === 'FAILED') refused = answer;
  }
  assert.equal(refused?.['code'], 'too-many-key-requests');
  assert.ok((refused?.['retryMs'] as number) > 0);
});

test('what is malformed, or unknown, is answered with its label', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  alice.say('SEND', { label: 'ü1', in: 'lobby', id: 'a.1', text: 'two\nlines' });
  await alice.hears('FAILED', { label: 'ü1', request: 'SEND', code: 'malformed', id: 'a.1' });
  alice.lines.send('SEND {"label":"x"');
  await alice.hears('FAILED', { label: undefined, code: 'malformed' });
  alice.say('SING', { label: 'la' });
  await alice.hears('FAILED', { label: 'la', request: 'SING', code: 'unknown-request' });
  alice.lines.send('SING la');
  await alice.hears('-SOFT_ERR', { rest: 'unknown command' });
  alice.say('HISTORY', { label: 'h', in: 'lobby', limit: 1001 });
  await alice.hears('FAILED', { label: 'h', code: 'malformed' });
});

test('what is not kept is for those who are there, and says so', async (t) => {
  const args = [...quiet, '--history', 'groups,direct'];
  const { plain } = await startServerProgram(t, { args });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const [lobby] = alice.welcome['conversations'] as Record<string, unknown>[];
  assert.deepEqual([lobby?.['in'], lobby?.['kept']], ['lobby', false]);
  const sent = await alice.send('lobby', 'a.1', 'now or never');
  assert.equal(sent['seq'], undefined);
  await bob.hears('MSG', { text: 'now or never', seq: undefined });
  const asked = await bob.ask('HISTORY', { in: 'lobby' });
  assert.equal(asked.answer['code'], 'not-kept');
  // The number is used anyway.
  const repeated = await alice.ask('SEND', { in: 'lobby', id: 'a.1', text: 'now or never' });
  assert.deepEqual([repeated.answer['repeated'], repeated.answer['seq']], [true, undefined]);
});

test('two hundred requests at once: each is answered, in order, those that are too many with a word', async (t) => {
  const { plain } = await startServerProgram(t, { args: [...quiet, '--limits', 'off'] });
  const alice = await logIn(t, plain, 'alice');
  await alice.send('lobby', 'a.1', 'something');
  const asked = Array.from({ length: 200 }, (_, at) => String(at));
  alice.lines.socket.write(
    asked.map((label) => `HISTORY {"label":"${label}","in":"lobby","limit":5}\n`).join(''),
  );
  const ended: unknown[] = [];
  const failed: unknown[] = [];
  while (ended.length + failed.length < 200) {
    const event = await alice.next();
    if (event.verb === 'HISTORY_END') ended.push(event['label']);
    else if (event.verb === 'FAILED') failed.push(event['label']);
    if (event.verb === 'FAILED') assert.equal(event['code'], 'too-many-requests');
  }
  assert.deepEqual(
    ended.map(Number),
    ended.map(Number).toSorted((a, b) => a - b),
  );
  assert.equal(new Set([...ended, ...failed]).size, 200);
  assert.ok(ended.length >= 65);
});
