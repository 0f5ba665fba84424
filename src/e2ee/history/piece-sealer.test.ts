import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { concatBytes } from '../../lib/bytes.ts';
import { nodeCompression } from '../../platform/node/compression.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import { maxPieceBytes, maxSealedPieceBytes, PieceSealer } from './piece-sealer.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const ports = { ciphers: nodeFileCiphers, compression: nodeCompression, random };
const key = random(32);
const sealer = new PieceSealer(ports, key);

test('a piece opens under its key and its name, and under nothing else', async () => {
  const other = new PieceSealer(ports, random(32));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.nat(), async (content, where) => {
      const sealed = await sealer.seal('0.7 lobby', content);
      const opened = await sealer.open('0.7 lobby', sealed);
      assert.deepEqual(opened && new Uint8Array(opened), content);
      assert.equal(await sealer.open('0.8 lobby', sealed), undefined);
      assert.equal(await other.open('0.7 lobby', sealed), undefined);
      assert.equal(
        await sealer.open('0.7 lobby', sealed.slice(0, where % sealed.length)),
        undefined,
      );
      assert.equal(
        await sealer.open('0.7 lobby', concatBytes(sealed, Uint8Array.of(0))),
        undefined,
      );
      const changed = sealed.slice();
      const at = where % changed.length;
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(await sealer.open('0.7 lobby', changed), undefined);
    }),
    { numRuns: 40 },
  );
});

test('the same content sealed twice is not the same', async () => {
  const content = random(100);
  assert.notDeepEqual(await sealer.seal('a', content), await sealer.seal('a', content));
});

test('the longest piece fits, also where nothing can be compressed', async () => {
  const content = concatBytes(
    ...Array.from({ length: maxPieceBytes / 65_536 }, () => random(65_536)),
  );
  assert.equal(content.length, maxPieceBytes);
  const sealed = await sealer.seal('a', content);
  assert.ok(sealed.length <= maxSealedPieceBytes);
  const opened = await sealer.open('a', sealed);
  assert.ok(opened !== undefined && Buffer.compare(opened, content) === 0);
});

test('what inflates to more than a piece is not opened', async () => {
  const bomb = new Uint8Array(deflateRawSync(Buffer.alloc(8 * 1024 * 1024)));
  const hostile = new PieceSealer(
    { ...ports, compression: { ...nodeCompression, deflate: () => bomb } },
    key,
  );
  assert.equal(await sealer.open('a', await hostile.seal('a', random(1))), undefined);
});

test('lengths that differ little are not told apart', async () => {
  const sizes = new Set<number>();
  for (let length = 10_000; length < 10_200; length += 10) {
    sizes.add((await sealer.seal('a', random(length))).length);
  }
  assert.ok(sizes.size <= 2, `${sizes.size} sizes`);
});
