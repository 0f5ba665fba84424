import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SequenceJoiner } from './sequence-joiner.ts';

interface World {
  readonly receive: string[];
  readonly joiner: SequenceJoiner;
}

function world(): World {
  const receive: string[] = [];
  return { receive, joiner: new SequenceJoiner((text) => receive.push(text)) };
}

const answer = '\u001B]11;rgb:1e1e/1e1e/1e1e\u001B\\';

test('a sequence that comes in pieces is heard whole, however it was cut', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const sequence = fc.constantFrom(
    '\u001B[A',
    '\u001B[1;5D',
    '\u001B[<0;50;60M',
    '\u001BOP',
    answer,
  );
  const typed = fc.stringMatching(/^[a-z ]{0,4}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(typed, sequence), { maxLength: 5 }),
      fc.infiniteStream(fc.nat(6)),
      (parts, cuts) => {
        const text = parts.flat().join('');
        const { receive, joiner } = world();
        for (let at = 0; at < text.length;) {
          const { value: length } = cuts.next();
          joiner.push(text.slice(at, at + length + 1));
          at += length + 1;
          // Less time than makes it a key.
          t.mock.timers.tick(9);
        }
        t.mock.timers.tick(10_000);
        assert.equal(receive.join(''), text);
        for (const piece of receive) {
          // oxlint-disable-next-line no-control-regex -- the beginning of a sequence
          assert.doesNotMatch(piece, /\u001B(?:\[[0-?]*|O|\][^\u001B]*)?$/);
        }
      },
    ),
  );
});

test('an answer that comes very slowly is one, and Escape alone is a key at once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { receive, joiner } = world();
  for (const piece of ['\u001B]', '11;rgb:', 'ffff/ffff', '/ffff\u001B', '\\']) {
    joiner.push(piece);
    t.mock.timers.tick(45);
  }
  assert.deepEqual(receive, ['\u001B]11;rgb:ffff/ffff/ffff\u001B\\']);
  joiner.push('\u001B');
  t.mock.timers.tick(10);
  assert.equal(receive.at(-1), '\u001B');
  // Its Escape counted as a key. The rest is still not text.
  joiner.push(']11;rgb:0/0/0\u0007');
  assert.equal(receive.at(-1), '\u001B]11;rgb:0/0/0\u0007');
  joiner.push('\u001B');
  t.mock.timers.tick(10);
  joiner.push('[<');
  joiner.push('0;5;3M');
  assert.equal(receive.at(-1), '\u001B[<0;5;3M');
});

test('what never ends is let go, and what is typed behind it is heard', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { receive, joiner } = world();
  joiner.push('\u001B]11;rgb:');
  t.mock.timers.tick(2_000);
  joiner.push('hello');
  assert.deepEqual(receive, ['\u001B]11;rgb:', 'hello']);
});

test('an Escape before an arrow is Alt', () => {
  const { receive, joiner } = world();
  joiner.push('\u001B\u001B[A\u001B\u001B[5~');
  assert.deepEqual(receive, ['\u001B[1;3A\u001B[5;3~']);
});
