import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileKey, openKept, sealUnits } from '../../../test/support/sealed-files.ts';
import { chunkBytes, chunkCount } from './file-layout.ts';
import {
  areSaltsOf,
  keptChunks,
  keptLength,
  keptOffset,
  maxSalts,
  saltOf,
  saltsWith,
  type ChunkSalt,
} from './kept-layout.ts';

/** Chunks of `content` as they are kept after attempts that began with these, each of another content before it. */
async function keep(content: Buffer, begins: readonly number[]) {
  let chunks: Buffer[] = [];
  let salts: readonly ChunkSalt[] = [];
  for (const fromChunk of begins) {
    const [salt, ...more] = await sealUnits(content, { fromChunk });
    assert.ok(salt);
    salts = saltsWith(salts, fromChunk, salt);
    chunks = [...chunks.slice(0, fromChunk), ...more];
  }
  return { kept: Buffer.concat(chunks), salts };
}

test('a kept file has its chunks at the same places, however often its sending was interrupted', async () => {
  for (const size of [0, 1, chunkBytes, chunkBytes + 1, 4 * chunkBytes, 4 * chunkBytes + 7]) {
    const content = randomBytes(size);
    const last = chunkCount(size) - 1;
    for (const begins of [[0], [0, last], [0, 2, 1], [0, 1, 2, 2, 3], [0, 3, 0]]) {
      const possible = begins.map((at) => Math.min(at, last));
      const { kept, salts } = await keep(content, possible);
      assert.equal(kept.length, keptLength(size));
      assert.ok(areSaltsOf(size, salts), JSON.stringify(possible));
      for (let fromChunk = 0; fromChunk <= last; fromChunk++) {
        const stream = kept.subarray(keptOffset(fromChunk));
        const opened = await openKept(stream, size, { fromChunk, salts });
        assert.deepEqual(opened, content.subarray(fromChunk * chunkBytes));
      }
    }
  }
});

test('a table with another salt, another border or other chunks than those kept does not open them', async () => {
  const content = randomBytes(3 * chunkBytes + 7);
  const { kept, salts } = await keep(content, [0, 2]);
  const size = content.length;
  const [first, second] = salts;
  assert.ok(first && second);
  for (const wrong of [
    [first],
    [{ ...second, fromChunk: 0 }],
    [first, { ...second, fromChunk: 1 }],
    [first, { ...second, fromChunk: 3 }],
    [first, { fromChunk: 2, salt: randomBytes(16) }],
  ]) {
    assert.equal(await openKept(kept, size, { salts: wrong }), 'altered');
  }
  assert.equal(await openKept(kept, size, { salts, key: randomBytes(32) }), 'altered');
  const chunk = kept.subarray(0, keptOffset(1));
  const doubled = Buffer.concat([chunk, chunk, kept.subarray(keptOffset(2))]);
  assert.equal(await openKept(doubled, size, { salts }), 'altered');
  assert.equal(await openKept(kept.subarray(0, -1), size, { salts }), 'truncated');
  assert.equal(await openKept(Buffer.concat([kept, chunk]), size, { salts }), 'appended');
  assert.deepEqual(await openKept(kept, size, { salts, key: fileKey }), content);
});

test('so many whole chunks are in a part of a kept file as end in it', () => {
  const size = 2 * chunkBytes + 5;
  const ends = [keptOffset(1), keptOffset(2), keptLength(size)];
  for (let bytes = 0; bytes <= keptLength(size) + 1; bytes++) {
    assert.equal(keptChunks(size, bytes), ends.filter((end) => end <= bytes).length);
  }
  assert.equal(keptChunks(0, 0), 0);
  assert.equal(keptChunks(0, keptLength(0)), 1);
});

test('whatever attempts follow one another, the table is one of the file, and each chunk has the last salt it was sent under', () => {
  const size = 9 * chunkBytes;
  const begins = fc.array(fc.nat({ max: 8 }), { maxLength: 20 });
  fc.assert(
    fc.property(begins, (more) => {
      const sealed: string[] = [];
      let salts: readonly ChunkSalt[] = [];
      for (const fromChunk of [0, ...more]) {
        const salt = randomBytes(16);
        salts = saltsWith(salts, fromChunk, salt);
        for (let at = fromChunk; at < 9; at++) sealed[at] = salt.toString('hex');
      }
      assert.ok(areSaltsOf(size, salts));
      const found = sealed.map((_, at) => Buffer.from(saltOf(salts, at) ?? []).toString('hex'));
      assert.deepEqual(found, sealed);
    }),
  );
});

test('a table that leaves chunks out, turns back, uses a salt twice or is too long is none', () => {
  const size = 100 * chunkBytes;
  const at = (fromChunk: number, salt: Uint8Array = randomBytes(16)) => ({ fromChunk, salt });
  const salt = randomBytes(16);
  const many = Array.from({ length: maxSalts }, (_, number) => at(number));
  assert.ok(areSaltsOf(size, many));
  for (const wrong of [
    [],
    [at(1)],
    [at(0), at(0)],
    [at(0), at(5), at(4)],
    [at(0), at(100)],
    [at(0, salt), at(1, salt)],
    [at(0, randomBytes(15))],
    [...many, at(maxSalts)],
  ]) {
    assert.equal(areSaltsOf(size, wrong), false);
  }
});
