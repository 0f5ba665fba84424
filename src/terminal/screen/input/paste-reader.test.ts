// Pastes that end, and every way in which one does not.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { InputReader } from './input-reader.ts';
import { maxPaste, PasteReader } from './paste-reader.ts';

const begin = '\u001B[200~';
const end = '\u001B[201~';

function listen(): {
  readonly reader: PasteReader;
  readonly receive: [kind: string, text: string][];
} {
  const receive: [string, string][] = [];
  const reader = new PasteReader({
    keys: (text) => receive.push(['keys', text]),
    paste: (text) => receive.push(['paste', text]),
  });
  return { reader, receive };
}

test('a paste is one text, in whatever pieces it comes, and what stands around it is keys', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', '\n', '\u001B', '[', '2', '0', '1', '~'),
        maxLength: 20,
      }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
      (pasted, lengths) => {
        fc.pre(!pasted.includes(end) && !`${pasted}${end}`.slice(0, -1).includes(end));
        const { reader, receive } = listen();
        const sent = `${begin}${pasted}${end}xy`;
        // The first mark arrives whole: the pieces of sequences are joined before.
        reader.push(begin);
        let at = begin.length;
        for (let turn = 0; at < sent.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          reader.push(sent.slice(at, at + length));
          at += length;
        }
        reader.close();
        assert.deepEqual(receive[0], ['paste', pasted]);
        const keys = receive.slice(1).map(([, text]) => text);
        assert.equal(keys.join(''), 'xy');
      },
    ),
  );
});

test('a paste that never ends is over after a silence, also while somebody types', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { reader, receive } = listen();
    reader.push(`${begin}some text of it`);
    for (let count = 0; count < 10; count++) {
      mock.timers.tick(500);
      if (reader.isPasting) reader.push('k');
    }
    reader.push('typed');
    assert.equal(reader.isPasting, false);
    assert.match(receive[0]?.[1] ?? '', /^some text of itk+$/);
    assert.deepEqual(receive.at(-1), ['keys', 'typed']);
  } finally {
    mock.timers.reset();
  }
});

test('Ctrl-C ends a paste that has not ended, and does what it does', () => {
  for (const key of ['\u0003', '\u001B[99;5u']) {
    const { reader, receive } = listen();
    reader.push(`${begin}text`);
    reader.push(key);
    reader.close();
    assert.deepEqual(receive, [
      ['paste', 'text'],
      ['keys', key],
    ]);
  }
});

test('of a paste without end no more is kept than the cap, and what follows its end is keys', () => {
  const { reader, receive } = listen();
  reader.push(begin);
  const piece = 'x'.repeat(1_000_000);
  for (let count = 0; count < 12; count++) reader.push(piece);
  reader.push(`${end}k`);
  reader.close();
  assert.deepEqual(
    receive.map(([kind, text]) => [kind, text.length]),
    [
      ['paste', maxPaste],
      ['keys', 1],
    ],
  );
});

test('the second mark alone is no key', () => {
  const receive: unknown[] = [];
  const reader = new InputReader((input) => receive.push(input));
  reader.push(end);
  reader.close();
  assert.deepEqual(receive, []);
});
