// What a person decides in a simulated life where the server shows another list of devices than before: a server that was put
// back and does not say so looks like one that lies, and nothing is sealed until its person takes what it shows.
import assert from 'node:assert/strict';
import type { DeviceWorld } from './device-world.ts';
import type { LifeDevice } from './life-device.ts';

/** Whether anybody had to decide. `mayBe`: whether the server gives reason to. */
export async function decideAboutServer(
  world: DeviceWorld,
  devices: readonly LifeDevice[],
  mayBe: boolean,
): Promise<boolean> {
  const alarmed = devices.filter(({ isAlarmed, isIn }) => isAlarmed && isIn);
  for (const device of alarmed) {
    assert.ok(mayBe, `${device.label} takes what the server shows for a lie`);
    world.fate.emit(`the person of ${device.label} takes what the server shows`);
    await world.finish(device.client?.acceptDirectory(), device.body);
    device.isAlarmed = false;
  }
  return alarmed.length > 0;
}
