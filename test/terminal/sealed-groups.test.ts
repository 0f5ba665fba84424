// Sealed groups as people and scripts see them: in line mode, with real programs at a real server.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
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
  await alice.tells(/group lunch, sealed, 3 people read it: alice \(you, owner\).*compare: \d{5} /);
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

test('who was put out of a sealed group and let in again is heard by all, by the one who signed that too', async (t) => {
  const server = await serves(t);
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  const carol = await comes(t, server, 'carol');
  alice.type('/create_group lunch --sealed --private');
  await alice.tells(/Only those enter whom you let in/);
  // One behind the other: each record goes on from the last one.
  alice.type('/invite @bob lunch');
  alice.type('/invite @carol lunch');
  await alice.tells(/carol may enter lunch now/);
  for (const one of [bob, carol]) one.type('/join lunch');
  for (const one of [bob, carol]) await one.shows('stdout', /you are in: /);
  alice.type('/kick lunch bob');
  await alice.tells(/bob is out of group lunch/);
  await carol.shows('stdout', /^@@lunch bob was put out of the group by alice$/m);
  await bob.shows('stdout', /^@@lunch you are out of the group$/m);
  bob.type('@@lunch may I?');
  await bob.shows('stdout', /^you are not allowed to write in that group!$/m);
  alice.type('/invite @bob lunch');
  await bob.shows('stdout', /has invited you[^]*has invited you/);
  bob.type('/join lunch');
  await bob.shows('stdout', /you are in: [^]*you are in: /);
  bob.type('@@lunch back');
  for (const one of [alice, carol]) await one.shows('stdout', /^@@lunch \(sealed\) \[bob\] back$/m);
  alice.type('/admin lunch carol');
  await alice.tells(/carol is the admin of group lunch now/);
  alice.type('@@lunch all yours');
  await bob.shows('stdout', /^@@lunch \(sealed\) \[alice\] all yours$/m);
  carol.type('/kick lunch alice');
  await carol.tells(/alice is out of group lunch/);
});

test('an open group is sealed by /seal, which names who keeps it from that; a guest is told why not', async (t) => {
  const server = await serves(t);
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  const guest = await connectLines(t, server);
  guest.send('HELO gus');
  await guest.next();
  await guest.next();
  alice.type('/create_group lunch --open');
  await alice.prints('group "lunch" has been created!');
  bob.type('/join lunch');
  await bob.prints('you have successfully entered group "lunch"');
  guest.send('JOIN_GROUP /join lunch');
  assert.match(await guest.next(), /^\+SUCCESS/);
  alice.type('/seal lunch');
  await alice.tells(/: gus$/m);
  alice.type('/kick lunch gus');
  await alice.shows('stdout', /gus has been kicked out/);
  alice.type('/seal lunch');
  await alice.tells(/group lunch is sealed: what is said from here on/);
  await bob.shows('stdout', /^@@lunch you are in: /m);
  alice.type('@@lunch soup');
  await bob.shows('stdout', /^@@lunch \(sealed\) \[alice\] soup$/m);
  alice.type('/seal lunch');
  await alice.tells(/group lunch is sealed already/);
  alice.type('/seal nowhere');
  await alice.tells(/you are in no group nowhere/);
});
