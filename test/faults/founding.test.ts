// Whoever founds a room, or the server, is killed at each step of it (simulated: after a line, a write, a timer): in the end
// there is one room, everybody is in it, and nothing is lost. Some of the steps; FOUNDING_STEPS=all takes all of them.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { devicesBefore } from '../support/device-lives/beginnings.ts';
import { nothingBefore } from '../support/device-lives/device-world.ts';
import { DeviceLife, type DevicesBefore } from '../support/device-lives/device-life.ts';
import { checkLife } from '../support/device-lives/life-end.ts';
import type { LifeDevice } from '../support/device-lives/life-device.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';

const killsOfEach = process.env['FOUNDING_STEPS'] === 'all' ? Infinity : 2;

interface Scene {
  readonly life: DeviceLife;
  readonly founder: LifeDevice;
}

/** What is begun; the room comes from it. */
type Act = (scene: Scene) => void;

const rooms: Readonly<Record<string, { readonly act: Act; readonly conversation: string }>> = {
  'a room of two': {
    act: ({ life, founder }) => life.speak(founder, 'bob'),
    conversation: '@alice+bob',
  },
  'a room of two that both found': {
    act: ({ life, founder }) => {
      life.speak(founder, 'bob');
      for (const bob of life.devicesOf('bob')) life.speak(bob, 'alice');
    },
    conversation: '@alice+bob',
  },
  'a sealed group': {
    act: ({ founder }) => void founder.client?.sealGroup('h', 'open'),
    conversation: '#h',
  },
  "an account's own room": {
    act: ({ life, founder }) => void life.link(founder),
    conversation: '@alice',
  },
};

/** People with two devices each, or, `isOwn`, with one. */
async function scene(strangers: DevicesBefore, isOwn: boolean): Promise<Scene> {
  const nobody = { ...nothingBefore(), areStrangers: true, devices: [], recovery: new Map() };
  const options = { people: 2, putBack: 'never' } as const;
  const ciphers = await openToyCiphers(1, true);
  const life = await DeviceLife.begin(1, ciphers, isOwn ? nobody : strangers, options);
  if (isOwn) for (const name of life.names) life.devices.push(await life.fresh(name));
  await life.calm();
  const [founder] = life.devicesOf('alice');
  assert.ok(founder);
  if (isOwn) {
    await life.after(founder.client?.sealGroup('g', 'open'));
    await life.after(life.devicesOf('bob')[0]?.client?.joinSealed('g'));
  }
  return { life, founder };
}

/** How many steps there are until all is quiet again. */
async function stepsOf({ life, founder }: Scene, act: Act): Promise<number> {
  act({ life, founder });
  let steps = 0;
  do {
    await life.world.fate.step(true);
    steps += 1;
  } while (!life.world.isQuiet);
  return steps;
}

test('a device is revoked, and who revokes it is killed: it is out of all rooms all the same', async (t) => {
  const acquainted = await devicesBefore(await openToyCiphers(-1, true), false);
  const begin = async () => {
    const options = { people: 2, putBack: 'never' } as const;
    const life = await DeviceLife.begin(2, await openToyCiphers(2, true), acquainted, options);
    await life.calm();
    const [by, other] = life.devicesOf('alice');
    assert.ok(by !== undefined && other !== undefined);
    life.thefts.push({ state: other.state, of: other, thief: undefined, revoked: undefined });
    return { life, by, other };
  };
  const whole = await begin();
  const steps = await stepsOf({ life: whole.life, founder: whole.by }, () => {
    void whole.by.client?.revokeDevice(whole.other.key, 'stolen');
  });
  whole.life.end();
  const stride = Math.max(1, Math.ceil(steps / (2 * killsOfEach)));
  for (let at = 1; at <= steps; at += stride) {
    const { life, by, other } = await begin();
    void by.client?.revokeDevice(other.key, 'stolen');
    for (let step = 0; step < at; step++) await life.world.fate.step(true);
    by.kill();
    await by.start();
    await life.world.calm(
      () => by.isIn,
      () => life.where(),
    );
    // Its person does not know whether it was done.
    await life.revoke(by, other);
    if (life.devices.includes(other)) life.isOut(other, by);
    await life.calm();
    await life.farewell();
    try {
      await checkLife(life);
    } catch (cause) {
      throw new Error(`killed after step ${at} of ${steps}: ${String(cause)}`, { cause });
    }
  }
  t.diagnostic(`${steps} steps`);
});

describe('kill -9 at each step of founding', () => {
  let from: DevicesBefore;
  before(async () => {
    from = await devicesBefore(await openToyCiphers(-1, true), true);
  });
  for (const [what, { act, conversation }] of Object.entries(rooms)) {
    for (const victim of ['its founder', 'the server'] as const) {
      test(`${what}: ${victim} is killed`, async (t) => {
        const isOwn = conversation === '@alice';
        const whole = await scene(from, isOwn);
        const steps = await stepsOf(whole, act);
        whole.life.end();
        const stride = Math.max(1, Math.ceil(steps / killsOfEach));
        for (let at = 1; at <= steps; at += stride) {
          const { life, founder } = await scene(from, isOwn);
          act({ life, founder });
          for (let step = 0; step < at; step++) await life.world.fate.step(true);
          if (victim === 'its founder') founder.kill();
          else await life.world.restartServer();
          await life.calm();
          // What did not get to the disk is the person's to repeat.
          if (conversation === '#h' && life.world.linesOf('#h').length === 0)
            await life.after(founder.client?.sealGroup('h', 'open'));
          if (!isOwn || life.devicesOf('alice').length < 2) act({ life, founder });
          await life.calm();
          const told = `killed after step ${at} of ${steps}`;
          const lines = life.world.linesOf(conversation);
          assert.equal(lines.filter(({ kind }) => kind === 'found').length, 1, told);
          await life.farewell();
          try {
            await checkLife(life);
          } catch (cause) {
            throw new Error(`${told}: ${String(cause)}`, { cause });
          }
        }
        t.diagnostic(`${steps} steps`);
      });
    }
  }
});
