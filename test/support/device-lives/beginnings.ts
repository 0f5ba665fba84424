// What simulated lives of people with several devices begin with, made once, and such a life from its beginning to its end.
import type { Device } from '../../../src/e2ee/device.ts';
import { Dice } from '../lives/fate.ts';
import { openToyCiphers, type Ciphers } from '../lives/toy-ciphers.ts';
import { DeviceLife, people, type DeviceLifeOptions, type DevicesBefore } from './device-life.ts';
import { nothingBefore } from './device-world.ts';

/** People with two devices each, in a sealed group, who have recovery words. `areStrangers`: with no rooms of two yet. */
export async function devicesBefore(
  ciphers: Ciphers,
  areStrangers: boolean,
): Promise<DevicesBefore> {
  const recovery = new Map<string, Device>();
  const before = { ...nothingBefore(), areStrangers, devices: [], recovery };
  const life = await DeviceLife.begin(0, ciphers, before, { people: 3, putBack: 'never' });
  for (const name of life.names) life.devices.push(await life.fresh(name));
  for (const device of life.devices) await device.start();
  await life.calm();
  const [alice, ...others] = life.devices;
  await life.after(alice?.client?.sealGroup('g', 'open'));
  for (const { client } of others) await life.after(client?.joinSealed('g'));
  for (const device of areStrangers ? [] : life.devices) {
    for (const place of life.placesOf(device.name)) {
      life.speak(device, place);
      await life.calm();
    }
  }
  for (const device of life.devices.slice()) {
    await life.link(device);
    await life.calm();
  }
  for (const device of life.devices.slice(0, people.length)) {
    const key = device.recoveryKey();
    await life.after(key);
    recovery.set(device.name, await key);
  }
  life.end();
  return {
    identity: life.world.identity,
    server: life.world.disk.kept,
    devices: life.devices.map(({ state }) => state),
    areStrangers,
    recovery,
  };
}

export interface Beginnings {
  readonly strangers: DevicesBefore;
  readonly acquainted: DevicesBefore;
}

export async function makeDeviceBeginnings(): Promise<Beginnings> {
  const ciphers = await openToyCiphers(-1, true);
  return {
    strangers: await devicesBefore(ciphers, true),
    acquainted: await devicesBefore(ciphers, false),
  };
}

/** Lives the life of `seed`, up to its end: what must be true then, life-end.ts checks. */
export async function liveWithDevices(
  seed: number,
  { strangers, acquainted }: Beginnings,
  options: DeviceLifeOptions = {},
): Promise<DeviceLife> {
  const before = new Dice(seed ^ 0xbe91).chance(0.2) ? strangers : acquainted;
  const life = await DeviceLife.begin(seed, await openToyCiphers(seed, true), before, options);
  const { dice } = life.world.fate;
  await life.calm();
  for (let left = dice.one([1, 2, 3]); left > 0; left--) {
    await life.storm(50 + dice.below(250));
    await life.calm();
  }
  await life.farewell();
  return life;
}
