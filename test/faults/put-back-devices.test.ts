// A server is put back to older data, as by `helo restore`, and people have several devices: what one device of a person had
// already, the others get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../src/client/content.ts';
import { devicesBefore } from '../support/device-lives/beginnings.ts';
import { DeviceLife } from '../support/device-lives/device-life.ts';
import type { LifeDevice } from '../support/device-lives/life-device.ts';
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
