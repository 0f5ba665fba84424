import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { alice, bob, codeOf, suite, value } from '../../test/support/pair.ts';
import { joinSession, readWelcome } from './join-session.ts';
import { decodePendingKeyPackage, encodePendingKeyPackage } from './key-package-record.ts';
import { createKeyPackage, readKeyPackage, type PendingKeyPackage } from './key-package.ts';
import { mls } from './mls.ts';
import { startSession } from './start-session.ts';

const day = 86_400_000;

/** A Welcome that alice makes for `pending`. */
async function welcomeFor(pending: PendingKeyPackage, nowMs: number): Promise<Uint8Array> {
  const read = value(await readKeyPackage(suite, pending.bytes, 'bob', nowMs));
  return value(await startSession(suite, alice, 'alice', read, nowMs)).welcome;
}

test('a key package serves from its record, which stays whole', async () => {
  const pending = await createKeyPackage(suite, bob, 'bob', Date.now());
  const record = encodePendingKeyPackage(pending);
  const sealed = value(readWelcome(await welcomeFor(pending, Date.now())));
  for (const time of ['once', 'and once more']) {
    const decoded = value(await decodePendingKeyPackage(suite, bob, record));
    assert.equal(decoded.reference, pending.reference);
    const joined = await joinSession(suite, bob, 'bob', decoded, sealed, 'alice');
    assert.equal(codeOf(joined), 'none', time);
    assert.ok(
      decoded[mls].secret.initPrivateKey.every((byte) => byte === 0),
      'wiped',
    );
  }
});

test('a Welcome that waited for longer than its key package is good for can still be entered, if asked so', async () => {
  const then = Date.now() - 60 * day;
  mock.timers.enable({ apis: ['Date'], now: then });
  const pending = await createKeyPackage(suite, bob, 'bob', then);
  const sealed = value(readWelcome(await welcomeFor(pending, then)));
  mock.timers.reset();
  const record = encodePendingKeyPackage(pending);
  const enter = async (lifetime: 'current' | 'any'): Promise<string> => {
    const decoded = value(await decodePendingKeyPackage(suite, bob, record));
    return codeOf(await joinSession(suite, bob, 'bob', decoded, sealed, 'alice', lifetime));
  };
  assert.equal(await enter('current'), 'unreadable');
  assert.equal(await enter('any'), 'none');
});

test('records of another device, truncated, lengthened or of another version are refused', async () => {
  const record = encodePendingKeyPackage(await createKeyPackage(suite, bob, 'bob', Date.now()));
  const read = async (bytes: Uint8Array, device = bob): Promise<string> =>
    codeOf(await decodePendingKeyPackage(suite, device, bytes));
  assert.equal(await read(record), 'none');
  assert.equal(await read(record, alice), 'other-device');
  assert.equal(await read(Uint8Array.of(...record, 0)), 'malformed');
  assert.equal(await read(Uint8Array.of(...record, 0, 0)), 'malformed');
  assert.equal(await read(Uint8Array.of(9, ...record.subarray(1))), 'malformed');
  for (let length = 0; length < record.length; length++) {
    assert.equal(await read(record.subarray(0, length)), 'malformed', `${length} bytes`);
  }
});
