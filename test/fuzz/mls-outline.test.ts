// The outline of a commit is read as the library wrote it, and of nothing else: cut, lengthened or altered bytes give
// none, or one that is in a form that commits have; none throws, and none takes long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCommitData } from '../../src/e2ee/group/authenticated-data.ts';
import { decodeUtf8 } from '../../src/lib/bytes.ts';
import { maxCommitBytes, outlineOf } from '../../src/wire/mls-outline.ts';
import { createAccount, enter, gather, remove, rotate } from '../support/group.ts';

const begun = await gather('alice', 'bob', 'carol');
const [alice, bob, carol] = begun.accounts;
const rotated = await rotate(begun, 1);
const removed = await remove(rotated, 0, [1, 2]);
const entered = await enter(removed, await createAccount('dave'));
/** bob and carol enter, bob rotates, alice removes both, dave enters. */
const { commits } = entered;

test('outlines say who has made a commit, on which leaf, of which group, and whom it removes', () => {
  const outlines = commits.map(outlineOf);
  assert.deepEqual(
    outlines.map((outline) => outline?.sender),
    [
      { kind: 'newcomer' },
      { kind: 'newcomer' },
      { kind: 'member', leaf: 1 },
      { kind: 'member', leaf: 0 },
      { kind: 'newcomer' },
    ],
  );
  assert.deepEqual(
    outlines.map((outline) => outline?.removed),
    [[], [], [], [1, 2], []],
  );
  assert.deepEqual(
    outlines.map((outline) => outline?.epoch),
    [0, 1, 2, 3, 4],
  );
  const keys = outlines.map((outline) => outline?.signatureKey);
  const devices = [bob, carol, bob, alice].map((one) => one?.device.publicKey);
  assert.deepEqual(keys.slice(0, 4), devices);
  const names = outlines.map((outline) =>
    decodeUtf8(outline?.identity.subarray(17) ?? new Uint8Array()),
  );
  assert.deepEqual(names, ['bob', 'carol', 'bob', 'alice', 'dave']);
  const kinds = outlines.map(
    (one) => decodeCommitData(one?.authenticatedData ?? new Uint8Array())?.kind,
  );
  assert.deepEqual(kinds, ['enter', 'enter', 'rotate', 'remove', 'enter']);
  assert.equal(new Set(outlines.map((outline) => outline?.groupId.join())).size, 1);
});

test('a commit that is cut anywhere, or has a byte more, has no outline', () => {
  for (const commit of commits) {
    for (let end = 0; end < commit.length; end++) {
      assert.equal(outlineOf(commit.subarray(0, end)), undefined, `${end} of ${commit.length}`);
    }
    assert.equal(outlineOf(Uint8Array.of(...commit, 0)), undefined);
  }
});

test('altered and made up bytes throw nothing, and take no longer than their length', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...commits),
      fc.array(change, { minLength: 1 }),
      (commit, changes) => {
        const bytes = commit.slice();
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        const outline = outlineOf(bytes);
        assert.ok(outline === undefined || outline.removed.length * 7 < bytes.length);
      },
    ),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(outlineOf(bytes), undefined);
    }),
  );
});

test('a commit of more bytes than a line carries has no outline, whatever is in it', () => {
  const [commit = new Uint8Array()] = commits;
  const long = new Uint8Array(maxCommitBytes + 1);
  long.set(commit);
  assert.equal(outlineOf(long), undefined);
});
