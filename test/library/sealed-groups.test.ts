// Sealed groups between programs, over the real server: what is said in them, who can read it, and what the server has of
// it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Chat } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import { startServerProgram } from '../support/program.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function comes(t: TestContext, server: string, name: string, data?: string): Promise<Chat> {
  const chat = await connect({ server, name, data: data ?? (await temporaryFolder(t)) });
  t.after(() => chat.close());
  return chat;
}

/** Resolves when `chat` has got `text` in the group. */
async function hears(chat: Chat, text: string): Promise<void> {
  const got: string[] = [];
  const read = async () => {
    for await (const message of chat.messages()) {
      got.push(`${message.place} ${message.from}: ${message.text}`);
      if (message.place === '#lunch' && message.text === text) return;
    }
  };
  await withinLimit(read(), `"${text}"`, () => got.join(' | '));
}

const gone = /the sealed group lunch is gone at the server, and an open group has its name/;

/** Resolves when that is said in the events of `chat`. */
function isTold(chat: Chat): Promise<void> {
  return new Promise((resolve) => {
    chat.on('event', (event) => {
      if (event.type === 'group-notice' && gone.test(event.text)) resolve();
    });
  });
}

/** Seals the group once the connection is back. */
async function sealed(chat: Chat): Promise<void> {
  await chat.say('#lunch', 'back').stored;
  await chat.createGroup('lunch', { sealed: true });
}

test('what is said in a sealed group is read by its members, and by nobody else', async (t) => {
  const data = await temporaryFolder(t);
  const { plain } = await startServerProgram(t, { args: ['--data', data] });
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  const carol = await comes(t, server, 'carol');
  const noticed: string[] = [];
  alice.on('event', (event) => {
    if (event.type === 'group-notice') noticed.push(event.text);
  });
  assert.equal(await alice.createGroup('lunch'), 'sealed');
  await bob.joinGroup('lunch');
  await carol.joinGroup('lunch');
  await bob.say('#lunch', 'bob is in with a wombat').stored;
  await hears(alice, 'bob is in with a wombat');
  await carol.say('#lunch', 'carol too').stored;
  await hears(alice, 'carol too');
  await hears(bob, 'carol too');
  await alice.kick('lunch', 'carol');
  await alice.say('#lunch', 'without carol').stored;
  await hears(bob, 'without carol');
  // Who is in already stays in as they are.
  await bob.joinGroup('lunch');
  await bob.say('#lunch', 'bob is still in').stored;
  await hears(alice, 'bob is still in');
  assert.ok(!noticed.some((text) => text.includes('lost its keys')), noticed.join('\n'));
  for (const file of await readdir(data, { recursive: true })) {
    const bytes = await readFile(join(data, file)).catch(() => Buffer.alloc(0));
    assert.equal(bytes.includes('wombat'), false, file);
  }
});

test('who was away reads later what was said, also after both programs and the server were started anew', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data];
  const first = await startServerProgram(t, { args });
  const server = `${first.plain.host}:${first.plain.port}`;
  const port = ['--port', String(first.plain.port)];
  const [ofAlice, ofBob] = [await temporaryFolder(t), await temporaryFolder(t)];
  const alice = await comes(t, server, 'alice', ofAlice);
  const before = await comes(t, server, 'bob', ofBob);
  await alice.createGroup('lunch', { sealed: true });
  await before.joinGroup('lunch');
  await alice.say('#lunch', 'one').stored;
  await hears(before, 'one');
  await before.close();
  await alice.say('#lunch', 'two').stored;
  await alice.close();
  await first.kill();
  await startServerProgram(t, { args: [...args, ...port] });
  const again = await comes(t, server, 'alice', ofAlice);
  await again.say('#lunch', 'three').stored;
  const bob = await comes(t, server, 'bob', ofBob);
  await hears(bob, 'three');
  const texts = (await bob.history('#lunch')).map(({ text }) => text);
  assert.deepEqual(
    texts.filter((text) => text !== ''),
    ['one', 'two', 'three'],
  );
});

test('an open group is sealed by its admin, and goes on with its members', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  await alice.createGroup('lunch', { sealed: false });
  await bob.joinGroup('lunch');
  await alice.say('#lunch', 'in the open').stored;
  await hears(bob, 'in the open');
  await assert.rejects(bob.createGroup('lunch', { sealed: true }), { code: 'not-the-admin' });
  // Nothing is sealed by the way.
  await assert.rejects(alice.createGroup('lunch'), { code: 'group-exists' });
  assert.equal(await alice.createGroup('lunch', { sealed: true }), 'sealed');
  await bob.say('#lunch', 'sealed by now').stored;
  await hears(alice, 'sealed by now');
});

