import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameReader } from './frames.ts';

function frame(payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? [0x82, length]
      : length < 65_536
        ? [0x82, 126, length >> 8, length & 255]
        : [
            0x82,
            127,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >> 16) & 255,
            (length >> 8) & 255,
            length & 255,
          ];
  return Buffer.concat([Buffer.from(head), payload]);
}

test('however a stream is cut, what its frames carry comes whole and in order', () => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536)), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      sizes,
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
      (lengths, cuts) => {
        const payloads = lengths.map((length, index) => Buffer.alloc(length, 65 + index));
        const greeting = Buffer.from('HTTP/1.1 101\r\nUpgrade: websocket\r\n\r\n');
        const stream = Buffer.concat([greeting, ...payloads.map(frame)]);
        const reader = new FrameReader();
        const heard: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const chunk = Buffer.from(stream.subarray(at, at + (cuts[turn % cuts.length] ?? 1)));
          at += chunk.length;
          heard.push(Buffer.from(chunk.subarray(0, reader.strip(chunk, chunk.length))));
        }
        assert.ok(Buffer.concat(heard).equals(Buffer.concat([greeting, ...payloads])));
      },
    ),
  );
});
