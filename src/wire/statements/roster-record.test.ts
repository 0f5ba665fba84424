import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ciphers, groupIdOf, Signer, Somebody, sureOf } from '../../../test/support/statements.ts';
import type { GroupName, Username } from '../text.ts';
import {
  banReasons,
  encodeRecord,
  groupModes,
  maxAdmins,
  maxAdmitted,
  maxRecordBytes,
  outWords,
  parseRecord,
  recordToSign,
  type RecordBody,
  type RecordContent,
} from './roster-record.ts';
import { checkStatement } from './statement.ts';

const signer = new Signer('alice');
const groupId = groupIdOf('lunch');
const prev = ciphers.sha256(groupId);
const suite = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';

const root16 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => new Uint8Array(bytes));
const name = fc.stringMatching(/^\w{1,32}$/).map((text) => text as Username);
const mode = fc.constantFrom(...groupModes);
const roots = (maxLength: number) =>
  fc.uniqueArray(root16, { minLength: 1, maxLength, selector: String });

const body: fc.Arbitrary<RecordBody> = fc.oneof(
  fc.record({
    kind: fc.constant('charter' as const),
    group: name.map((text) => text as string as GroupName),
    mode,
    suite: fc.constantFrom(suite, 'other'),
    admins: roots(4),
  }),
  fc.tuple(roots(5), fc.array(name, { minLength: 5, maxLength: 5 })).map(([all, names]) => ({
    kind: 'admit' as const,
    people: all.map((root, at) => ({ root16: root, name: names[at] ?? ('x' as Username) })),
  })),
  fc.record({ kind: fc.constant('out' as const), root16, word: fc.constantFrom(...outWords) }),
  fc.constant({ kind: 'leave' as const }),
  fc.record({ kind: fc.constant('admins' as const), admins: roots(4) }),
  fc.record({ kind: fc.constant('settings' as const), mode }),
  fc.record({
    kind: fc.constant('refound' as const),
    next: fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => new Uint8Array(bytes)),
    suite: fc.constant(suite),
  }),
  roots(6).chain((all) =>
    fc.integer({ min: 1, max: all.length }).map((owners) => ({
      kind: 'roles' as const,
      owners: all.slice(0, owners),
      moderators: all.slice(owners),
    })),
  ),
  fc.record({ kind: fc.constant('silence' as const), root16, until: fc.maxSafeNat() }),
  fc.record({ kind: fc.constantFrom('unsilence' as const, 'unban' as const), root16 }),
  fc.record({
    kind: fc.constant('ban' as const),
    root16,
    name,
    until: fc.maxSafeNat(),
    reason: fc.constantFrom(...banReasons),
  }),
  fc.record({
    kind: fc.constant('rules' as const),
    slow: fc.integer({ min: 0, max: 21_600 }),
    announce: fc.boolean(),
    isPublic: fc.boolean(),
  }),
);

const content: fc.Arbitrary<RecordContent> = fc
  .record({ n: fc.maxSafeNat(), at: fc.maxSafeNat(), body, root16 })
  .map((parts) => ({ groupId, prev, device: signer.key, ...parts }));

function signed(made: RecordContent): Uint8Array {
  return encodeRecord(made, signer.sign(recordToSign(made)));
}

function parses(said: RecordBody): boolean {
  const made = { groupId, n: 1, prev, at: 1, body: said, root16: groupId.slice(0, 16) };
  return parseRecord(signed({ ...made, device: signer.key })) !== undefined;
}

test('records come back as they were made, and are hashed as a whole', () => {
  fc.assert(
    fc.property(content, (made) => {
      const bytes = signed(made);
      const { claims, hash, bytes: whole, ...found } = sureOf(parseRecord(bytes));
      assert.deepEqual(found, { ...made, body: { ...made.body } });
      assert.deepEqual([whole, hash, claims.length], [bytes, ciphers.sha256(bytes), 1]);
    }),
    { numRuns: 200 },
  );
});

test('a record with one byte altered, cut off or behind it is none', () => {
  fc.assert(
    fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, place, change) => {
      const bytes = signed(made);
      const altered = bytes.slice();
      const at = place % bytes.length;
      altered[at] = (altered[at] ?? 0) ^ change;
      const record = parseRecord(altered);
      assert.ok(record === undefined || checkStatement(record, ciphers) === undefined);
      assert.equal(parseRecord(bytes.subarray(0, at)), undefined);
      assert.equal(parseRecord(Uint8Array.of(...bytes, change)), undefined);
    }),
    { numRuns: 300 },
  );
});

test('every byte of a charter is covered by its signature', () => {
  const { bytes } = new Somebody('alice').charter(groupId);
  for (let at = 0; at < bytes.length; at++) {
    const altered = bytes.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    const record = parseRecord(altered);
    assert.ok(record === undefined || checkStatement(record, ciphers) === undefined, `byte ${at}`);
  }
});

test('lists that are empty, too long or name somebody twice are refused', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      ciphers.sha256(Uint8Array.of(at, at >> 8)).slice(0, 16),
    );
  const people = (count: number) =>
    many(count).map((root) => ({ root16: root, name: 'n'.repeat(32) as Username }));
  const [first] = many(1);
  assert.ok(first);
  for (const [admins, fits] of [
    [many(1), true],
    [many(maxAdmins), true],
    [many(maxAdmins + 1), false],
    [[], false],
    [[first, first], false],
    [[first.slice(1)], false],
  ] as const) {
    assert.equal(parses({ kind: 'admins', admins }), fits, `${admins.length} admins`);
  }
  assert.ok(parses({ kind: 'admit', people: people(maxAdmitted) }));
  assert.ok(!parses({ kind: 'admit', people: people(maxAdmitted + 1) }));
  assert.ok(!parses({ kind: 'admit', people: [] }));
  assert.ok(!parses({ kind: 'admit', people: [...people(1), ...people(1)] }));
});

test('names, modes, suites and group ids of another form are refused', () => {
  const charter = {
    kind: 'charter',
    group: 'lunch',
    mode: 'open',
    suite,
    admins: [groupId.slice(1)],
  };
  const fits = (change: object) => parses({ ...charter, ...change } as RecordBody);
  assert.ok(fits({}));
  assert.ok(!fits({ group: 'a b' }));
  assert.ok(!fits({ group: '' }));
  assert.ok(!fits({ mode: 'shut' }));
  assert.ok(!fits({ suite: '' }));
  assert.ok(!fits({ suite: 'x'.repeat(65) }));
  assert.ok(!parses({ kind: 'refound', next: new Uint8Array(15), suite }));
  assert.ok(!parses({ kind: 'refound', next: new Uint8Array(65), suite }));
});

test('random bytes are no record, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      assert.equal(parseRecord(bytes), undefined);
    }),
  );
  assert.equal(parseRecord(new Uint8Array(maxRecordBytes + 1)), undefined);
});
