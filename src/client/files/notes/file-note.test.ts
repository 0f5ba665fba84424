import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FileWorld } from '../../../../test/support/worlds/file-world.ts';
import type { Username } from '../../../wire/text.ts';
import { cutName } from '../cut-name.ts';
import { decodeFileNote, encodeFileNote, type FileNote, type FileNoteBody } from './file-note.ts';
import { maxIncomingPerPeer } from '../limits.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (length: number) => bytes(length).map((array) => Buffer.from(array).toString('hex'));
const form = fc.constantFrom('bytes' as const, 'text' as const);

const body: fc.Arbitrary<FileNoteBody> = fc.oneof(
  fc.record({
    kind: fc.constant('offer' as const),
    token: bytes(48),
    form,
    size: fc.maxSafeNat(),
    sha256: bytes(32),
    key: bytes(32),
    name: fc.string({ unit: 'grapheme' }),
  }),
  fc.record({
    kind: fc.constant('pending' as const),
    attempt: hex(8),
    why: fc.constantFrom('asked' as const, 'busy' as const, 'reading' as const),
  }),
  fc.record({
    kind: fc.constant('accept' as const),
    attempt: hex(8),
    form,
    fromChunk: fc.maxSafeNat(),
  }),
  fc.record({
    kind: fc.constant('end' as const),
    reason: fc.constantFrom('declined' as const, 'corrupted' as const, 'gone' as const),
  }),
  fc.record({ kind: fc.constantFrom('done' as const, 'want' as const) }),
);
const note: fc.Arbitrary<FileNote> = fc.record({ id: hex(16), body });

test('every note comes back from its bytes, and has no other encoding', () => {
  fc.assert(
    fc.property(note, (made) => {
      const encoded = encodeFileNote(made);
      assert.deepEqual(decodeFileNote(encoded), structuredClone(made));
      const read = decodeFileNote(encoded);
      assert.ok(read);
      assert.deepEqual(encodeFileNote(read), encoded);
    }),
  );
});

test('truncated, extended and altered notes are refused, or are another note altogether', () => {
  fc.assert(
    fc.property(note, fc.nat(), fc.nat(255), (made, where, value) => {
      const encoded = encodeFileNote(made);
      const cut = decodeFileNote(encoded.subarray(0, where % encoded.length));
      // Only the name was cut, to the length that is left for it.
      if (cut !== undefined) assert.equal(made.body.kind, 'offer');
      const longer = decodeFileNote(Buffer.concat([encoded, Buffer.of(65)]));
      if (longer !== undefined) assert.equal(made.body.kind, 'offer');
      const altered = Uint8Array.from(encoded);
      altered[where % encoded.length] = value;
      const read = decodeFileNote(altered);
      if (read !== undefined) assert.deepEqual(encodeFileNote(read), altered);
    }),
  );
});

test('names are cut between characters, and keep their ending', () => {
  assert.equal(cutName('report.pdf', 20), 'report.pdf');
  assert.equal(cutName(`${'x'.repeat(30)}.pdf`, 20), `${'x'.repeat(16)}.pdf`);
  assert.equal(cutName('é'.repeat(20), 21), 'é'.repeat(10));
  assert.equal(cutName(`a.${'y'.repeat(30)}`, 20), `a.${'y'.repeat(18)}`);
});

/** Notes and lines that another program could send: well-formed lies. */
const hostileNote = fc.oneof(
  { weight: 4, arbitrary: note.map(encodeFileNote) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);

test('hostile notes and lines in any order break nothing, and nothing grows without bound', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: hostileNote, announce: fc.boolean(), port: fc.boolean() }), {
        maxLength: 120,
        size: 'max',
      }),
      fc.boolean(),
      async (acts, isTrusted) => {
        const world = new FileWorld();
        const bob = world.join('bob');
        const eve = world.join('eve');
        // Eve has another program than this one.
        eve.transfers = undefined;
        const standing = isTrusted ? 'pinned' : 'changed';
        for (const { bytes, announce, port } of acts) {
          const { transfers } = bob;
          await transfers?.noted('eve' as Username, bytes, { key: eve.key, standing });
          const read = decodeFileNote(bytes);
          if (announce && read?.body.kind === 'offer') {
            const metadata = Buffer.from(read.body.token).toString('base64url');
            transfers?.receive({
              verb: 'FILE_TRANS',
              from: 'eve' as Username,
              metadata: metadata as never,
            });
          }
          if (port) transfers?.receive({ verb: 'OPEN_PORT_TO_RECEIVE', port: 9 });
          if (port)
            transfers?.receive({
              verb: 'READY_FOR_FILE',
              to: 'eve' as Username,
              metadata: 'x' as never,
              port: 9,
            });
          transfers?.refused('no-such-user');
          transfers?.refused('no-such-offer');
          await world.breathe();
        }
        const open = bob.shown.filter(({ state }) => !['saved', 'ended'].includes(state.phase));
        assert.ok(open.length <= maxIncomingPerPeer);
        assert.deepEqual(bob.disk.saved, []);
        for (const { direction } of bob.shown) assert.equal(direction, 'incoming');
        await bob.leave('quit');
        await world.pass(600_000, 60_000);
        assert.equal(world.timers.running, 0);
      },
    ),
    { numRuns: 60, includeErrorInReport: true },
  );
});

test('a flood of offers from one person stops at the cap, and the others are not in its way', async () => {
  const world = new FileWorld();
  const bob = world.join('bob');
  const alice = world.join('alice');
  bob.acceptUpTo = 0;
  bob.enter();
  const offer = (): Uint8Array =>
    encodeFileNote({
      id: randomBytes(16).toString('hex'),
      body: {
        kind: 'offer',
        token: randomBytes(48),
        form: 'bytes',
        size: 5,
        sha256: randomBytes(32),
        key: randomBytes(32),
        name: 'x',
      },
    });
  const flood = { key: randomBytes(32), standing: 'pinned' } as const;
  for (let at = 0; at < 1000; at++) await bob.transfers?.noted('eve' as Username, offer(), flood);
  alice.file('/y', Buffer.from('y'));
  await alice.transfers?.send({ kind: 'direct', user: 'bob' as Username }, '/y');
  await world.settle();
  assert.deepEqual(bob.story, ['asking: large']);
  assert.ok((await bob.transfers?.accept(undefined))?.ok);
  await world.settle();
  assert.deepEqual(
    bob.disk.saved.map(({ name }) => name),
    ['y'],
  );
});
