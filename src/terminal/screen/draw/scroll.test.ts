// The window compared with a naive model: all rows of a conversation, cut out at the same place.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ItemList } from '../../../client/timeline/item-list.ts';
import { moveBy, positionAt, showWindow, type Position, type Window } from './scroll.ts';
import { themeOf } from './theme.ts';

const style = { width: 40, theme: themeOf('none'), links: false };
const dayMs = 24 * 3_600_000;

function logOf(lengths: readonly number[], perDay: number): ItemList {
  const log = new ItemList();
  lengths.forEach((length, index) => {
    log.push((key) => ({
      kind: 'notice',
      key,
      at: Math.floor(index / perDay) * dayMs,
      tone: 'reply',
      text: `${index} ${'word '.repeat(length)}`.trim(),
    }));
  });
  return log;
}

/** All rows at once. */
function allRows(window: Window): readonly string[] {
  return showWindow({ ...window, height: 1_000_000 }, 'end').rows;
}

const lengths = fc.array(fc.integer({ min: 0, max: 30 }), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});

test('wherever it is moved, the window is a part of the whole, and as many rows further as it was moved', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 15 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, size: 'max', maxLength: 20 }),
      (words, perDay, height, moves) => {
        const entries = logOf(words, perDay);
        const window: Window = {
          entries,
          style,
          height,
          unreadKey: entries.at(words.length >> 1)?.key,
        };
        const all = allRows(window);
        let position: Position = 'end';
        // The number of rows up to the lowest one.
        let bottom = all.length;
        for (const move of moves) {
          position = moveBy(window, position, move);
          bottom = Math.min(all.length, Math.max(Math.min(height, all.length), bottom + move));
          const { rows } = showWindow(window, position);
          assert.deepEqual(rows, all.slice(Math.max(0, bottom - height), bottom));
        }
      },
    ),
  );
});

test('nothing moves when something comes below', () => {
  const entries = logOf([3, 3, 3, 3, 3, 3], 10);
  const window: Window = { entries, style, height: 3, unreadKey: undefined };
  const position = moveBy(window, 'end', -2);
  const before = showWindow(window, position).rows;
  entries.push((key) => ({ kind: 'notice', key, at: 0, tone: 'reply', text: 'new' }));
  assert.deepEqual(showWindow(window, position).rows, before);
  assert.equal(showWindow(window, 'end').rows.at(-1)?.includes('new'), true);
});

test('the unread line comes into the window', () => {
  const entries = logOf(Array<number>(50).fill(2), 100);
  const key = entries.at(20)?.key ?? 0;
  const window: Window = { entries, style, height: 10, unreadKey: key };
  const { rows } = showWindow(window, positionAt(window, key));
  assert.ok(
    rows.slice(0, 4).some((row) => row.includes('unread')),
    rows.join('\n'),
  );
});
