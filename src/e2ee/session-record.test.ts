import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alice, bob, codeOf, converse, openBytes, suite, value } from '../../test/support/pair.ts';
import { encodeUtf8, equalBytes } from '../lib/bytes.ts';
import type { Device } from './device.ts';
import { encodeDevice } from './device.ts';
import { mls } from './mls.ts';
import { seal, type PairSession } from './pair-session.ts';
import { decodeSession, encodeSession } from './session-record.ts';

/** The session, decoded from its record. */
function again(session: PairSession, device: Device, me: string): PairSession {
  return value(decodeSession(suite, device, me, encodeSession(session)));
}

test('a conversation goes on through its records, whichever messages are overtaken or come twice', async () => {
  const step = fc.record({
    from: fc.constantFrom('a' as const, 'b' as const),
    deliver: fc.constantFrom('now' as const, 'later' as const, 'twice' as const),
    keep: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const made = await converse();
      const sides = { a: made.a, b: made.b };
      const late: { to: 'a' | 'b'; bytes: Uint8Array; text: string }[] = [];
      const read = async (to: 'a' | 'b', bytes: Uint8Array, text: string): Promise<void> => {
        const opened = value(await openBytes(sides[to], bytes));
        assert.deepEqual(opened.content, encodeUtf8(text));
        sides[to] = opened.session;
      };
      for (const [number, { from, deliver, keep }] of steps.entries()) {
        const to = from === 'a' ? 'b' : 'a';
        const text = `text ${number}`;
        if (keep) {
          sides.a = again(sides.a, alice, 'alice');
          sides.b = again(sides.b, bob, 'bob');
        }
        const sealed = await seal(sides[from], encodeUtf8(text));
        sides[from] = sealed.session;
        if (deliver === 'later') late.push({ to, bytes: sealed.bytes, text });
        else await read(to, sealed.bytes, text);
        if (deliver !== 'twice') continue;
        const restored = again(sides[to], to === 'a' ? alice : bob, to === 'a' ? 'alice' : 'bob');
        assert.equal(codeOf(await openBytes(restored, sealed.bytes)), 'already-read');
      }
      for (const { to, bytes, text } of late.reverse()) await read(to, bytes, text);
    }),
    { numRuns: 25 },
  );
});

test('what is used up in memory stays whole in the record that was decoded', async () => {
  const { a, b } = await converse();
  const record = encodeSession(b);
  const copy = record.slice();
  const first = await seal(a, encodeUtf8('first'));
  const decoded = value(decodeSession(suite, bob, 'bob', record));
  value(await openBytes(decoded, first.bytes));
  assert.deepEqual(record, copy);
  const opened = value(await openBytes(again(b, bob, 'bob'), first.bytes));
  assert.deepEqual(opened.content, encodeUtf8('first'));
});

test('the record names group, peer and key, and holds no signing key', async () => {
  const { a, b } = await converse();
  const record = encodeSession(a);
  const decoded = value(decodeSession(suite, alice, 'alice', record));
  assert.deepEqual(
    [decoded.groupId, decoded.peer, decoded.peerKey],
    [b.groupId, 'bob', bob.publicKey],
  );
  const { signKey } = alice[mls];
  const holds = (bytes: Uint8Array): boolean =>
    bytes.some((_, at) => equalBytes(bytes.subarray(at, at + signKey.length), signKey));
  assert.ok(holds(encodeDevice(alice)), 'the search finds a key where there is one');
  assert.ok(!holds(record));
});

test('records of others, other versions, truncated, lengthened and altered ones are refused or harmless', async () => {
  const { a, b } = await converse();
  const record = encodeSession(a);
  assert.equal(codeOf(decodeSession(suite, bob, 'bob', record)), 'other-device');
  assert.equal(codeOf(decodeSession(suite, alice, 'alicia', record)), 'other-device');
  assert.equal(
    codeOf(decodeSession(suite, alice, 'alice', Uint8Array.of(2, ...record.subarray(1)))),
    'malformed',
  );
  assert.equal(
    codeOf(decodeSession(suite, alice, 'alice', Uint8Array.of(...record, 0))),
    'malformed',
  );
  for (let length = 0; length < record.length; length++) {
    const cut = decodeSession(suite, alice, 'alice', record.subarray(0, length));
    assert.equal(codeOf(cut), 'malformed', `${length} bytes`);
  }
  for (let at = 0; at < record.length; at += 3) {
    const altered = record.slice();
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    const decoded = decodeSession(suite, alice, 'alice', altered);
    if (decoded.ok) assert.equal(decoded.value.peer.length, 'bob'.length);
  }
  const sealed = await seal(b, encodeUtf8('still there'));
  assert.equal(codeOf(await openBytes(again(a, alice, 'alice'), sealed.bytes)), 'none');
});
