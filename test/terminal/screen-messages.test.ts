// What is done with messages that were said: choosing one on the screen, answering, reacting, editing and deleting it; and
// the same in lines, as a script and a person at --plain see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { typedIn } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal } from '../support/terminal.ts';

test('a message is chosen, answered, reacted to, edited and deleted, and is so after the program has gone', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const ann = await enterChat(t, { server: plain, name: 'ann' });
  const home = await temporaryFolder(t);
  const env = { XDG_DATA_HOME: home };
  const command = `helo chat --server ${plain.host}:${plain.port} --name bob`;
  const terminal = await openTerminal(t, command, { columns: 90, rows: 24, env });
  await terminal.shows('● connected');
  ann.type('lunch att noon?');
  await terminal.shows('lunch att noon?');

  terminal.type(keys.altS);
  await terminal.shows('▸');
  await terminal.shows('r answers, + reacts, Esc done');
  // Nothing that is typed here goes into the text.
  terminal.type('x', '+');
  await terminal.shows('> /react');
  terminal.type('th', keys.tab, keys.enter);
  await terminal.shows('👍 1 (you)');
  await ann.tells(/^helo: bob reacted with 👍 to "lunch att noon\?"$/m);

  ann.type('/edit lunch at noon?');
  await terminal.shows('lunch at noon? (edited)');
  await ann.tells(/edited: "lunch att noon\?"/);
  terminal.type(keys.altS, 'h');
  await terminal.shows('= ');
  await terminal.shows('lunch att noon?');

  terminal.type(keys.altS, 'r');
  await terminal.shows('> /reply');
  terminal.type('yes', keys.enter);
  await terminal.shows('↱ ann: lunch at noon?');
  await ann.prints('[bob] yes');
  // Only stored messages can be changed.
  await terminal.shows('yes ✓');
  terminal.type(keys.altS, 'e');
  await terminal.shows('> /edit yes');
  terminal.type(', gladly', keys.enter);
  await terminal.shows('yes, gladly (edited) ✓');
  await ann.tells(/^helo: bob edited: yes, gladly$/m);

  terminal.type(keys.altS, 'd');
  await terminal.shows('nothing brings it back: "yes, gladly"');
  // Another key keeps it.
  terminal.type(keys.up);
  await terminal.shows('h earlier texts');
  terminal.type(keys.down, 'd');
  await terminal.shows('nothing brings it back: "yes, gladly"');
  terminal.type('d');
  await terminal.shows('bob   deleted');
  await ann.tells(/^helo: bob deleted a message$/m);
  assert.equal(typedIn(terminal), '');

  terminal.hangUp();
  await terminal.ended;
  const again = await openTerminal(t, command, { columns: 90, rows: 24, env });
  await again.shows('● connected');
  await again.shows('lunch at noon? (edited)');
  await again.shows('👍 1 (you)');
  await again.shows('bob   deleted');
  assert.ok(!again.lines().join('\n').includes('gladly'));
});

test('in lines the commands are about the last message that can be meant, and say which', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const ann = await enterChat(t, { server: plain, name: 'ann' });
  const bob = await enterChat(t, { server: plain, name: 'bob' });
  ann.type('/edit nothing');
  await ann.tells(/you have said nothing lately/);
  bob.type('hello');
  await ann.prints('[bob] hello');
  ann.type('/react thumbsup');
  await ann.tells(/reacted with 👍 to bob: "hello"/);
  await bob.tells(/^helo: ann reacted with 👍 to "hello"$/m);
  ann.type('/reply hi bob');
  await ann.tells(/answered bob: "hello"/);
  await bob.prints('[ann] hi bob');
  bob.type('/edit hello all');
  await ann.tells(/^helo: bob edited: hello all$/m);
  // Whoever was told has it; bob's own program may still wait for the server's word.
  ann.type('/edits');
  await ann.tells(/\d\d:\d\d hello\n[^]*\d\d:\d\d hello all/);
  bob.type('/delete');
  await bob.tells(/\/delete yes deletes for everybody: "hello/);
  bob.type('/delete yes');
  await ann.tells(/^helo: bob deleted a message$/m);
  ann.type('/edit hi');
  await bob.tells(/^helo: ann edited: hi$/m);
});

test('a link to a message, and a day, lead the screen there', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--ping-interval', '0'] });
  const ann = await enterChat(t, { server: plain, name: 'ann' });
  const command = `helo chat --server ${plain.host}:${plain.port} --name bob`;
  const env = { XDG_DATA_HOME: await temporaryFolder(t) };
  const terminal = await openTerminal(t, command, { columns: 90, rows: 14, env });
  await terminal.shows('● connected');
  ann.type('where it began');
  await terminal.shows('where it began');
  terminal.type('/permalink', keys.enter);
  await terminal.shows('helo:');
  const link = /helo:\S+/.exec(terminal.lines().join('\n'))?.[0] ?? '';
  for (let i = 1; i <= 20; i += 1) ann.type(`line ${i}`);
  await terminal.shows('line 20');
  terminal.type(`/goto ${link}`, keys.enter);
  await terminal.shows('where it began');
  terminal.type('/goto 2020-01-01', keys.enter);
  await terminal.shows('» from ');
});