test('a server that shows a sealed group as an open one gets nothing that is written for it before its people have decided', async (t) => {
  const folder = await temporaryFolder(t);
  const [data, before] = [join(folder, 'data'), join(folder, 'before')];
  const first = await startServerProgram(t, { args: ['--data', data] });
  const port = ['--port', String(first.plain.port)];
  const server = `${first.plain.host}:${first.plain.port}`;
  const alice = await comes(t, server, 'alice');
  const ofBob = await temporaryFolder(t);
  const bob = await comes(t, server, 'bob', ofBob);
  await alice.createGroup('lunch', { sealed: false });
  await bob.joinGroup('lunch');
  await alice.say('#lunch', 'in the open').stored;
  await hears(bob, 'in the open');
  await first.kill();
  await copyData(data, before);
  const second = await startServerProgram(t, { args: ['--data', data, ...port] });
  await withinLimit(sealed(alice), 'alice seals the group');
  await bob.say('#lunch', 'sealed').stored;
  await hears(alice, 'sealed');
  await second.kill();
  const told = isTold(bob);
  const waiting = assert.rejects(bob.say('#lunch', 'a wombat waits').stored, gone);
  await startServerProgram(t, { args: ['--data', before, ...port] });
  await withinLimit(waiting, 'it comes back');
  await withinLimit(told, 'bob is told');
  await assert.rejects(bob.say('#lunch', 'a wombat is typed').stored, gone);
  await bob.close();
  const again = await comes(t, server, 'bob', ofBob);
  await assert.rejects(again.say('#lunch', 'a wombat later').stored, gone);
  await again.joinGroup('lunch');
  await again.say('#lunch', 'in the open again').stored;
  for (const file of await readdir(before, { recursive: true })) {
    const bytes = await readFile(join(before, file)).catch(() => Buffer.alloc(0));
    assert.equal(bytes.includes('wombat'), false, file);
  }
});

test('of what was sealed before somebody came nothing is in their history, not even an empty row', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  await alice.createGroup('lunch', { sealed: true });
  await alice.say('#lunch', 'before').stored;
  const bob = await comes(t, server, 'bob');
  await bob.joinGroup('lunch');
  await alice.say('#lunch', 'after').stored;
  await hears(bob, 'after');
  const history = await bob.history('#lunch', { limit: 50 });
  assert.deepEqual(
    history.map(({ from, text }) => [from, text]),
    [['alice', 'after']],
  );
});

test('a new group is sealed for an account, and open for a guest and for whoever wants that', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  const gus = await connect({ server, name: 'gus', guest: true, data: await temporaryFolder(t) });
  t.after(() => gus.close());
  assert.equal(await alice.createGroup('lunch'), 'sealed');
  assert.equal(await alice.createGroup('board', { private: true }), 'sealed');
  assert.equal(await gus.createGroup('tea'), 'open');
  assert.equal(await bob.createGroup('coffee', { sealed: false }), 'open');
  await gus.joinGroup('coffee');
  await assert.rejects(gus.joinGroup('lunch'), { code: 'sealed-group' });
  await assert.rejects(bob.createGroup('lunch'), { code: 'group-exists' });
  await assert.rejects(gus.createGroup('lunch'), { code: 'group-exists' });
  await assert.rejects(gus.createGroup('cake', { sealed: true }), { code: 'no-account' });
});

test('what is missed of a sealed group counts as encrypted', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const data = await temporaryFolder(t);
  const alice = await comes(t, server, 'alice');
  const before = await comes(t, server, 'bob', data);
  await alice.createGroup('lunch');
  await before.joinGroup('lunch');
  await before.close();
  await alice.say('#lunch', 'soup?').stored;
  const bob = await comes(t, server, 'bob', data);
  const read = async () => {
    for await (const message of bob.messages()) return message;
    return undefined;
  };
  const message = await withinLimit(read(), 'the message');
  assert.deepEqual([message?.text, message?.encrypted], ['soup?', true]);
});

