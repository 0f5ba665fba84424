// People through the library, with the real server: presence, members of a group, and removing a member.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import type { Chat, Person } from '../../src/client/chat/chat.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function open(t: TestContext, server: string, name: string, guest = false): Promise<Chat> {
  const chat = await connect({ server, name, guest, data: await temporaryFolder(t) });
  t.after(() => chat.close());
  return chat;
}

/** Resolves with the next report about that person. */
function told(chat: Chat, name: string, online: boolean): Promise<Person> {
  const come = new EventTarget();
  let found: Person | undefined;
  const stop = chat.on('presence', (person) => {
    if (person.name !== name || person.online !== online) return;
    found = person;
    stop();
    come.dispatchEvent(new Event('come'));
  });
  const comes = once(come, 'come').then(() => found as Person);
  return withinLimit(comes, `${name} ${online ? 'comes' : 'goes'}`);
}

test('who comes and goes, who is in a group, and who is put out of it', async (t) => {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const alice = await open(t, server, 'alice');
  const comes = told(alice, 'bob', true);
  const bob = await open(t, server, 'bob');
  assert.deepEqual(await comes, { name: 'bob', online: true, guest: false });
  const gus = await open(t, server, 'gus', true);

  await alice.createGroup('tea', { sealed: false });
  await assert.rejects(bob.members('tea'), { code: 'not-a-member' });
  await bob.joinGroup('tea');
  await gus.joinGroup('tea');
  await assert.rejects(gus.members('tea'), { code: 'no-account' });
  const people: Person[] = [
    { name: 'alice', online: true, guest: false },
    { name: 'bob', online: true, guest: false },
    { name: 'gus', online: true, guest: true },
  ];
  assert.deepEqual(await bob.members('tea'), {
    admin: 'alice',
    people,
    isCut: false,
    sealed: undefined,
  });
  await assert.rejects(bob.kick('tea', 'gus'), { code: 'not-allowed-to-kick' });
  await alice.kick('tea', 'gus');
  await assert.rejects(gus.joinGroup('tea'), { code: 'banned' });
  assert.deepEqual(
    (await alice.members('tea')).people.map(({ name }) => name),
    ['alice', 'bob'],
  );

  const goes = told(alice, 'bob', false);
  await bob.close();
  await goes;
});
