// What is known of devices, from the pins and the decisions about keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryKnownServers } from '../../../../test/support/memory/memory-servers.ts';
import { MemoryPins } from '../../../../test/support/memory/memory-pins.ts';
import { suite } from '../../../../test/support/pair.ts';
import { createDevice } from '../../../e2ee/device.ts';
import { Devices } from './devices.ts';
import { TrustBook } from './trust-book.ts';

const first = new Uint8Array(32).fill(1);
const second = new Uint8Array(32).fill(2);

async function createStage(as: 'account' | 'guest' | undefined = 'account') {
  const pins = Object.assign(new MemoryPins(), { since: () => Promise.resolve(5) });
  const trusts = new TrustBook(pins, () => {});
  const knownServers = new MemoryKnownServers();
  const device = await createDevice(suite);
  const world = {
    server: 'here:1',
    trusts,
    certificate: () => undefined,
    as: () => as,
    connections: () => Promise.resolve(2),
  };
  return {
    trusts,
    knownServers,
    device,
    devices: new Devices({ device, knownServers, pins }, world),
  };
}

test('somebody: not met, seen, compared, changed, and taken', async () => {
  const { devices, trusts } = await createStage();
  assert.equal(await devices.of('eve'), undefined);
  const trust = trusts.of('eve');
  await trust.judge(first);
  const seen = { key: first, standing: 'seen', since: 5, other: undefined, count: 1 };
  assert.deepEqual(await devices.of('eve'), seen);
  await trust.accept(true);
  assert.deepEqual(await devices.of('eve'), { ...seen, standing: 'compared' });
  await trust.judge(second);
  assert.deepEqual(await devices.of('eve'), { ...seen, standing: 'changed', other: second });
  trust.keepPinned();
  assert.deepEqual(await devices.of('eve'), { ...seen, standing: 'compared' });
});

test('this device: the key, the server, and other programs for accounts alone', async () => {
  const { devices, device, knownServers } = await createStage();
  await knownServers.rememberIdentity('here:1', second);
  const own = await devices.own();
  assert.deepEqual(own, {
    key: device.publicKey,
    file: undefined,
    as: 'account',
    programs: 2,
    serverIdentity: second,
    serverCertificate: undefined,
    devices: undefined,
  });
  const guest = await createStage('guest');
  assert.equal((await guest.devices.own()).programs, undefined);
});
