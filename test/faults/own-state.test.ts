// What the devices of one account have in common, over a real server: how far their person has read, and what is decided
// about keys. Whoever was away has it when it is back, and a new device when it comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';
import { linkedFolders, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { eventually } from '../support/time-limit.ts';

const lobby = 'lobby' as ConversationName;

/** The lobby as a device of alice's has it. */
const lobbyOf = ({ client }: OwnDevice) => client.conversations.find(({ name }) => name === lobby);

function has(device: OwnDevice, cursor: number, unread: number, what: string): Promise<void> {
  const now = () => {
    const { cursor: at, unread: left, read } = lobbyOf(device) ?? {};
    return JSON.stringify({ at, left, read });
  };
  const isSo = () => lobbyOf(device)?.cursor === cursor && lobbyOf(device)?.unread === unread;
  return eventually(isSo, what, now);
}

async function isVerified({ client }: OwnDevice): Promise<boolean> {
  const number = await client.safetyNumber('bob');
  return number.ok && number.value.isVerified;
}

test('what a person has read and decided on one device is so on the others, on one that was away, and on a new one', async (t) => {
  const { plain: at } = await startServerProgram(t, { args: ['--registration', 'open'] });
  const { folders } = await linkedFolders(t, at, 'alice', 3);
  const [here = '', there = '', later = ''] = folders;
  const [one, two] = await Promise.all(
    [here, there].map((data) => startDevice(t, at, 'alice', data)),
  );
  assert.ok(one && two);
  const meet = async (device: OwnDevice) =>
    eventually(() => isIn.get(device) === 1, 'the other device');
  const isIn = new Map<OwnDevice, number>();
  for (const device of [one, two]) {
    device.client.own?.entered((others) => isIn.set(device, others.length));
    isIn.set(device, (await device.client.own?.devices())?.length ?? 0);
  }
  for (const device of [one, two]) await meet(device);
  const bob = await comes(t, at, 'bob');
  for (const text of ['a', 'b', 'c']) await bob.says('lobby', text);
  for (const device of [one, two]) await has(device, 3, 3, 'three unread');

  await t.test('what is read on one device is read on the other', async () => {
    one.client.read(lobby, 2);
    await has(two, 3, 1, 'one unread');
    const told = two.events.filter(({ type }) => type === 'read-elsewhere');
    assert.deepEqual(told, [{ type: 'read-elsewhere', conversation: lobby, unread: 1 }]);
    // Not further back.
    two.client.read(lobby, 3);
    await has(one, 3, 0, 'none unread');
  });

  await t.test(
    'what is muted on one device is muted on the other, until the person says otherwise anywhere',
    async () => {
      const isMuted = (device: OwnDevice) => device.client.quiet.mutedUntil({ kind: 'lobby' });
      assert.equal(await one.client.quiet.mute({ kind: 'lobby' }, Infinity), true);
      await eventually(() => isMuted(two) === Infinity, 'muted there');
      assert.ok(two.events.some(({ type }) => type === 'muted'));
      assert.equal(await two.client.quiet.mute({ kind: 'lobby' }, 0), true);
      await eventually(() => isMuted(one) === undefined, 'not muted any more here');
      const [group, day] = [{ kind: 'direct', user: 'bob' as Username } as const, 86_400_000];
      assert.equal(await two.client.quiet.mute(group, day), true);
      await eventually(
        () => one.client.quiet.mutedUntil(group) === two.client.quiet.mutedUntil(group),
        'a day',
      );
    },
  );

  await t.test(
    'rules, hours without disturbance and who is ignored hold on all devices',
    async () => {
      const place = { kind: 'lobby' } as const;
      assert.equal(await one.client.quiet.setRule(place, 'nothing'), true);
      await eventually(() => two.client.quiet.rule(place) === 'nothing', 'the rule there');
      const wish = { until: null, daily: [60, 120] } as const;
      assert.equal(await two.client.quiet.wishQuiet(wish), true);
      await eventually(() => one.client.quiet.quietUntil === Infinity, 'not to be disturbed here');
      assert.deepEqual(one.client.quiet.quietWish, wish);
      assert.equal(await one.client.quiet.ignore('bob' as Username, true), 'kept');
      await eventually(() => two.client.quiet.isIgnored('bob'), 'ignored there');
      const before = [lobbyOf(one), lobbyOf(two)].map((lobby) => lobby?.unread);
      await bob.says('lobby', 'nobody hears this');
      const hasAll = (device: OwnDevice) => (lobbyOf(device)?.cursor ?? 0) >= 4;
      await eventually(() => hasAll(one) && hasAll(two), 'stored all the same');
      assert.deepEqual(
        [lobbyOf(one), lobbyOf(two)].map((lobby) => lobby?.unread),
        before,
      );
      assert.equal(await two.client.quiet.ignore('bob' as Username, false), 'kept');
      await eventually(() => !one.client.quiet.isIgnored('bob'), 'ignored no more');
      await eventually(() => lobbyOf(one)?.unread === lobbyOf(two)?.unread, 'counted again');
      assert.ok((lobbyOf(one)?.unread ?? 0) > (before[0] ?? 0));
      for (const device of [one, two]) {
        const { cursor = 0 } = lobbyOf(device) ?? {};
        device.client.read(lobby, cursor);
        await has(device, cursor, 0, 'all read');
      }
    },
  );

  await t.test(
    'what is begun on one device is there on the other, and gone when it was sent',
    async () => {
      const draftOn = (device: OwnDevice) => device.client.sharedDrafts.get('@bob');
      await one.client.drafted('@bob', 'half a thou');
      await eventually(() => draftOn(two) === 'half a thou', 'the draft there');
      assert.ok(two.events.some(({ type }) => type === 'draft'));
      await two.client.drafted('@bob', '');
      await eventually(() => draftOn(one) === '', 'sent there');
      await one.client.drafted('lobby', 'for the new one');
    },
  );

  await t.test('a decision about a key holds on the other device', async () => {
    assert.ok(one.client.privateMessage('bob', 'hello').ok);
    await bob.hears('@alice alice: hello');
    await eventually(() => one.client.unsent === 0, 'the text at the server');
    const number = await one.client.safetyNumber('bob');
    assert.ok(number.ok);
    assert.equal(await isVerified(two), false);
    assert.ok((await one.client.markVerified('bob', number.value.digits)).ok);
    const isTold = () => two.events.some(({ type }) => type === 'key-decided-elsewhere');
    await eventually(isTold, 'the decision');
    assert.equal(await isVerified(two), true);
  });

  await two.kill();
  for (const text of ['d', 'e']) await bob.says('lobby', text);
  await has(one, 6, 2, 'two unread');
  one.client.read(lobby);
  // The note is due later than that: it goes out because the person leaves.
  await one.quit();

  await t.test('who was away has it when it is back, and after a further start', async () => {
    const back = await startDevice(t, at, 'alice', there);
    await has(back, 6, 0, 'none unread');
    assert.equal(lobbyOf(back)?.read, 6);
    await back.kill();
    const again = await startDevice(t, at, 'alice', there);
    await has(again, 6, 0, 'none unread');
    assert.equal(await isVerified(again), true);
  });

  await t.test('a new device is told all of it', async () => {
    const fresh = await startDevice(t, at, 'alice', later);
    await has(fresh, 6, 0, 'none unread');
    const isTold = () => fresh.events.some(({ type }) => type === 'key-decided-elsewhere');
    await eventually(isTold, 'the decision');
    assert.equal(await isVerified(fresh), true);
    const drafts = () => fresh.client.sharedDrafts;
    await eventually(() => drafts().get('lobby') === 'for the new one', 'the draft');
    await eventually(() => fresh.client.quiet.rule({ kind: 'lobby' }) === 'nothing', 'the rule');
    assert.equal(fresh.client.quiet.quietUntil, Infinity);
    await fresh.kill();
  });
});