test('a program invites into a private group, makes somebody else its admin, and ends it', async (t) => {
  const { plain } = await startServerProgram(t, { args: ['--data', await temporaryFolder(t)] });
  const server = `${plain.host}:${plain.port}`;
  const alice = await comes(t, server, 'alice');
  const bob = await comes(t, server, 'bob');
  await alice.createGroup('lunch', { sealed: true, private: true });
  await assert.rejects(bob.joinGroup('lunch'), { code: 'no-such-group' });
  await assert.rejects(alice.invite('lunch', 'nobody'), { code: 'no-such-account' });
  await alice.invite('lunch', 'bob');
  await bob.joinGroup('lunch');
  await bob.say('#lunch', 'thanks').stored;
  await hears(alice, 'thanks');
  const [ofAlice, ofBob] = [await alice.members('lunch'), await bob.members('lunch')];
  assert.deepEqual(ofBob.sealed?.readers, ['alice', 'bob']);
  assert.match(ofBob.sealed.digits ?? '', /^\d{5} \d{5} \d{5} \d{5}$/);
  assert.deepEqual(ofAlice.sealed, ofBob.sealed);
  await assert.rejects(bob.invite('lunch', 'carol'));
  await alice.makeAdmin('lunch', 'bob');
  await alice.say('#lunch', 'all yours').stored;
  await hears(bob, 'all yours');
  const { admin, sealed } = await bob.members('lunch');
  assert.deepEqual([admin, sealed?.admins], ['bob', ['bob']]);
  await assert.rejects(alice.endGroup('lunch'), { code: 'refused' });
  await bob.endGroup('lunch');
  await assert.rejects(bob.members('lunch'));
});

test('[13.15] a moderator by a signed record keeps order in a sealed group, and the owner who leaves passes it on', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const [alice, bob, carol] = [
    await comes(t, server, 'alice'),
    await comes(t, server, 'bob'),
    await comes(t, server, 'carol'),
  ];
  await alice.createGroup('lunch');
  await bob.joinGroup('lunch');
  await carol.joinGroup('lunch');
  await carol.say('#lunch', 'carol is in').stored;
  await hears(bob, 'carol is in');
  await hears(alice, 'carol is in');
  await assert.rejects(
    bob.govern('lunch', { what: 'silence', user: 'carol' }),
    /your role in that group does not allow that/,
  );
  await alice.govern('lunch', { what: 'role', user: 'bob', role: 'moderator' });
  await alice.govern('lunch', { what: 'public', on: true });
  assert.deepEqual(await carol.publicGroups(), [
    { group: 'lunch', members: 3, isSealed: true, topic: undefined },
  ]);
  // What stands before a text in the log is known to whoever has read the text.
  await alice.say('#lunch', 'bob keeps order').stored;
  await hears(bob, 'bob keeps order');
  await bob.govern('lunch', { what: 'silence', user: 'carol', seconds: 3600 });
  await bob.say('#lunch', 'carol is quiet').stored;
  await hears(carol, 'carol is quiet');
  const known = await carol.groupInfo('lunch');
  assert.deepEqual([known.owners, known.moderators], [['alice'], ['bob']]);
  assert.equal(known.silenced?.[0]?.user, 'carol');
  await assert.rejects(carol.say('#lunch', 'quiet').stored, /silenced/);
  await bob.govern('lunch', { what: 'unsilence', user: 'carol' });
  await carol.say('#lunch', 'aloud').stored;
  await hears(alice, 'aloud');
  await bob.govern('lunch', { what: 'ban', user: 'carol', reason: 'spam' });
  await bob.say('#lunch', 'without carol').stored;
  await hears(alice, 'without carol');
  assert.deepEqual((await alice.groupInfo('lunch')).bans, [
    { user: 'carol', reason: 'spam', by: 'bob' },
  ]);
  await assert.rejects(carol.joinGroup('lunch'));
  await bob.govern('lunch', { what: 'unban', user: 'carol' });
  await carol.joinGroup('lunch');
  await alice.leaveGroup('lunch');
  await bob.say('#lunch', 'it is mine now').stored;
  await hears(carol, 'it is mine now');
  assert.deepEqual((await carol.groupInfo('lunch')).owners, ['bob']);
});

test('[13.15] an owner who hands a sealed group over takes nothing from the other owners', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const [alice, bob, carol] = [
    await comes(t, server, 'alice'),
    await comes(t, server, 'bob'),
    await comes(t, server, 'carol'),
  ];
  await alice.createGroup('lunch');
  for (const [name, one] of Object.entries({ bob, carol })) {
    await one.joinGroup('lunch');
    await one.say('#lunch', `${name} is in`).stored;
    await hears(alice, `${name} is in`);
  }
  await alice.govern('lunch', { what: 'role', user: 'bob', role: 'owner' });
  await alice.makeAdmin('lunch', 'carol');
  await alice.say('#lunch', 'all yours').stored;
  await hears(bob, 'all yours');
  assert.deepEqual((await bob.groupInfo('lunch')).owners, ['bob', 'carol']);
});
