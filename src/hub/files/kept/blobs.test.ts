// Blobs in the hub [13.11]: whose they are, when they are whole, how much of them is kept, and when they go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import { maxBlobBytes, type BlobKind } from '../../../wire/kept-files.ts';
import { inShort } from '../../../../test/support/sealed-stage.ts';
import { alice, bob, dayMs, KeptStage } from '../../../../test/support/kept-stage.ts';

/** Another connection of alice's. */
const sibling = 9;

function ask(
  kept: KeptStage,
  letter: string,
  blob: BlobKind,
  part: { bytes?: number; from?: number } = {},
  connection: number = alice,
) {
  return kept.ask(connection, letter, '@alice', { ...part, blob });
}

/** Brings so many bytes of a blob, of `bound`. */
function bring(kept: KeptStage, letter: string, blob: BlobKind, bytes: number, bound = bytes) {
  assert.deepEqual(inShort(ask(kept, letter, blob, { bytes: bound, from: 0 })), []);
  kept.over(kept.opened(), bytes);
  kept.clear();
}

function listed(kept: KeptStage, connection: number = alice, blob?: BlobKind) {
  kept.stage.request(connection, { verb: 'BLOBS', label: 'b', blob } as never);
  const [answer] = kept.heard(connection) as [ExtendedEventOf<'BLOBS'>];
  assert.equal(answer.verb, 'BLOBS');
  return {
    room: answer.room,
    blobs: answer.blobs.map(({ id, blob, bytes }) => [
      Buffer.from(id, 'base64url').toString('latin1').charAt(0),
      blob,
      bytes,
    ]),
  };
}

test('[13.11] a blob is listed and fetched when it is whole, by every connection of its account and by nobody else', () => {
  const kept = new KeptStage();
  bring(kept, 'a', 'backup', 60, 100);
  assert.deepEqual(listed(kept), { room: 400, blobs: [] });
  assert.deepEqual(inShort(kept.fetch(alice, 'a')), ['file-gone']);
  assert.deepEqual(inShort(ask(kept, 'a', 'backup', { bytes: 100, from: 60 })), []);
  assert.deepEqual([kept.plan.from, kept.plan.to], [60, 100]);
  kept.over(kept.opened(), 100);
  kept.clear();
  bring(kept, 'h', 'history', 20);
  kept.world.account(sibling, 'alice');
  kept.clear();
  kept.heard(sibling);
  for (const connection of [alice, sibling]) {
    assert.deepEqual(listed(kept, connection), {
      room: 380,
      blobs: [
        ['a', 'backup', 100],
        ['h', 'history', 20],
      ],
    });
    assert.deepEqual(listed(kept, connection, 'history').blobs, [['h', 'history', 20]]);
    assert.deepEqual(kept.fetch(connection, 'a', 10), []);
    assert.deepEqual([kept.plan.from, kept.plan.to], [10, 100]);
  }
  assert.deepEqual(listed(kept, bob).blobs, []);
  assert.deepEqual(inShort(kept.fetch(bob, 'a')), ['file-gone']);
  assert.deepEqual(inShort(kept.request(bob, 'DROP', 'a')), ['DROPPED']);
  assert.deepEqual(kept.files, { a: 100, h: 20 });
  assert.deepEqual(inShort(kept.request(sibling, 'DROP', 'a')), ['DROPPED']);
  assert.deepEqual(kept.files, { h: 20 });
});

test('[13.11] a whole blob stays as it is, also after a restart, and cannot be sent to anybody', () => {
  const kept = new KeptStage();
  bring(kept, 'a', 'backup', 100);
  kept.restart();
  kept.world.account(alice, 'alice');
  kept.clear();
  const [answer] = ask(kept, 'a', 'backup');
  assert.ok(typeof answer === 'object' && answer.verb === 'UPLOAD');
  assert.deepEqual([answer.have, answer.sent], [100, true]);
  assert.deepEqual(inShort(ask(kept, 'a', 'backup', { bytes: 100, from: 0 })), ['file-sent']);
  // Under its id nothing else can be brought: neither of another kind nor a file for others.
  assert.deepEqual(inShort(ask(kept, 'a', 'history', { bytes: 9, from: 0 })), ['file-unknown']);
  assert.deepEqual(inShort(kept.ask(alice, 'a', '@bob', { bytes: 9, from: 0 })), ['file-unknown']);
  const [other] = ask(kept, 'a', 'history');
  assert.ok(typeof other === 'object' && other.verb === 'UPLOAD');
  assert.deepEqual([other.have, other.sent], [0, undefined]);
  assert.deepEqual(kept.files, { a: 100 });
});

