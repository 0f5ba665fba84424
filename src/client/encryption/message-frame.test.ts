import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunkCount } from '../../e2ee/files/file-layout.ts';
import { maxSalts } from '../../e2ee/files/kept-layout.ts';
import { maxMentions, type Mention } from '../amending/said-content.ts';
import { maxAskedNumbers, textContent } from '../content.ts';
import { decodeFrame, encodeFrame, type MessageFrame } from './message-frame.ts';

const id = fc
  .uint8Array({ minLength: 16, maxLength: 16, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const numbers = fc
  .uniqueArray(number, { minLength: 1, maxLength: maxAskedNumbers, size: 'max' })
  .map((made) => made.sort((a, b) => a - b));

const target = fc.record({ seq: number, id }, { noNullPrototype: true });
const line = text.filter((said) => !/[\r\0]/.test(said));
const mentions = fc
  .tuple(line, fc.array(fc.tuple(id, fc.nat(9), fc.integer({ min: 1, max: 9 }))))
  .map(([said, places]) => {
    const made: Mention[] = [];
    let end = 0;
    for (const [root, gap, length] of places) {
      const offset = end + gap;
      end = offset + length;
      if (end <= said.length && made.length < maxMentions) made.push({ root, offset, length });
    }
    return { text: said, mentions: made };
  });
const emoji = fc.constantFrom(
  '\u{1f44d}',
  '\u2764\ufe0f',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '7',
);
/** Replies and mentions, edits, deletions, reactions. */
const spoken = fc.oneof(
  fc
    .tuple(fc.option(target, { nil: undefined }), mentions)
    .map(([reply, said]) => ({ kind: 'said' as const, reply, ...said })),
  fc.tuple(target, mentions).map(([of, said]) => ({ kind: 'edit' as const, target: of, ...said })),
  target.map((of) => ({ kind: 'delete' as const, target: of })),
  fc
    .tuple(target, fc.boolean(), emoji)
    .map(([of, isOn, given]) => ({ kind: 'react' as const, target: of, isOn, emoji: given })),
  fc.tuple(target, fc.boolean()).map(([of, isOn]) => ({ kind: 'pin' as const, target: of, isOn })),
);

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

const frame: fc.Arbitrary<MessageFrame> = fc.oneof(
  fc.tuple(id, text).map(([made, said]) => ({ id: made, content: textContent(said) })),
  numbers.map((asked) => ({ content: { kind: 'ask' as const, numbers: asked } })),
  fc.tuple(number, id, text).map(([of, made, said]) => ({
    content: { kind: 'again' as const, number: of, id: made, text: said },
  })),
  fc
    .tuple(id, text, fc.nat({ max: 2 ** 31 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    .map(([made, said, size, sha256]) => ({
      id: made,
      content: { kind: 'file' as const, at: 'sender' as const, name: said, size, sha256 },
    })),
  fc
    .tuple(
      id,
      fc.record(
        { name: text, size: fc.nat({ max: 2 ** 31 }), sha256: bytes32, upload: id, key: bytes32 },
        { noNullPrototype: true },
      ),
      fc.nat({ max: 70 }),
    )
    .map(([made, file, count]) => {
      const possible = Math.min(maxSalts, chunkCount(file.size), count + 1);
      const salts = Array.from({ length: possible }, (_, fromChunk) => ({
        fromChunk,
        salt: new Uint8Array(16).fill(fromChunk),
      }));
      return {
        id: made,
        content: { kind: 'file' as const, at: 'kept' as const, ...file, salts },
      };
    }),
  fc.tuple(id, spoken).map(([made, content]) => ({ id: made, content })),
  fc.tuple(id, fc.uint8Array()).map(([made, note]) => ({
    id: made,
    content: { kind: 'file-note' as const, note },
  })),
  fc.tuple(id, fc.uint8Array()).map(([made, note]) => ({
    id: made,
    content: { kind: 'own-note' as const, note },
  })),
  fc.tuple(id, fc.integer({ min: 200, max: 255 }), fc.uint8Array()).map(([made, code, bytes]) => ({
    id: made,
    content: { kind: 'unknown' as const, code, bytes },
  })),
);

test('every frame comes back, from the middle of a buffer too; nothing else has its bytes', () => {
  fc.assert(
    fc.property(frame, (made) => {
      const bytes = encodeFrame(made);
      assert.deepEqual(decodeFrame(bytes), made);
      const around = Uint8Array.of(9, 9, ...bytes, 9);
      assert.deepEqual(decodeFrame(around.subarray(2, around.length - 1)), made);
    }),
  );
});

test('what decodes encodes to the same bytes, whatever was cut or appended', () => {
  fc.assert(
    fc.property(frame, fc.nat({ max: 200 }), fc.uint8Array({ maxLength: 9 }), (made, cut, tail) => {
      const bytes = Uint8Array.of(...encodeFrame(made).subarray(0, cut), ...tail);
      const decoded = decodeFrame(bytes);
      if (typeof decoded !== 'string') assert.deepEqual(encodeFrame(decoded), bytes);
    }),
  );
});

test('texts, questions, answers, files and notes have the bytes that released versions read and write', () => {
  const idHex = '000102030405060708090a0b0c0d0e0f';
  const vectors: readonly (readonly [string, MessageFrame])[] = [
    [`0201${idHex}68c3a9`, { id: idHex, content: textContent('h\u00e9') }],
    ['02020200000000000000070000000000000108', { content: { kind: 'ask', numbers: [7, 264] } }],
    [
      `02030000000000000007${idHex}6869`,
      { content: { kind: 'again', number: 7, id: idHex, text: 'hi' } },
    ],
    [
      `0204${idHex}00${'00'.repeat(6)}0102${'ab'.repeat(32)}612e747874`,
      {
        id: idHex,
        content: {
          kind: 'file',
          at: 'sender',
          name: 'a.txt',
          size: 258,
          sha256: new Uint8Array(32).fill(0xab),
        },
      },
    ],
    [
      `0204${idHex}01${'00'.repeat(5)}020000${'ab'.repeat(32)}${'cd'.repeat(16)}${'ef'.repeat(32)}02` +
        `${'00'.repeat(8)}${'11'.repeat(16)}${'00'.repeat(7)}01${'22'.repeat(16)}612e747874`,
      {
        id: idHex,
        content: {
          kind: 'file',
          at: 'kept',
          name: 'a.txt',
          size: 0x2_00_00,
          sha256: new Uint8Array(32).fill(0xab),
          upload: 'cd'.repeat(16),
          key: new Uint8Array(32).fill(0xef),
          salts: [
            { fromChunk: 0, salt: new Uint8Array(16).fill(0x11) },
            { fromChunk: 1, salt: new Uint8Array(16).fill(0x22) },
          ],
        },
      },
    ],
    [
      `0207${idHex}01${'00'.repeat(7)}09${'ab'.repeat(16)}01${'cd'.repeat(16)}000000000003` +
        '40626f',
      {
        id: idHex,
        content: {
          kind: 'said',
          reply: { seq: 9, id: 'ab'.repeat(16) },
          text: '@bo',
          mentions: [{ root: 'cd'.repeat(16), offset: 0, length: 3 }],
        },
      },
    ],
    [
      `0208${idHex}${'00'.repeat(7)}09${'ab'.repeat(16)}006869`,
      {
        id: idHex,
        content: {
          kind: 'edit',
          target: { seq: 9, id: 'ab'.repeat(16) },
          text: 'hi',
          mentions: [],
        },
      },
    ],
    [
      `0209${idHex}${'00'.repeat(7)}09${'ab'.repeat(16)}`,
      { id: idHex, content: { kind: 'delete', target: { seq: 9, id: 'ab'.repeat(16) } } },
    ],
    [
      `020a${idHex}${'00'.repeat(7)}09${'ab'.repeat(16)}01f09f918d`,
      {
        id: idHex,
        content: {
          kind: 'react',
          target: { seq: 9, id: 'ab'.repeat(16) },
          isOn: true,
          emoji: '\u{1f44d}',
        },
      },
    ],
    [
      `020d${idHex}${'00'.repeat(7)}09${'ab'.repeat(16)}00`,
      { id: idHex, content: { kind: 'pin', target: { seq: 9, id: 'ab'.repeat(16) }, isOn: false } },
    ],
    [
      `0205${idHex}0106ff`,
      { id: idHex, content: { kind: 'file-note', note: Uint8Array.of(1, 6, 255) } },
    ],
  ];
  for (const [hex, made] of vectors) {
    assert.equal(Buffer.from(encodeFrame(made)).toString('hex'), hex);
    assert.deepEqual(decodeFrame(Uint8Array.from(Buffer.from(hex, 'hex'))), made);
  }
});

test('a kind of a later version is kept with its id, its code and its bytes', () => {
  const idHex = 'ff'.repeat(16);
  const bytes = Uint8Array.from(Buffer.from(`02c8${idHex}00ff07`, 'hex'));
  const content = { kind: 'unknown', code: 200, bytes: Uint8Array.of(0, 255, 7) } as const;
  const decoded = decodeFrame(bytes);
  // As the engine does with decrypted bytes.
  bytes.fill(0);
  assert.deepEqual(decoded, { id: idHex, content });
});

test('a file that is where only a later version looks is kept as what this one does not know', () => {
  const idHex = 'ff'.repeat(16);
  const bytes = Uint8Array.from(Buffer.from(`0204${idHex}02ff07`, 'hex'));
  const content = { kind: 'unknown', code: 4, bytes: Uint8Array.of(2, 255, 7) } as const;
  assert.deepEqual(decodeFrame(bytes), { id: idHex, content });
});

test('frames that this version does not make are refused, later versions by their own name', () => {
  const head = (...bytes: number[]): unknown => decodeFrame(Uint8Array.from(bytes));
  const one = [0, 0, 0, 0, 0, 0, 0, 1];
  const id16 = Array.from({ length: 16 }, () => 7);
  assert.equal(head(), 'malformed');
  assert.equal(head(3, 1), 'newer-version');
  assert.equal(head(1, 1), 'malformed', 'of live conversations');
  assert.equal(head(2, 0, ...id16, 1), 'malformed', 'no kind');
  assert.equal(head(2, 9, 1), 'malformed', 'a later kind without its id');
  assert.equal(head(2, 2, 0), 'malformed', 'asks for nothing');
  assert.equal(head(2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), 'malformed', 'number 0');
  assert.equal(head(2, 2, 2, ...one, ...one), 'malformed', 'not ascending');
  assert.equal(head(2, 2, 1, 255, 0, 0, 0, 0, 0, 0, 0), 'malformed', 'no safe integer');
  assert.equal(head(2, 1, ...id16), 'malformed', 'no text');
  assert.equal(head(2, 1, ...id16, 0xff), 'malformed', 'no UTF-8');
  const hash = Array.from({ length: 32 }, () => 1);
  assert.equal(head(2, 4, ...id16), 'malformed', 'a file that is nowhere');
  assert.equal(head(2, 4, ...id16, 0, ...one, ...hash), 'malformed', 'a file without a name');
  assert.equal(
    head(2, 4, ...id16, 0, ...one, ...hash, ...Array.from({ length: 256 }, () => 97)),
    'malformed',
    'a longer name than one can have',
  );
  const kept = [...id16, ...hash, 1, 0, 0, 0, 0, 0, 0, 0, 0, ...id16];
  const size8 = [0, 0, 0, 0, 0, 0, 0, 9];
  const readable = head(2, 4, ...id16, 1, ...size8, ...hash, ...kept, 97);
  assert.equal(typeof readable, 'object', 'one that is kept');
  const first = (number: number) =>
    kept.map((byte, at) => (at === id16.length + hash.length + 8 ? number : byte));
  for (const [why, ...bytes] of [
    ['without a name', ...size8, ...hash, ...kept],
    ['cut in its table', ...size8, ...hash, ...kept.slice(0, -1)],
    ['without a table', ...size8, ...hash, ...id16, ...hash, 0, 97],
    ['that begins behind its beginning', ...size8, ...hash, ...first(1), 97],
    ['whose table is longer than what follows', ...size8, ...hash, ...id16, ...hash, 65, 97],
  ] as const) {
    assert.equal(head(2, 4, ...id16, 1, ...bytes), 'malformed', `a kept file ${why}`);
  }
  const of = [...one, ...id16];
  for (const [why, ...bytes] of [
    ['a reply to nothing', 7, ...id16, 1, 0, 97],
    ['flags of a later version', 7, ...id16, 2, 0, 97],
    ['said without a text', 7, ...id16, 0, 0],
    ['a text with CR', 7, ...id16, 0, 0, 97, 13],
    ['a mention of nothing', 7, ...id16, 0, 1, ...id16, 0, 0, 0, 0, 0, 0, 97],
    ['a mention behind the text', 7, ...id16, 0, 1, ...id16, 0, 0, 0, 1, 0, 1, 97],
    ['more mentions than bytes', 7, ...id16, 0, 20, 97],
    ['an edit of number 0', 8, ...id16, 0, 0, 0, 0, 0, 0, 0, 0, ...id16, 0, 97],
    ['an edit without a text', 8, ...id16, ...of, 0],
    ['a deletion with more', 9, ...id16, ...of, 0],
    ['a deletion of half a target', 9, ...id16, ...one],
    ['a reaction that is neither on nor off', 10, ...id16, ...of, 2, 97],
    ['a reaction without an emoji', 10, ...id16, ...of, 1],
    ['a reaction of two characters', 10, ...id16, ...of, 1, 97, 97],
    ['a reaction that shows nothing', 10, ...id16, ...of, 1, 32],
    ['a reaction with a control', 10, ...id16, ...of, 1, 10],
    ['a pin that is neither on nor off', 13, ...id16, ...of, 2],
    ['a pin without either', 13, ...id16, ...of],
    ['a pin with more', 13, ...id16, ...of, 1, 1],
  ] as const) {
    assert.equal(head(2, ...bytes), 'malformed', why);
  }
  const huge = [255, 255, 255, 255, 255, 255, 255, 255];
  assert.equal(head(2, 4, ...id16, 0, ...huge, ...hash, 97), 'malformed', 'a size that is none');
});
