import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputLines, maxInputLineBytes } from './input-lines.ts';

function read(chunks: readonly Uint8Array[]) {
  const lines = new InputLines();
  return [...chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()];
}

test('lines come out whole, whatever the chunks, and the last one needs no line end', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.array(fc.nat(60)), (lines, cuts) => {
      const bytes = Buffer.from(lines.join('\n'));
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
        (a, b) => a - b,
      );
      const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
      const expected = lines.length === 0 ? [''] : lines;
      assert.deepEqual(
        read(chunks),
        expected.map((value) => ({ ok: true, value })),
      );
    }),
  );
});

test('lines over the cap and bytes that are no text are told, and the next line is read', () => {
  const long = Buffer.alloc(maxInputLineBytes + 2, 'x');
  const stream = Buffer.concat([
    Buffer.from('one\n'),
    long,
    long,
    Buffer.from('\ntwo\n'),
    Buffer.from([0xc3, 0x28, 10]),
    Buffer.from('three'),
  ]);
  for (const size of [1000, 4096, stream.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
    const lines = read(chunks).map((line) => (line.ok ? line.value : line.error));
    assert.deepEqual(lines, [
      'one',
      `The line is longer than ${maxInputLineBytes} bytes.`,
      'two',
      'The line is not UTF-8.',
      'three',
    ]);
  }
});
