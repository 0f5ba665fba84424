// Sealed groups as people and scripts see them: in line mode, with real programs at a real server.
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function serves(t: TestContext): Promise<Listener> {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  return plain;
}

interface Wish {
  readonly data?: string;
  readonly more?: readonly string[];
}

async function comes(
  t: TestContext,
  server: Listener,
  name: string,
  { data, more = [] }: Wish = {},
): Promise<ChatProgram> {
  const args = ['--data', data ?? (await temporaryFolder(t)), ...more];
  const chat = await startChat(t, { server, name, args });
  chat.type('*all');
  await chat.shows('stdout', new RegExp(`^\\[.*${name}.*\\]$`, 'm'));
  return chat;
}

test('in line mode rows of a sealed group carry a mark that no sender can write, in the history too', async (t) => {
  const server = await serves(t);
  const data = await temporaryFolder(t);
  const alice = await comes(t, server, 'alice', { data });
  const bob = await comes(t, server, 'bob');
  const plain = await comes(t, server, 'carol', { more: ['--v1-output'] });
  alice.type('/create_group lunch');
  await alice.tells(/group lunch is sealed: only its members can read it, .* --open .* for guests/);
  bob.type('/join lunch');
  await bob.shows('stdout', /^@@lunch you are in: what is said from here on/m);
  plain.type('/join lunch');
  await plain.shows('stdout', /^you are in: /m);
  bob.type('@@lunch soup?');
  await alice.shows('stdout', /^@@lunch \(sealed\) \[bob\] soup\?$/m);
  await bob.shows('stdout', /^@@lunch \(sealed\) \[bob\] soup\?$/m);
  await plain.shows('stdout', /^\[bob\] soup\?$/m);
  alice.type('/names lunch');
  await alice.tells(/group lunch, sealed, 3 people read it: alice \(you, admin\).*compare: \d{5} /);
  alice.type('/create_group tea --open');
  await alice.prints('group "tea" has been created!');
  await alice.tells(/group tea is open: .* the server can read it\. \/seal tea seals it/);
  alice.type('@@tea (sealed) no');
  await alice.shows('stdout', /^@@tea \[alice\] \(sealed\) no$/m);
  await alice.eof();
  const again = await comes(t, server, 'alice', { data, more: ['--history', '5'] });
  again.type('/search soup');
  await again.shows('stdout', /Z @@lunch \(sealed\) \[bob\] soup\?$/m);
});
