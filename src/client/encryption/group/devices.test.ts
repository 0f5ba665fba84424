// Accounts with several devices in a sealed group, over a server in memory and real ciphers: each device has a leaf, reads
// everybody, and is out once it was revoked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from '../../../../test/support/lives/fate.ts';
import { GroupServer, lunch } from '../../../../test/support/worlds/group-server.ts';
import { Member } from '../../../../test/support/worlds/group-world.ts';

async function enters(who: Member, member: Member): Promise<void> {
  const roster = await member.engine.roster(lunch);
  assert.ok(roster);
  await who.describe(Buffer.from(roster.groupId).toString('hex'));
  await who.settle();
}

async function settleAll(devices: readonly Member[]): Promise<void> {
  for (let round = 0; round < 3; round++) for (const one of devices) await one.settle();
}

/** Alice at two devices, and bob. */
async function gather() {
  const server = new GroupServer();
  const [alice, bob] = [await Member.create('alice', server), await Member.create('bob', server)];
  await alice.found();
  await enters(bob, alice);
  await alice.settle();
  const phone = await alice.sibling();
  await enters(phone, alice);
  await settleAll([alice, bob, phone]);
  return { server, alice, phone, bob };
}

const sameState = async (devices: readonly Member[]) =>
  new Set(await Promise.all(devices.map((one) => one.digits()))).size === 1;

test('a second device enters beside the first one, reads and is read, and the account is in once', async () => {
  const { alice, phone, bob } = await gather();
  assert.equal(await alice.say('from the laptop'), undefined);
  assert.equal(await phone.say('from the phone'), undefined);
  assert.equal(await bob.say('from bob'), undefined);
  await settleAll([alice, phone, bob]);
  assert.deepEqual(alice.texts, ['alice: from the phone', 'bob: from bob']);
  assert.deepEqual(phone.texts, ['alice: from the laptop', 'bob: from bob']);
  assert.deepEqual(bob.texts, ['alice: from the laptop', 'alice: from the phone']);
  assert.deepEqual((await bob.engine.view(lunch))?.members, ['alice', 'bob']);
  assert.ok(await sameState([alice, phone, bob]));
});

test('a revoked device is removed by its sibling, with the chain that says so, and reads nothing after it', async () => {
  const { server, alice, phone, bob } = await gather();
  await alice.revokes(phone);
  assert.equal(await alice.say('too early'), 'remove-first');
  assert.equal(await alice.need(), 'remove');
  await settleAll([alice, bob]);
  assert.equal(await bob.say('without the phone'), undefined);
  await settleAll([alice, bob]);
  await phone.readUpTo();
  assert.equal(phone.texts.includes('bob: without the phone'), false);
  assert.deepEqual(alice.texts, ['bob: without the phone']);
  assert.ok(await sameState([alice, bob]));
  assert.notEqual(server.lastOut, 0);
});

test('a revoked device is removed by any member who has heard of that, though its own person is away', async () => {
  const { server, alice, phone, bob } = await gather();
  const carol = await Member.create('carol', server);
  await enters(carol, alice);
  await settleAll([alice, phone, bob]);
  await alice.revokes(phone);
  await bob.hears(alice);
  assert.equal(await bob.say('too early'), 'remove-first');
  assert.equal(await bob.need(), 'remove');
  await settleAll([bob, carol]);
  assert.equal(await bob.need(), undefined);
  assert.equal(await bob.say('without the phone'), undefined);
  await settleAll([bob, carol]);
  await phone.readUpTo();
  assert.deepEqual([phone.texts, carol.texts], [[], ['bob: without the phone']]);
  assert.notEqual(server.lastOut, 0);
  // When alice is here again, nothing is left to be done, and all are in one state.
  await settleAll([alice, bob, carol]);
  assert.deepEqual(alice.texts, ['bob: without the phone']);
  assert.ok(await sameState([alice, bob, carol]));
});

