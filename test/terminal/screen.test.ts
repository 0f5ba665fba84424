// The full screen as a person sees it: messages and their senders, where they go, and what is not sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectLines } from '../support/line-client.ts';
import { atBothSizes, atOneSize, openScene, showPeople, typedIn } from '../support/screen.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { startChat } from '../support/chat-program.ts';

atBothSizes('says what is typed to everybody, and shows what others say', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  await terminal.shows('Lobby');
  await terminal.shows('everybody here reads what you write');
  await terminal.shows('○ not encrypted');
  terminal.type('hello there', keys.enter);
  await eve.expect('BCST [bob] hello there');
  await terminal.shows('hello there ✓');
  eve.send('BCST hi bob');
  await terminal.shows('hi bob');
  assert.equal(typedIn(terminal), '');
  assert.equal(terminal.lines().length >= size.rows - 1, true);
});

atBothSizes(
  'private messages are encrypted, counted until read, and have a line before the first',
  async (t, size) => {
    const { terminal, server, eve } = await openScene(t, size);
    const alice = await startChat(t, { server: server.plain, name: 'alice' });
    alice.type('@bob for you alone');
    await terminal.until(
      (lines) => lines.some((line) => /alice +1/.test(line)),
      'one unread message of alice',
    );
    assert.ok(!terminal.lines().join('\n').includes('for you alone'));
    terminal.type(keys.altA);
    await terminal.shows('━ unread ━');
    await terminal.shows('for you alone');
    await terminal.shows('◇');
    await terminal.shows('encrypted');
    terminal.type('and for you', keys.enter);
    await alice.prints('[bob] and for you');
    await terminal.shows('and for you ✓✓');
    // The line stays until the conversation is left.
    await terminal.shows('━ unread ━');
    terminal.type(keys.ctrlN);
    await terminal.shows('Lobby, everybody');
    terminal.type(keys.ctrlP);
    await terminal.shows('and for you ✓✓');
    assert.ok(!terminal.lines().join('\n').includes('unread'));
    // Nothing of it was sent to the others.
    eve.send('GET_USERS *all');
    assert.match(await eve.next(), /alice/);
  },
);

atOneSize('groups are made, entered, written in and left', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  eve.send('CREATE_GROUP /create_group team');
  await eve.next();
  terminal.type('/join team', keys.enter);
  await terminal.shows('# team');
  terminal.type('@@team hello team', keys.enter);
  await eve.expect('GROUP_MESSAGE [bob] hello team');
  await terminal.shows('#team, group');
  eve.send('GROUP_MESSAGE @@team welcome');
  await terminal.shows('welcome');
  terminal.type('/leave', keys.enter);
  await terminal.shows('you are not in it');
  terminal.type('/join nothing_of_that_name', keys.enter);
  await terminal.shows('There is no group nothing_of_that_name');
});

atOneSize('a mistyped command is never said, and two slashes say one', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('/jion team', keys.enter);
  await terminal.shows('Did you mean /join?');
  assert.equal(typedIn(terminal).split('\n').at(-1), '/jion team');
  terminal.type(keys.ctrlC, '//etc is a folder', keys.enter);
  await eve.expect('BCST [bob] /etc is a folder');
  terminal.type('@eve', keys.enter);
  await terminal.shows('It is written: @user text');
});

atBothSizes('F1 shows keys and commands, and Esc takes them away', async (t, size) => {
  const { terminal } = await openScene(t, size);
  terminal.type(keys.f1);
  await terminal.shows('/join group');
  terminal.type(keys.end);
  await terminal.shows('◇ ◆');
  terminal.type(keys.escape);
  await terminal.shows('everybody here reads');
});

atOneSize('the switcher finds by a few letters, and Tab completes', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  eve.send('CREATE_GROUP /create_group gardeners');
  await eve.next();
  eve.send('BCST hello');
  await terminal.shows('hello');
  terminal.type('/join gardeners', keys.enter);
  await terminal.shows('# gardeners');
  terminal.type(keys.ctrlG, 'grd');
  await terminal.shows('#gardeners');
  terminal.type(keys.enter);
  await terminal.shows('#gardeners, group');
  terminal.type('@e', keys.tab, 'hi');
  await terminal.shows('> @eve hi');
  terminal.type(keys.ctrlC, '/cre', keys.tab);
  await terminal.shows('> /create_group');
});

atOneSize('each conversation has its own draft and its own history', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  terminal.type('to all', keys.enter);
  await eve.expect('BCST [bob] to all');
  terminal.type('/msg eve', keys.enter);
  await terminal.shows('@eve');
  terminal.type('half a');
  await terminal.shows('> half a');
  terminal.type(keys.ctrlN);
  await terminal.shows('Lobby, everybody');
  assert.equal(typedIn(terminal), '');
  terminal.type(keys.up, keys.up);
  await terminal.shows('> to all');
  terminal.type(keys.ctrlN);
  await terminal.shows('> half a');
});

