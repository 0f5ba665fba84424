import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, codeOf, suite, value } from '../../test/support/pair.ts';
import { createDevice, decodeDevice, encodeDevice } from './device.ts';
import { createKeyPackage, readKeyPackage } from './key-package.ts';

test('a device comes back from its record and signs as before', async () => {
  const device = await createDevice(suite);
  const again = value(await decodeDevice(suite, encodeDevice(device)));
  assert.deepEqual(again.publicKey, device.publicKey);
  const now = Date.now();
  const { bytes } = await createKeyPackage(suite, again, 'bob', now);
  const read = value(await readKeyPackage(suite, bytes, 'bob', now));
  assert.deepEqual(read.peerKey, device.publicKey);
});

test('each device has its own key', () => {
  assert.notDeepEqual(alice.publicKey, bob.publicKey);
});

test('altered, truncated and foreign records are refused', async () => {
  const record = encodeDevice(alice);
  for (let at = 0; at < record.length; at++) {
    const altered = record.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.notEqual(codeOf(await decodeDevice(suite, altered)), 'none', `byte ${at}`);
    assert.equal(codeOf(await decodeDevice(suite, record.subarray(0, at))), 'malformed');
  }
  assert.equal(codeOf(await decodeDevice(suite, Uint8Array.of(...record, 0))), 'malformed');
});