test('of several members who have revoked devices, one commit after the other removes them', async () => {
  const { alice, phone, bob } = await gather();
  const tablet = await bob.sibling();
  await enters(tablet, alice);
  await settleAll([alice, phone, bob, tablet]);
  await bob.revokes(tablet);
  await alice.revokes(phone);
  await alice.hears(bob);
  await settleAll([alice]);
  assert.equal(await alice.need(), undefined);
  assert.equal(await alice.say('without both'), undefined);
  for (const one of [phone, tablet, bob]) await one.readUpTo();
  assert.deepEqual([phone.texts, tablet.texts], [[], []]);
  await settleAll([alice, bob]);
  assert.ok(await sameState([alice, bob]));
});

test('a text that was sealed before a device was revoked is taken no more once it is out', async () => {
  const { server, alice, phone, bob } = await gather();
  const { lastCommit } = server;
  await alice.revokes(phone);
  await alice.settle();
  // Bob's program has not heard of it, and the server lets it in all the same.
  assert.equal(await bob.say('late'), 'stale');
  server.append({
    from: bob.me,
    sealed: bob.sealedTexts.get('late') ?? '',
    seen: lastCommit,
    on: lastCommit,
  });
  await alice.settle();
  assert.deepEqual(alice.texts, []);
  assert.deepEqual(alice.unread, ['it was sealed without knowing that somebody is out']);
});

test('whoever compared the key of somebody says nothing to a new device of theirs before they take it', async () => {
  const { alice, phone, bob } = await gather();
  const trust = bob.trusts.of('alice');
  trust.wanted();
  await trust.judge(alice.device.publicKey);
  await trust.accept(true);
  bob.engine.decided();
  assert.equal(await bob.say('for you alone'), 'key of alice');
  await trust.accept(false);
  bob.engine.decided();
  assert.equal(await bob.say('for both'), undefined);
  assert.equal(await trust.standingOf(phone.device.publicKey), 'verified');
  // Of one who was revoked nothing is trusted any more.
  await alice.revokes(phone);
  await settleAll([alice, bob]);
  assert.equal(await trust.standingOf(phone.device.publicKey), 'changed');
  assert.equal(await bob.say('for the laptop'), undefined);
});

const lives = Number(process.env['HELO_DEVICE_LIVES'] ?? 2);

test('random lives with several devices: all of those that stay end in one state, and the others read nothing more', async () => {
  for (let seed = 1; seed <= lives; seed++) await live(new Dice(seed), seed);
});

async function live(dice: Dice, seed: number): Promise<void> {
  const { alice, phone, bob } = await gather();
  const devices = [alice, phone, bob];
  const gone: Member[] = [];
  let texts = 0;
  for (let step = 0; step < 25; step++) {
    const who = devices[dice.below(devices.length)] ?? alice;
    const siblings = devices.filter((one) => one !== who && one.me === who.me);
    const act = dice.below(8);
    if (act < 3) await who.say(`text ${(texts += 1)}`);
    else if (act === 3) await who.rotate();
    else if (act === 4) await who.settle();
    else if (act === 5) who.restart();
    else if (act === 6 && siblings.length < 2) {
      const added = await who.sibling();
      for (const one of siblings) await one.knows(who);
      devices.push(added);
      await enters(added, who);
    } else if (act === 7 && siblings[0] !== undefined) {
      const [revoked] = siblings;
      await who.revokes(revoked);
      for (const one of siblings) if (one !== revoked) await one.knows(who);
      devices.splice(devices.indexOf(revoked), 1);
      gone.push(revoked);
    }
  }
  await settleAll(devices);
  assert.ok(await sameState(devices), `one state, seed ${seed}`);
  const [last = alice] = devices;
  assert.equal(await last.say('the end'), undefined, `seed ${seed}`);
  await settleAll(devices);
  for (const one of [...devices, ...gone]) await one.readUpTo();
  for (const one of devices.slice(1)) assert.ok(one.texts.includes(`${last.me}: the end`));
  for (const one of gone) assert.equal(one.texts.includes(`${last.me}: the end`), false);
}
