import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from './line-splitter.ts';

function split(chunks: readonly Uint8Array[], maxLineBytes = 100) {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: string[] = [];
  let open = true;
  for (const chunk of chunks) {
    open = splitter.push(chunk, (line) => lines.push(Buffer.from(line).toString('latin1')));
  }
  return { lines, open };
}

const unexpected = () => assert.fail('a line came out');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));

test('lines end with LF or CR LF, an unfinished line waits', () => {
  assert.deepEqual(split([bytes('a\nb\r\n\n\r\nc')]).lines, ['a', 'b', '', '']);
  assert.deepEqual(split([bytes('a\r'), bytes('\nb'), bytes('c\n')]).lines, ['a', 'bc']);
  assert.deepEqual(split([bytes('a\rb\r\r\n')]).lines, ['a\rb\r']);
});

test('the same lines come out at every split point, inside code points too', () => {
  const stream = bytes('HELO bob\r\nBCST grüße 👩‍👩‍👧\nq\n');
  const whole = split([stream]).lines;
  for (let at = 0; at <= stream.length; at++) {
    assert.deepEqual(split([stream.subarray(0, at), stream.subarray(at)]).lines, whole);
  }
  assert.deepEqual(split([...stream].map((byte) => Uint8Array.of(byte))).lines, whole);
});

test('any bytes in any chunks split as the whole does', () => {
  const chunk = fc.uint8Array({ maxLength: 20 }).map((chunk) => chunk.map((byte) => byte % 16));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
      const whole = Buffer.concat(chunks);
      const expected = whole.toString('latin1').split('\n').slice(0, -1);
      assert.deepEqual(
        split(chunks, 1000).lines,
        expected.map((line) => line.replace(/\r$/, '')),
      );
    }),
  );
});

test('a line of exactly the cap passes, one byte more ends the stream', () => {
  for (const end of ['\n', '\r\n']) {
    assert.deepEqual(split([bytes(`1234${end}`)], 4), { lines: ['1234'], open: true });
    assert.deepEqual(split([bytes(`12345${end}`)], 4), { lines: [], open: false });
    for (let at = 0; at <= 5; at++) {
      const stream = bytes(`ok\n12345${end}ok\n`);
      const cut = [stream.subarray(0, at), stream.subarray(at)];
      assert.deepEqual(split(cut, 4), { lines: ['ok'], open: false });
    }
  }
});

test('whoever wants no more lines for now gets the rest back, and may bring it again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 5 })),
      fc.integer({ min: 1, max: 9 }),
      (parts, step) => {
        const stream = bytes(parts.join('\n'));
        const splitter = new LineSplitter(100);
        const lines: string[] = [];
        let rest = stream;
        do {
          let wanted = step;
          assert.ok(
            splitter.push(rest, (line) => {
              lines.push(Buffer.from(line).toString('latin1'));
              return --wanted > 0;
            }),
          );
          rest = rest.slice(splitter.taken);
        } while (rest.length > 0);
        assert.deepEqual(lines, split([stream]).lines);
      },
    ),
  );
});

test('a line that never ends is given up at the cap and what follows is ignored', () => {
  const splitter = new LineSplitter(4);
  assert.equal(splitter.push(bytes('12345'), unexpected), true);
  assert.equal(splitter.push(bytes('6'), unexpected), false);
  assert.equal(splitter.push(bytes('\nq\n'), unexpected), false);
});

test('the chunk is not kept: its memory can be used again', () => {
  const splitter = new LineSplitter(100);
  const chunk = bytes('BCST ');
  splitter.push(chunk, unexpected);
  chunk.fill(0);
  const lines: string[] = [];
  splitter.push(bytes('x\n'), (line) => lines.push(Buffer.from(line).toString()));
  assert.deepEqual(lines, ['BCST x']);
});
