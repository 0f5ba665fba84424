import { encodeAmendments } from './encode-amendments.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Username } from '../../wire/text.ts';
import { textContent, textOf } from '../content.ts';
import {
  amended,
  decodeAmendments,
  maxEdits,
  mergedAmendments,
  noAmendments,
  type Amendment,
} from './amendments.ts';
import { currentOf } from './current.ts';
import { maxOwnKinds } from './reactions.ts';
import { noTargetId } from './target.ts';

const target = { seq: 1, id: noTargetId };
const kinds = Array.from({ length: maxOwnKinds + 4 }, (_, at) =>
  String.fromCodePoint(0x1f600 + at),
);
const content = fc.oneof(
  fc
    .string({ minLength: 1 })
    .map((text) => ({ kind: 'edit' as const, target, text, mentions: [] })),
  fc
    .tuple(fc.constantFrom(...kinds), fc.boolean())
    .map(([emoji, isOn]) => ({ kind: 'react' as const, target, emoji, isOn })),
  fc.constant({ kind: 'delete' as const, target }),
  fc.boolean().map((isOn) => ({ kind: 'pin' as const, target, isOn })),
);
/** Each has a place of its own in the log. */
const log = fc
  .array(fc.tuple(content, fc.constantFrom('bob', 'eve', 'al'), fc.boolean()), { maxLength: 120 })
  .map((all) =>
    all.map(([said, by, asAdmin], at): Amendment => ({
      content: said,
      by: by as Username,
      at: Math.floor(at / 3),
      seq: at + 2,
      asAdmin,
    })),
  );
const shuffled = log.chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    fc.nat(all.length),
  ),
);

test('what was said of a message is the same in whatever order it came, how often, and by which device', () => {
  fc.assert(
    fc.property(shuffled, ([all, others, cut]) => {
      const expected = all.reduce(amended, noAmendments);
      assert.deepEqual(others.reduce(amended, noAmendments), expected);
      assert.deepEqual([...others, ...all].reduce(amended, noAmendments), expected);
      const [one, other] = [others.slice(0, cut), others.slice(cut)].map((some) =>
        some.reduce(amended, noAmendments),
      );
      assert.deepEqual(mergedAmendments(one ?? noAmendments, other ?? noAmendments), expected);
      assert.deepEqual(mergedAmendments(expected, expected), expected);
      assert.deepEqual(decodeAmendments(encodeAmendments(expected)), expected);
    }),
  );
});

test('a message is now as the log says: its last edit, its last reactions, or deleted', () => {
  fc.assert(
    fc.property(log, (all) => {
      const record = {
        from: 'bob' as Username,
        guest: false,
        unreadable: undefined,
        content: textContent('first'),
        amended: all.reduce(amended, noAmendments),
      };
      const now = currentOf(record);
      const isDeletion = ({ content: { kind }, by, asAdmin }: Amendment) =>
        kind === 'delete' && (by === 'bob' || asAdmin);
      const deletion = all.find(isDeletion);
      assert.equal(now.deletion?.seq, deletion?.seq);
      if (deletion !== undefined) {
        assert.deepEqual(
          [textOf(now.content), now.edits, now.reactions, now.pin],
          ['', [], [], undefined],
        );
        return;
      }
      const edits = all.flatMap(({ content: said, by }) =>
        said.kind === 'edit' && by === 'bob' ? [said.text] : [],
      );
      assert.equal(textOf(now.content), edits.at(-1) ?? 'first');
      assert.equal(now.edits.length, Math.min(edits.length, maxEdits));
      const pin = all.findLast(({ content: { kind } }) => kind === 'pin');
      const isPinned = pin?.content.kind === 'pin' && pin.content.isOn;
      assert.equal(now.pin?.seq, isPinned ? pin.seq : undefined);
    }),
  );
});

test('what is no amendments is none', () => {
  const hostile = [
    '',
    '{"e":1}',
    '{"r":[["ab",[["bob",1,1]]]]}',
    '{"d":[["b b",1,1,1]]}',
    '{"p":[["bob",1,1]]}',
  ];
  for (const text of hostile) assert.equal(decodeAmendments(text), undefined, text);
});