test('[13.11] a blob goes to oneself alone, is not empty, and is bounded by itself and by its own quota', () => {
  const kept = new KeptStage({ blobQuota: 500, quota: 50 });
  const code = (part: { bytes?: number; from?: number }, letter = 'x') =>
    inShort(ask(kept, letter, 'backup', { from: 0, ...part }));
  for (const place of ['@bob', '#lunch', 'lobby']) {
    const request = { bytes: 9, from: 0, blob: 'backup' } as const;
    assert.deepEqual(inShort(kept.ask(alice, 'x', place, request)), ['malformed']);
  }
  assert.deepEqual(code({ bytes: 0 }), ['malformed']);
  assert.deepEqual(code({ bytes: 501 }), ['file-too-large']);
  bring(kept, 'a', 'backup', 10, 300);
  const [refused] = ask(kept, 'b', 'history', { bytes: 201, from: 0 });
  assert.ok(typeof refused === 'object' && refused.verb === 'FAILED');
  assert.deepEqual([refused.code, refused.room], ['file-quota', 200]);
  // Files for others do not count, nor do blobs among them.
  kept.bring(alice, 'f', 50);
  bring(kept, 'b', 'history', 200);
  const large = new KeptStage({ blobQuota: undefined, total: undefined });
  assert.deepEqual(inShort(ask(large, 'x', 'backup', { bytes: maxBlobBytes + 1, from: 0 })), [
    'file-too-large',
  ]);
  assert.deepEqual(inShort(ask(large, 'x', 'backup', { bytes: maxBlobBytes, from: 0 })), []);
  assert.equal(listed(large).room, undefined);
  const few = new KeptStage({}, { maxKeptFilesPerAccount: 1 });
  bring(few, 'a', 'backup', 10);
  assert.deepEqual(inShort(ask(few, 'b', 'backup', { bytes: 9, from: 0 })), ['too-many-files']);
});

test('[13.11] a history goes after a day, a backup when it is dropped; what is not whole after a day', () => {
  const kept = new KeptStage();
  bring(kept, 'h', 'history', 10);
  bring(kept, 'b', 'backup', 10);
  bring(kept, 'p', 'backup', 10, 20);
  kept.age(dayMs - 1);
  assert.deepEqual(kept.files, { h: 10, b: 10, p: 10 });
  kept.age(1);
  assert.deepEqual(kept.files, { b: 10 });
  kept.age(1000 * dayMs);
  assert.deepEqual([kept.files, kept.stored], [{ b: 10 }, { b: 10 }]);
});

test('[13.11] blobs go with the devices of their account, and its other files with the account', () => {
  const kept = new KeptStage();
  bring(kept, 'b', 'backup', 10);
  kept.bring(alice, 'f', 10);
  assert.deepEqual(inShort(kept.say(alice, 'f') as never), ['SENT']);
  kept.stage.admin({ act: 'reset-device', name: 'alice' });
  assert.deepEqual(kept.files, { f: 10 });
  kept.stage.admin({ act: 'remove-account', name: 'alice' });
  assert.deepEqual(kept.files, {});
});

test('[13.11] a server that keeps nothing, and a connection without private conversations, say so', () => {
  const kept = new KeptStage();
  bring(kept, 'b', 'backup', 10);
  kept.stage.account(sibling, 'frank', { private: false });
  kept.stage.request(sibling, { verb: 'BLOBS', label: 'b', blob: undefined } as never);
  assert.deepEqual(inShort(kept.heard(sibling)), ['not-here']);
  kept.restart({ keptFiles: undefined });
  assert.deepEqual(kept.files, {});
  kept.world.account(alice, 'alice');
  kept.clear();
  kept.stage.request(alice, { verb: 'BLOBS', label: 'b', blob: undefined } as never);
  assert.deepEqual(inShort(kept.heard(alice)), ['not-kept']);
});
