import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GroupName } from '../../wire/text.ts';
import type { KeptFileContent } from './file-content.ts';
import { decodeRecord, encodeRecord, type TransferRecord } from './records.ts';

const bytes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  // Platforms have kinds of their own, which turn into something else as JSON.
  .chain((array) => fc.constantFrom(array, Buffer.from(array)));
const id = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const common = { id, peer: text, savedAtMs: fc.maxSafeNat() };
const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
const file: fc.Arbitrary<KeptFileContent> = fc.record(
  {
    kind: fc.constant('file' as const),
    at: fc.constant('kept' as const),
    name: fc.string({ minLength: 1, maxLength: 30 }),
    size: fc.maxSafeNat(),
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    upload: id,
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    salts: salt.map((made) => [{ fromChunk: 0, salt: made }]),
  },
  { noNullPrototype: true },
);
const records: fc.Arbitrary<TransferRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('outgoing' as const),
    ...common,
    peerKey: fc.option(bytes, { nil: undefined }),
    source: fc.record(
      { path: text, name: text, size: fc.maxSafeNat(), modified: text },
      { noNullPrototype: true },
    ),
    sha256: bytes,
    key: bytes,
  }),
  fc.record({
    kind: fc.constant('incoming' as const),
    ...common,
    peerKey: bytes,
    name: text,
    size: fc.maxSafeNat(),
    sha256: bytes,
  }),
  fc.record(
    {
      kind: fc.constant('outgoing' as const),
      ...common,
      peerKey: fc.constant(undefined),
      source: fc.constant({ path: '/a', name: 'a', size: 1, modified: '1' }),
      sha256: bytes,
      key: bytes,
      kept: fc.record(
        {
          messageId: id,
          salts: fc.array(
            fc.record({ fromChunk: fc.maxSafeNat(), salt }, { noNullPrototype: true }),
          ),
        },
        { noNullPrototype: true },
      ),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant('incoming' as const),
      ...common,
      peerKey: bytes,
      name: text,
      size: fc.maxSafeNat(),
      sha256: bytes,
      kept: fc.record(
        {
          group: fc.constant('team' as GroupName),
          isWanted: fc.boolean(),
          standing: fc.constantFrom('pinned' as const, 'verified' as const, 'changed' as const),
          file,
        },
        { noNullPrototype: true, requiredKeys: ['isWanted', 'standing', 'file'] },
      ),
    },
    { noNullPrototype: true },
  ),
  fc.record({
    kind: fc.constant('settled' as const),
    ...common,
    outcome: fc.constantFrom('saved' as const, 'refused' as const),
  }),
);

test('records come back as they were kept', () => {
  fc.assert(
    fc.property(records, (record) => {
      const plain = Object.entries(record).map(([name, value]: [string, unknown]) => [
        name,
        value instanceof Uint8Array ? Uint8Array.from(value) : value,
      ]);
      assert.deepEqual({ ...decodeRecord(encodeRecord(record)) }, Object.fromEntries(plain));
    }),
  );
});

test('what is damaged or of another version is no record', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.string({ maxLength: 3 }), (record, where, noise) => {
      const whole = encodeRecord(record);
      assert.equal(decodeRecord(whole.slice(0, where % whole.length)), undefined);
      assert.equal(decodeRecord(whole.replace('transfer 1', 'transfer 2')), undefined);
      const at = where % whole.length;
      // Whatever it is then, reading it does not throw.
      decodeRecord(whole.slice(0, at) + noise + whole.slice(at + noise.length));
    }),
  );
  for (const json of [
    'null',
    '[]',
    '{}',
    '1',
    '{"kind":"settled"}',
    '{"kind":"outgoing","id":"../x"}',
  ]) {
    assert.equal(decodeRecord(`helo transfer 1\n${json}\n`), undefined);
  }
});
