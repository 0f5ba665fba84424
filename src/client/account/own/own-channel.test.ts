// Notes between the devices of an account: what becomes of one that cannot be kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientChange } from '../../store/store-port.ts';
import { AccountQueue } from '../account-queue.ts';
import { OwnChannel, type OwnChannelPorts } from './own-channel.ts';

test('whoever waits for a note learns that nothing is stored any more', async () => {
  const full = new Error('the disk is full');
  const queue = new AccountQueue({ write: async () => Promise.reject(full) }, () => {});
  await assert.rejects(queue.writer.write([{ type: 'stream' } as unknown as ClientChange]), full);
  const ports = {
    chain: { get: async () => ({ chain: { devices: ['this', 'another'] } }) },
    now: () => 1,
    work: queue.add,
  } as unknown as OwnChannelPorts;
  await assert.rejects(new OwnChannel(ports).send('read', 1));
});
