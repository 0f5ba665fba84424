// A server is put back to older data, as by `helo restore`, and people have several devices: what one device of a person had
// already, the others get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../src/client/content.ts';
import { devicesBefore } from '../support/device-lives/beginnings.ts';
import { DeviceLife } from '../support/device-lives/device-life.ts';
import { LifeDevice } from '../support/device-lives/life-device.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';

const withBob = '@alice+bob';

function textsOf(device: LifeDevice | undefined): string[] {
  return (device?.messages(withBob) ?? []).map(({ content }) => textOf(content));
}

test('a private text that one device of a person had is sent again where the server has lost it, for the others', async () => {
  const ciphers = await openToyCiphers(1, true);
  const before = await devicesBefore(ciphers, false);
  const life = await DeviceLife.begin(1, ciphers, before, { people: 2, putBack: 'never' });
  await life.calm();
  const { world } = life;
  const quiet = () =>
    world.calm(
      () => true,
      () => life.where(),
    );
  const [alice] = life.devicesOf('alice');
  const [here, away] = life.devicesOf('bob');
  away?.kill();
  await quiet();
  const stored = world.disk.done.length;
  alice?.say('bob', 'of the lost time');
  await quiet();
  assert.equal(alice?.messages(withBob).at(-1)?.state, 'delivered');
  assert.equal(textsOf(here).at(-1), 'of the lost time');
  await world.putBack(world.disk.done.length - stored, true);
  await quiet();
  // All of them come back.
  await life.calm();
  for (const device of [here, away, ...life.devicesOf('alice')]) {
    const count = textsOf(device).filter((text) => text === 'of the lost time').length;
    assert.equal(count, 1, device?.label);
  }
  const own = alice
    ?.messages(withBob)
    .find(({ content }) => textOf(content) === 'of the lost time');
  assert.equal(own?.state, 'delivered');
  life.end();
});

test('whoever has heard of a revoke seals nothing for what was revoked, also where the server has lost it and a program starts again', async () => {
  const ciphers = await openToyCiphers(2, true);
  const before = await devicesBefore(ciphers, true);
  const life = await DeviceLife.begin(2, ciphers, before, { people: 2, putBack: 'never' });
  await life.calm();
  const { world } = life;
  const [laptop, phone] = life.devicesOf('alice');
  const [bob, bobs] = life.devicesOf('bob');
  assert.ok(laptop && phone && bob && bobs);
  const stored = world.disk.done.length;
  const { state } = phone;
  await life.revoke(laptop, phone);
  await life.calm();
  // Bob speaks before anybody of alice is back to bring what the server has lost.
  for (const device of [laptop, bob, bobs]) device.kill();
  await world.putBack(world.disk.done.length - stored, true);
  const text = 'not for who has the phone';
  // For this server it is a device of hers.
  const thief = new LifeDevice(world, { ...state, label: 'thief' });
  await thief.start();
  await bob.start();
  await world.calm(
    () => true,
    () => life.where(),
  );
  // To somebody with whom he has never talked: no key of theirs is pinned.
  bob.say('#g', text);
  await world.calm(
    () => true,
    () => life.where(),
  );
  assert.equal(bob.messages('#g').at(-1)?.state, 'stored');
  const stolen = thief.messages('#g').map(({ content }) => textOf(content));
  assert.ok(!stolen.includes(text));
  thief.kill();
  await bobs.start();
  await life.calm();
  bob.say('#g', 'for all');
  await life.calm();
  assert.deepEqual(
    laptop.messages('#g').map(({ content }) => textOf(content)),
    ['for all'],
  );
  life.end();
});
