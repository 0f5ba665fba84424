// Private texts of an account with two devices, at a real server. Those that are sealed for one: the other device shows no
// mark for them, live and from the log; what is for it and cannot be opened is marked as ever. And what one of the two says:
// the other one shows whether it was delivered.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { textOf } from '../../src/client/content.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { logIn } from '../support/extended-client.ts';
import { linkedFolders, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { eventually } from '../support/time-limit.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';

const withBob = '@alice+bob' as ConversationName;

/** Somebody who writes to single devices of alice what none of them can open. */
async function writer(t: TestContext, at: Listener) {
  const bob = await logIn(t, at, 'bob');
  let number = 0;
  return async ({ key }: Pick<OwnDevice, 'key'>): Promise<number> => {
    const id = `s.${++number}`;
    const said = { in: '@alice', id, sealed: 'AAAA', device: encodeBase64url(key) };
    const { answer } = await bob.ask('SEND', said);
    assert.equal(answer.verb, 'SENT', JSON.stringify(answer));
    return answer['seq'] as number;
  };
}

/** The numbers of bob's texts that are marked at a device, once it has all up to `last`. */
async function marksAt({ client }: OwnDevice, last: number): Promise<readonly number[]> {
  const cursor = () => client.conversations.find(({ name }) => name === withBob)?.cursor ?? 0;
  await eventually(
    () => cursor() >= last,
    `the text ${last}`,
    () => `it has ${cursor()}`,
  );
  const records = await client.kept(withBob, undefined, 100);
  return records.flatMap(({ seq, unreadable }) => (unreadable === undefined ? [] : [seq ?? 0]));
}

test('a text for another device of the account is no mark at a device, live and from the log', async (t) => {
  const args = ['--registration', 'open', '--ping-interval', '0'];
  const { plain: at } = await startServerProgram(t, { args });
  const { folders } = await linkedFolders(t, at, 'alice', 2);
  const [here = '', there = ''] = folders;
  const one = await startDevice(t, at, 'alice', here);
  const two = await startDevice(t, at, 'alice', there);
  const writes = await writer(t, at);
  const first = [await writes(one), await writes(two), await writes(one), await writes(two)];
  const [a = 0, b = 0, c = 0, d = 0] = first;
  assert.deepEqual(await marksAt(one, d), [a, c]);
  assert.deepEqual(await marksAt(two, d), [b, d]);

  await two.quit();
  const e = await writes(one);
  const f = await writes(two);
  const again = await startDevice(t, at, 'alice', there);
  assert.deepEqual(await marksAt(again, f), [b, d, f]);
  assert.deepEqual(await marksAt(one, f), [a, c, e]);
});

test('what another device of the account has said shows whether it was delivered, live and from the log', async (t) => {
  const args = ['--registration', 'open', '--ping-interval', '0'];
  const { plain: at } = await startServerProgram(t, { args });
  const { folders } = await linkedFolders(t, at, 'alice', 2);
  const [here = '', there = ''] = folders;
  const [bobs = ''] = (await linkedFolders(t, at, 'bob', 1)).folders;
  const one = await startDevice(t, at, 'alice', here);
  const two = await startDevice(t, at, 'alice', there);
  const bob = await startDevice(t, at, 'bob', bobs);
  const states = async ({ client }: OwnDevice) => {
    const records = await client.kept(withBob, undefined, 100);
    const own = records.filter(({ from }) => from === 'alice');
    return own.map(({ content, state }) => `${textOf(content)} ${state}`).join(', ');
  };
  const shows = async (device: OwnDevice, wanted: string) => {
    let seen = '';
    const look = setInterval(() => void states(device).then((now) => (seen = now)), 20);
    await eventually(
      () => seen.endsWith(wanted),
      wanted,
      () => seen,
    ).finally(() => clearInterval(look));
  };
  // The first texts go to one device, until all devices of both are in one room.
  for (let tries = 1; (await states(two)) === ''; tries++) {
    assert.ok(tries < 50, 'a room of both');
    one.client.privateMessage('bob', `try ${tries}`);
    await shows(one, `try ${tries} delivered`);
  }
  one.client.privateMessage('bob', 'second');
  await shows(two, 'second delivered');

  await bob.quit();
  one.client.privateMessage('bob', 'third');
  await shows(two, 'third stored');
  await two.quit();
  one.client.privateMessage('bob', 'fourth');
  await shows(one, 'fourth stored');
  const again = await startDevice(t, at, 'bob', bobs);
  await shows(one, 'third delivered, fourth delivered');
  const later = await startDevice(t, at, 'alice', there);
  await shows(later, 'third delivered, fourth delivered');
  await again.quit();
});