atBothSizes(
  'far up in a long conversation nothing moves when others speak, and the end is one key away',
  async (t, size) => {
    const { terminal, eve } = await openScene(t, size);
    for (let number = 1; number <= 500; number++) eve.send(`BCST message ${number}.`);
    await terminal.shows('message 500.');
    for (let page = 0; page < 40; page++) terminal.type(keys.pageUp);
    await terminal.shows('message 1.');
    // Up to the first row of all: there is nothing left that could still move it.
    terminal.type(keys.pageUp);
    await terminal.until(
      (lines) => lines.some((line) => /─ \w+, \d+ \w+ \d{4} ─/.test(line)),
      'the day of the first message',
    );
    const before = terminal.lines().slice(1, -3);
    eve.send('BCST the last one');
    await terminal.until(
      (lines) => lines.some((line) => /≡ Lobby +1/.test(line)),
      'one unread message',
    );
    assert.deepEqual(terminal.lines().slice(2, -3), before.slice(1));
    terminal.type(keys.pageDown, keys.pageDown);
    await terminal.shows('message 40.');
    terminal.type(keys.escape);
    await terminal.shows('the last one');
    await terminal.shows('━ unread ━');
  },
);

atOneSize('pasted lines ask first, and none of them is a command', async (t, size) => {
  const { terminal, eve } = await openScene(t, size);
  const paste = (text: string): void => terminal.type(`\u001B[200~${text}\u001B[201~`);
  paste('one\n/quit\n@eve three');
  await terminal.shows('You pasted 3 lines');
  terminal.type('s');
  // One message, which version 1 reads in one line.
  await eve.expect('BCST [bob] one /quit @eve three');
  paste('a\nb');
  await terminal.shows('You pasted 2 lines');
  terminal.type(keys.escape);
  await terminal.until((lines) => !lines.join('\n').includes('pasted'), 'the question is gone');
  paste('/quit');
  await terminal.shows('> /quit');
  terminal.type(keys.enter);
  await terminal.shows('pasted text is no command');
  terminal.type(keys.ctrlC, 'typed', keys.altEnter, 'lines');
  await terminal.until(() => typedIn(terminal).endsWith('typed\nlines'), 'two rows of input');
  terminal.type(keys.enter);
  await eve.expect('BCST [bob] typed lines');
});

test('on a narrow screen there is one pane at a time', async (t) => {
  const { terminal, eve } = await openScene(t, { columns: 40, rows: 12 });
  eve.send('BCST a message that is longer than forty columns are wide');
  await eve.next();
  await terminal.shows('columns are wide');
  terminal.type(keys.f7);
  await terminal.shows('bob: conversations');
  assert.ok(!terminal.lines().join('\n').includes('columns are wide'));
  terminal.type(keys.escape);
  await terminal.shows('columns are wide');
  terminal.type(keys.f8);
  await terminal.shows('● eve');
  terminal.type(keys.f8, 'typed', keys.enter);
  await eve.expect('BCST [bob] typed');
});

test('--plain and TERM=dumb keep to lines', async (t) => {
  const { terminal, server } = await openScene(t);
  void terminal;
  const { host, port } = server.plain;
  const chat = `helo chat --server ${host}:${port}`;
  const plain = await openTerminal(t, `${chat} --name carol --plain`);
  await plain.endsWith('>');
  assert.ok(!plain.raw.includes('\u001B[?1049h'));
  const dumb = await openTerminal(t, `${chat} --name dave`, { env: { TERM: 'dumb' } });
  await dumb.shows('/help');
  assert.ok(!dumb.raw.includes('\u001B'));
});

atOneSize('NO_COLOR leaves colours out', async (t, size) => {
  const { terminal, eve } = await openScene(t, { ...size, env: { NO_COLOR: '1' } });
  eve.send('BCST hello bob');
  await terminal.shows('hello bob');
  // oxlint-disable-next-line no-control-regex -- codes of colours
  assert.doesNotMatch(terminal.raw, /\u001B\[[\d;]*(?:3[0-8]|4[0-8]|9\d)[\d;]*m/);
});

atOneSize('somebody comes while the program runs, and is among the people', async (t, size) => {
  const { terminal, server } = await openScene(t, size);
  showPeople(terminal, size);
  await terminal.shows('● eve');
  const carol = await connectLines(t, server.plain);
  carol.send('HELO carol');
  await carol.next();
  await carol.next();
  terminal.type('/names', keys.enter);
  await terminal.shows('● carol');
});
