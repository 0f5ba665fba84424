// The content of one commit, compared with the lines and changes that were added.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccountId, Change, LogId } from '../../hub/records.ts';
import { CommitDraft } from './commit.ts';
import type { KeptLine } from './step.ts';

interface Kept {
  readonly lines: readonly KeptLine[];
  readonly changes: readonly Change[];
}

function stepOf(lines: readonly KeptLine[], changes: readonly Change[] = []): Kept {
  return { lines, changes };
}

function commitOf(steps: readonly Kept[]) {
  const draft = new CommitDraft();
  for (const { changes, lines } of steps) draft.add(changes, lines);
  return draft.finish();
}

const line = (log: number, seq: number, text = `${log} ${seq}\n`): KeptLine => ({
  log: log as LogId,
  seq,
  at: 1000 + seq,
  line: text,
});

const stream = (account: number, name: string, last: number): Change => ({
  type: 'stream',
  stream: { account: account as AccountId, stream: name, last },
});

test('lines of a log become one segment, with its bytes as they go over the wire', () => {
  const { segments } = commitOf([
    stepOf([line(1, 7, 'MSG gr\xc3\xbc\n'), line(2, 1)]),
    stepOf([line(1, 8)]),
  ]);
  assert.deepEqual(
    segments.map(({ bytes, ...segment }) => ({ ...segment, text: Buffer.from(bytes).toString() })),
    [
      { log: 1, first: 7, count: 2, at: 1008, text: 'MSG grü\n1 8\n' },
      { log: 2, first: 1, count: 1, at: 1001, text: '2 1\n' },
    ],
  );
});

test('whatever is said, segments hold all lines of their log in order, without a gap inside', () => {
  const gap = fc.constantFrom(0, 0, 0, 0, 5);
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), gap), { maxLength: 12, size: 'max' }),
        { maxLength: 20, size: 'max' },
      ),
      (turns) => {
        const last = new Map<number, number>();
        const steps = turns.map((turn) =>
          stepOf(
            turn.map(([log, gap]) => {
              const seq = (last.get(log) ?? 0) + 1 + gap;
              last.set(log, seq);
              return line(log, seq);
            }),
          ),
        );
        const { segments } = commitOf(steps);
        for (const log of [1, 2, 3]) {
          const read = segments
            .filter((segment) => segment.log === (log as LogId))
            .flatMap(({ first, count, at, bytes }) => {
              const lines = Buffer.from(bytes)
                .toString()
                .split(/(?<=\n)/);
              assert.equal(lines.length, count);
              assert.equal(at, 1000 + first + count - 1);
              return lines.map((text, index) => line(log, first + index, text));
            });
          const said = steps
            .flatMap((step) => step.lines)
            .filter((one) => one.log === (log as LogId));
          assert.deepEqual(read, said);
        }
      },
    ),
  );
});

test('of what replaces one another only the last is kept, at its own place', () => {
  const removed: Change = { type: 'stream-removed', account: 1 as AccountId, stream: 'a' };
  const { changes } = commitOf([
    stepOf([], [stream(1, 'a', 1), stream(1, 'b', 1)]),
    stepOf([], [removed, stream(1, 'a', 1)]),
    stepOf([], [stream(2, 'a', 9), stream(1, 'a', 2)]),
  ]);
  assert.deepEqual(changes, [stream(1, 'b', 1), removed, stream(2, 'a', 9), stream(1, 'a', 2)]);
});
