// What the devices of one account say to each other in their own room, over a real server: each note reaches all of them,
// in order, whatever is killed; who founds the room does not matter; and a device that was revoked hears nothing more.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ChatClient } from '../../src/client/chat-client.ts';
import { formatHex } from '../../src/lib/bytes.ts';
import { linkedFolders, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

interface Device extends OwnDevice {
  readonly data: string;
  /** What it has heard, in order: `kind body`. */
  readonly heard: string[];
  says(kind: string, body: string, subject?: string): Promise<void>;
  hears(text: string): Promise<void>;
  /** Waits until it sees `count` others in the room. */
  sees(count: number): Promise<void>;
}

async function start(t: TestContext, at: Listener, data: string): Promise<Device> {
  const heard: string[] = [];
  const prepare = ({ own }: ChatClient) =>
    own?.on('word', ({ kind, body }) => void heard.push(`${kind} ${String(body)}`));
  const device = await startDevice(t, at, 'alice', data, prepare);
  const { own } = device.client;
  assert.ok(own);
  let others = 0;
  own.entered((devices) => (others = devices.length));
  others = Math.max(others, (await own.devices()).length);
  return {
    ...device,
    data,
    heard,
    says: async (kind, body, subject) =>
      assert.equal(await own.send(kind, body, subject), 'queued'),
    hears: (text) =>
      eventually(
        () => heard.includes(text),
        text,
        () => heard.join('\n'),
      ),
    sees: (count) => eventually(() => others === count, `${count} others in the room`),
  };
}

test('what a device says all others of the account hear once and in order, whatever is killed or revoked', async (t) => {
  const args = ['--registration', 'open', '--data', await temporaryFolder(t)];
  const server = await startServerProgram(t, { args });
  const { plain: at } = server;
  const { folders } = await linkedFolders(t, at, 'alice', 3);
  const [one, two, three] = await Promise.all(folders.map((data) => start(t, at, data)));
  assert.ok(one && two && three);
  const devices = [one, two, three];
  for (const device of devices) await device.sees(2);

  await t.test('kinds that nobody takes, and the room itself, are not shown', async () => {
    await two.says('later-version', 'whatever');
    for (let n = 1; n <= 3; n++) await one.says('word', `one ${n}`);
    await three.says('word', 'three');
    for (const device of [two, three]) await device.hears('word one 3');
    await two.hears('word three');
    await one.hears('word three');
    const ofOne = (device: Device) => device.heard.filter((text) => text.includes('one'));
    for (const device of [two, three])
      assert.deepEqual(ofOne(device), ['word one 1', 'word one 2', 'word one 3']);
    assert.deepEqual(one.heard, ['word three']);
    for (const { client, events } of devices) {
      const people = client.conversations.filter(({ place }) => place.kind === 'direct');
      assert.deepEqual(people, []);
      const shown = events.filter(({ type }) => type === 'message' || type === 'group-notice');
      assert.deepEqual(shown, []);
      assert.equal(client.unsent, 0);
    }
  });

  await t.test('a newer state takes the place of one that waits', async () => {
    await server.stop();
    await eventually(() => one.client.state.phase !== 'open', 'the end of the connection');
    two.heard.length = 0;
    await one.says('word', 'first', 'a');
    await one.says('word', 'other', 'b');
    await one.says('word', 'second', 'a');
    await one.says('word', 'last');
    await startServerProgram(t, { args: [...args, '--port', String(at.port)] });
    await two.hears('word last');
    assert.deepEqual(two.heard, ['word other', 'word second', 'word last']);
    await three.hears('word last');
  });

  // What is on the disk may be on its way or not: nobody knows.
  await two.kill();
  await Promise.all([one.says('word', 'killed 1'), one.says('word', 'killed 2')]);
  await one.kill();
  const again = await start(t, at, one.data);
  let taken = 0;
  const stuck = await startDevice(t, at, 'alice', two.data, ({ own }) =>
    own?.on('word', () => {
      taken += 1;
      return new Promise(() => {});
    }),
  );

  await t.test('what was taken half when a device was killed is taken again', async () => {
    await eventually(() => taken === 1, 'the note');
    await stuck.kill();
    const back = await start(t, at, two.data);
    await back.hears('word killed 2');
    assert.deepEqual(back.heard, ['word killed 1', 'word killed 2']);
    await back.says('word', 'back');
    await again.hears('word back');
    await three.hears('word back');
    await back.quit();
  });

  await t.test('a device that was revoked is out of the room, and hears nothing more', async () => {
    await again.sees(2);
    three.heard.length = 0;
    const revoked = await again.client.revokeDevice(three.key, 'lost');
    assert.ok(revoked.ok, JSON.stringify(revoked));
    await again.sees(1);
    await again.says('word', 'without it');
    const back = await start(t, at, two.data);
    await back.hears('word without it');
    await back.sees(1);
    assert.deepEqual((await back.client.own?.devices())?.map(formatHex), [formatHex(again.key)]);
    await eventually(() => three.client.state.phase === 'closed', 'the end of the revoked device');
    assert.deepEqual(three.heard, []);
  });
});

test('an account with one device says nothing to itself, and has no room', async (t) => {
  const { plain: at } = await startServerProgram(t, { args: ['--registration', 'open'] });
  const { folders } = await linkedFolders(t, at, 'alice', 1);
  const { client } = await startDevice(t, at, 'alice', folders[0] ?? '');
  assert.equal(await client.own?.send('word', 'to nobody'), 'alone');
  assert.deepEqual(await client.own?.devices(), []);
});
