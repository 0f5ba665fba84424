// A side of a linking, or the server, is killed at each step of it (simulated: after a line, a write, a timer). In the end the
// new device is whole or there is none: the account has no device that nobody can use. Both sides are told what happened.
// Some of the steps; LINKING_STEPS=all takes all of them.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { devicesBefore } from '../support/device-lives/beginnings.ts';
import { DeviceLife, type DevicesBefore } from '../support/device-lives/device-life.ts';
import { checkLife } from '../support/device-lives/life-end.ts';
import type { LifeDevice } from '../support/device-lives/life-device.ts';
import type { LinkingAct } from '../support/device-lives/linking-act.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';

const killsOfEach = process.env['LINKING_STEPS'] === 'all' ? Infinity : 4;

interface Scene {
  readonly life: DeviceLife;
  readonly old: LifeDevice;
  readonly act: LinkingAct;
}

async function begin(acquainted: DevicesBefore): Promise<Scene> {
  const options = { people: 2, putBack: 'never' } as const;
  const life = await DeviceLife.begin(3, await openToyCiphers(3, true), acquainted, options);
  await life.calm();
  const [old] = life.devicesOf('alice');
  assert.ok(old);
  await life.link(old);
  const [act] = life.linkings;
  assert.ok(act);
  return { life, old, act };
}

/** How many steps there are until the new device has logged in. */
async function stepsOf({ life, act }: Scene): Promise<number> {
  let steps = 0;
  do {
    await life.world.fate.step(true);
    steps += 1;
  } while (act.fate === 'open');
  assert.equal(act.fate, 'joined');
  return steps;
}

/** Each kills somebody, and does what their people do then. */
const victims: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'the new device': async ({ life, act }) => {
    const { fresh } = act;
    // Its person starts the chat where there is a key, as the words of a second helo link advise.
    if (act.killNew() === 'has none') return;
    await life.calm();
    await fresh.start();
    await life.world.calm(
      () => true,
      () => life.where(),
    );
    if (!fresh.isIn) fresh.kill();
    else {
      act.fate = 'joined';
      life.devices.push(fresh);
    }
  },
  'the old device': async ({ old }) => {
    old.kill();
    await old.start();
  },
  'the server': async ({ life }) => life.world.restartServer(),
};

describe('kill -9 at each step of linking', () => {
  let from: DevicesBefore;
  before(async () => {
    from = await devicesBefore(await openToyCiphers(-1, true), false);
  });
  for (const [victim, kill] of Object.entries(victims)) {
    test(`${victim} is killed`, async (t) => {
      const whole = await begin(from);
      const steps = await stepsOf(whole);
      whole.life.end();
      const stride = Math.max(1, Math.ceil(steps / killsOfEach));
      const ends: string[] = [];
      for (let at = 1; at < steps; at += stride) {
        const scene = await begin(from);
        const { life, act } = scene;
        for (let step = 0; step < at; step++) await life.world.fate.step(true);
        const where = `killed after step ${at} of ${steps}`;
        try {
          await kill(scene);
          await life.calm();
          const isIn = life.devices.includes(act.fresh);
          ends.push(`${where}: ${isIn ? 'in' : 'not in'}; ${act.told.join(', ')}`);
          // Who was not killed has an answer.
          if (victim !== 'the new device') assert.ok(isIn || act.told.some(isOf('new')), 'untold');
          await life.farewell();
          await checkLife(life);
        } catch (cause) {
          throw new Error(`${where}: ${act.told.join(', ')}: ${String(cause)}`, { cause });
        }
      }
      for (const end of ends) t.diagnostic(end);
    });
  }
});

function isOf(side: 'new' | 'old'): (told: string) => boolean {
  return (told) => told.startsWith(side);
}
