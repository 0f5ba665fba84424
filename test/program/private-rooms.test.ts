// A sealed private conversation at the real server [13.10]: what its people have signed is checked, stored, and there again
// after a restart. What is sealed in it, the programs of the two know alone.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { directConversation } from '../../src/wire/extended/names.ts';
import type { GroupName } from '../../src/wire/text.ts';
import { logIn } from '../support/extended-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { groupIdOf, Somebody } from '../support/statements.ts';
import { temporaryFolder } from '../support/temporary.ts';

const texts = (statements: readonly { readonly bytes: Uint8Array }[]) =>
  statements.map(({ bytes }) => encodeBase64url(bytes));

/** Somebody's program, whose chain the server has. */
async function comes(t: TestContext, at: Listener, who: Somebody, can: readonly string[]) {
  const { secret, key } = who.signer;
  const device = { key: secret, id: encodeBase64url(key) };
  const here = await logIn(t, at, who.name, { device, can });
  const [link] = texts(who.links);
  const { answer } = await here.ask('CHAIN', { link });
  assert.equal(answer.verb, 'CHAINED', JSON.stringify(answer));
  return here;
}

/** What founds the conversation of the two. */
function founding(by: Somebody, other: Somebody, id: string) {
  const group = directConversation(by.name, other.name) as string as GroupName;
  const charter = by.charter(groupIdOf(by.name), { group, mode: 'invite' });
  const people = [{ root16: other.root16, name: other.name }];
  const behind = { groupId: charter.groupId, records: 1, head: charter.hash };
  const records = texts([charter, by.record(behind, { kind: 'admit', people })]);
  const chain = texts(by.links);
  const start = { kind: 'found', seen: 0, on: 0, info: 'info', tree: 'tree' };
  return { in: `@${other.name}`, id, ...start, records, chain };
}

test('two people seal their conversation at the server, and find it sealed when it starts again', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const args = ['--ping-interval', '0', '--data', data, '--registration', 'open'];
  const server = await startServerProgram(t, { args });
  const [alice, bob] = [new Somebody('alice'), new Somebody('bob')];
  const rooms = ['sealed', 'devices', 'rooms'];
  const one = await comes(t, server.plain, alice, rooms);
  const old = await comes(t, server.plain, bob, ['sealed', 'devices']);
  const refused = await one.ask('COMMIT', founding(alice, bob, 's.1'));
  assert.deepEqual([refused.answer['code'], refused.answer['people']], ['cannot-seal', ['bob']]);
  const other = await comes(t, server.plain, bob, rooms);
  const account = await one.ask('ACCOUNT', { user: 'bob' });
  assert.equal(account.answer['rooms'], true);
  const founded = await one.ask('COMMIT', founding(alice, bob, 's.1'));
  assert.deepEqual([founded.answer.verb, founded.answer['in']], ['SENT', '@alice+bob']);
  await other.hears('JOINED', { in: '@alice+bob', sealed: true });
  await other.hears('MSG', { in: '@alice+bob', kind: 'found', from: 'alice' });
  const second = await other.ask('COMMIT', founding(bob, alice, 'b.1'));
  assert.equal(second.answer['code'], 'place-taken');
  const seen = await old.ask('GROUP', { in: '@alice' });
  assert.equal(seen.answer['code'], 'no-such-place');
  await server.stop();
  const again = await startServerProgram(t, { args });
  const back = await comes(t, again.plain, bob, rooms);
  back.say('GROUP', { in: '@alice', want: 'roster' });
  const { items } = await back.hears('ROSTER', { in: '@alice+bob' });
  assert.equal((items as unknown[]).length, 2);
  await back.hears('GROUP', { last: 1, lastOut: 0 });
  const commits = await back.ask('COMMITS', { in: '@alice', after: 0 });
  assert.deepEqual([commits.answer['count'], commits.answer['in']], [1, '@alice+bob']);
});
