import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patience } from '../../../../test/support/time-limit.ts';
import { Draft } from './draft.ts';
import { KilledTexts, UndoSteps } from './editor-memory.ts';

const accumulate = { prepend: false, accumulate: true };
const alone = { prepend: false, accumulate: false };
const long = 'x'.repeat(1_000_000);

test('undo goes back through the newest steps, as far as there is room for what they hold', () => {
  const steps = new UndoSteps();
  for (let count = 0; count < 100; count++) {
    steps.push({ lines: [long, String(count)], cursorLine: 0, cursorCol: count });
  }
  assert.ok(steps.length < 10, `${steps.length} steps`);
  assert.equal(steps.pop()?.cursorCol, 99);
  for (let count = 0; count < 5_000; count++) {
    steps.push({ lines: ['a'], cursorLine: 0, cursorCol: count });
  }
  assert.ok(steps.length <= 1_000, `${steps.length} steps`);
  steps.clear();
  assert.equal(steps.pop(), undefined);
  // The newest step stays, whatever its size.
  steps.push({ lines: Array<string>(20).fill(long), cursorLine: 0, cursorCol: 0 });
  assert.equal(steps.length, 1);
});

test('what was deleted comes back piece by piece, as far as there is room', () => {
  const texts = new KilledTexts();
  assert.equal(texts.peek(), undefined);
  texts.push('one', alone);
  texts.push(' line', accumulate);
  texts.push('two', alone);
  assert.equal(texts.peek(), 'two');
  texts.rotate();
  assert.equal(texts.peek(), 'one line');
  for (let count = 0; count < 100; count++) texts.push(long, alone);
  assert.ok(texts.length < 10, `${texts.length} pieces`);
});

test('a long text is cleared, brought back and written in at once', () => {
  const draft = new Draft(() => 24);
  const text = Array.from({ length: 5_000 }, (_, index) => `line ${index} `.repeat(15)).join('\n');
  draft.insert(text);
  const start = process.cpuUsage();
  draft.clear();
  assert.equal(draft.text, '');
  draft.edit('yank');
  assert.equal(draft.text, text);
  for (let count = 0; count < 20; count++) {
    draft.edit('delete-back');
    draft.draw(80);
  }
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  assert.ok(ms < 2_000 * patience, `${ms.toFixed(0)} ms`);
});
