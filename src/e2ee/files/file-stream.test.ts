import assert from 'node:assert/strict';
import { randomBytes, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { fileKey, openStream, sealUnits } from '../../../test/support/sealed-files.ts';
import { chunkNonce } from './chunk-nonce.ts';
import { chunkBytes, chunkCount, saltBytes, sealedLength, tagBytes } from './file-layout.ts';

const sizes = [
  0,
  1,
  chunkBytes - 1,
  chunkBytes,
  chunkBytes + 1,
  3 * chunkBytes,
  3 * chunkBytes + 7,
];
const sealedChunk = chunkBytes + tagBytes;

test('files of every size around the borders of chunks come out as they went in', async () => {
  for (const size of sizes) {
    const content = randomBytes(size);
    const stream = Buffer.concat(await sealUnits(content));
    assert.equal(stream.length, sealedLength(size, 0));
    for (const pieceBytes of [1 + chunkBytes, 65_537, 4096, stream.length]) {
      assert.deepEqual(await openStream(stream, size, { pieceBytes }), content);
    }
  }
});

test('a stream may come in pieces of one byte', async () => {
  const content = randomBytes(chunkBytes + 1);
  const stream = Buffer.concat(await sealUnits(content));
  assert.deepEqual(await openStream(stream, content.length, { pieceBytes: 1 }), content);
});

test('an attempt that goes on in the middle carries the rest, under the numbers of the whole', async () => {
  const content = randomBytes(3 * chunkBytes + 7);
  for (const fromChunk of [1, 2, 3]) {
    const stream = Buffer.concat(await sealUnits(content, { fromChunk }));
    assert.equal(stream.length, sealedLength(content.length, fromChunk));
    const opened = await openStream(stream, content.length, { fromChunk });
    assert.deepEqual(opened, content.subarray(fromChunk * chunkBytes));
    if (fromChunk > 1) {
      const elsewhere = await openStream(stream, content.length - chunkBytes, {
        fromChunk: fromChunk - 1,
      });
      assert.equal(elsewhere, 'altered', 'chunks of the same lengths, one place too early');
    }
  }
});

test('every truncation is noticed: at the borders of chunks, beside them, and anywhere', async () => {
  const content = randomBytes(2 * chunkBytes + 100);
  const stream = Buffer.concat(await sealUnits(content));
  const borders = [
    0,
    saltBytes,
    saltBytes + sealedChunk,
    saltBytes + 2 * sealedChunk,
    stream.length,
  ];
  const near = borders.flatMap((border) => [-17, -16, -1, 0, 1, 16].map((by) => border + by));
  for (const end of near.filter((at) => at >= 0 && at < stream.length)) {
    assert.equal(await openStream(stream.subarray(0, end), content.length), 'truncated');
  }
  // An attacker who can cut the stream can also lie about the size: the last chunk is still marked.
  const whole = stream.subarray(0, saltBytes + sealedChunk);
  assert.equal(await openStream(whole, chunkBytes), 'altered');
  await fc.assert(
    fc.asyncProperty(fc.nat(stream.length - 1), async (end) => {
      assert.equal(await openStream(stream.subarray(0, end), content.length), 'truncated');
    }),
    { numRuns: 30 },
  );
});

test('reordered, repeated, dropped and exchanged chunks are noticed', async () => {
  const content = randomBytes(3 * chunkBytes);
  const [salt, a, b, c] = await sealUnits(content);
  const [otherSalt, otherA, , otherC] = await sealUnits(content);
  assert.ok(salt && a && b && c && otherSalt && otherA && otherC);
  const wrong = [
    [salt, b, a, c],
    [salt, a, a, c],
    [salt, a, c, b],
    [salt, c, b, a],
    [otherSalt, a, b, c],
    [salt, otherA, b, c],
    [salt, a, b, otherC],
    [a.subarray(0, saltBytes), a, b, c],
  ];
  for (const units of wrong) {
    assert.equal(await openStream(Buffer.concat(units), content.length), 'altered');
  }
  const dropped = Buffer.concat([salt, a, c]);
  assert.equal(await openStream(dropped, 2 * chunkBytes), 'altered');
  assert.deepEqual(await openStream(Buffer.concat([salt, a, b, c]), content.length), content);
});

test('what is appended is noticed, and so is the last chunk in a place where it is not the last', async () => {
  const content = randomBytes(chunkBytes);
  const [salt, last] = await sealUnits(content);
  assert.ok(salt && last);
  const stream = Buffer.concat([salt, last]);
  for (const more of [Buffer.of(0), randomBytes(16), last]) {
    assert.equal(await openStream(Buffer.concat([stream, more]), content.length), 'appended');
  }
  assert.equal(await openStream(Buffer.concat([stream, last]), 2 * chunkBytes), 'altered');
});

test('a bit that flips anywhere is noticed', async () => {
  const content = randomBytes(2 * chunkBytes + 5);
  const stream = Buffer.concat(await sealUnits(content));
  const borders = [0, saltBytes, saltBytes + sealedChunk, saltBytes + 2 * sealedChunk];
  const near = [...borders.flatMap((at) => [at - 17, at - 16, at - 1, at]), stream.length - 1];
  const flip = async (at: number, bit: number) => {
    const flipped = Buffer.from(stream);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
    assert.equal(await openStream(flipped, content.length), 'altered', `byte ${at}`);
  };
  for (const at of near.filter((at) => at >= 0)) await flip(at, at % 8);
  await fc.assert(fc.asyncProperty(fc.nat(stream.length - 1), fc.nat(7), flip), { numRuns: 40 });
});

test('another key opens nothing, an empty file is sealed too', async () => {
  const stream = Buffer.concat(await sealUnits(Buffer.alloc(0)));
  assert.equal(stream.length, saltBytes + tagBytes);
  assert.equal(await openStream(stream, 0, { key: randomBytes(32) }), 'altered');
  assert.equal(await openStream(stream.subarray(0, saltBytes), 0), 'truncated');
});

test('no two attempts share a keystream, even on the same content', async () => {
  const content = Buffer.alloc(2 * chunkBytes);
  const [, first, second] = await sealUnits(content);
  const [, again] = await sealUnits(content);
  assert.ok(first && second && again);
  assert.notDeepEqual(first, again);
  assert.notDeepEqual(first, second);
});

test('the layout is what docs/E2EE.md says: WebCrypto opens it from the description alone', async () => {
  const { subtle } = webcrypto;
  const content = randomBytes(chunkBytes + 3);
  const [salt, ...chunks] = await sealUnits(content);
  assert.ok(salt);
  const secret = await subtle.importKey('raw', fileKey, 'HKDF', false, ['deriveKey']);
  const key = await subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: Buffer.from('helo file v1') },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['decrypt'],
  );
  const opened: Buffer[] = [];
  for (const [number, chunk] of chunks.entries()) {
    const iv = Buffer.alloc(12);
    iv.writeUInt32BE(number, 7);
    iv[11] = number === chunks.length - 1 ? 1 : 0;
    opened.push(Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv }, key, chunk)));
  }
  assert.deepEqual(Buffer.concat(opened), content);
});

test('nonces are distinct and canonical, up to the largest file', () => {
  assert.equal(Buffer.from(chunkNonce(0, false)).toString('hex'), '0'.repeat(24));
  assert.equal(Buffer.from(chunkNonce(258, true)).toString('hex'), `${'0'.repeat(19)}10201`);
  const last = chunkCount(Number.MAX_SAFE_INTEGER) - 1;
  assert.equal(Buffer.from(chunkNonce(last, true)).toString('hex'), '0000000000001fffffffff01');
});
