// Repeats, searched in a log of segments: found anywhere in its last part, and never confused with other messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Repeated } from '../../hub/effects.ts';
import type { LogId } from '../../hub/records.ts';
import type { LogRange, Segment } from '../../hub/store-port.ts';
import { formatExtendedEvent } from '../../wire/extended/events.ts';
import { lobbyName } from '../../wire/extended/names.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { binaryFromText } from '../binary-string.ts';
import { RepeatHandler } from './repeat-handler.ts';

interface Line {
  readonly id?: string;
  readonly from?: string;
  readonly text: string;
}

/** A log with these lines, `perSegment` in each segment. */
function logOf(lines: readonly Line[], perSegment: number) {
  let reads = 0;
  const segments: Segment[] = [];
  for (let at = 0; at < lines.length; at += perSegment) {
    const some = lines.slice(at, at + perSegment);
    const text = some.map(({ id, from = 'alice', text }, index) =>
      formatExtendedEvent({
        verb: 'MSG',
        in: lobbyName,
        seq: at + index + 1,
        at: 1000 + at + index + 1,
        from: from as Username,
        id,
        text,
      }),
    );
    const bytes = Buffer.from(text.join(''));
    segments.push({ log: 1 as LogId, first: at + 1, count: some.length, at: 0, bytes });
  }
  const store = {
    async read({ after, before, maxMessages }: LogRange): Promise<Segment[]> {
      reads += 1;
      const found: Segment[] = [];
      let messages = 0;
      for (const segment of segments.toReversed()) {
        if (segment.first >= before || segment.first + segment.count - 1 <= after) continue;
        if (messages >= maxMessages) break;
        messages += segment.count;
        found.unshift(segment);
      }
      return found;
    },
  };
  const readable = { log: 1 as LogId, number: 1, name: lobbyName, first: 1, last: lines.length };
  const handler = new RepeatHandler(store);
  return {
    find: (id: string, text: string, first = 1) =>
      handler.find(repeated(id, text), { ...readable, first }),
    reads: () => reads,
  };
}

function repeated(id: string, text: string): Repeated {
  return {
    label: undefined,
    place: { kind: 'lobby' },
    name: lobbyName,
    id,
    from: 'alice' as Username,
    text: binaryFromText(text) as LineText,
    content: undefined,
    sealed: undefined,
    welcome: undefined,
    commit: undefined,
  };
}

test('a repeat is found with its number and time, whatever the segments, and whether it says the same', async () => {
  const lines = Array.from({ length: 50 }, (_, at) => ({ id: `s.${at + 1}`, text: `tëxt ${at}` }));
  for (const perSegment of [1, 7, 50]) {
    const log = logOf(lines, perSegment);
    for (const seq of [1, 2, 25, 49, 50]) {
      const same = await log.find(`s.${seq}`, `tëxt ${seq - 1}`);
      assert.deepEqual(same, { seq, at: 1000 + seq, isSame: true });
      const other = await log.find(`s.${seq}`, 'another text');
      assert.deepEqual(other, { seq, at: 1000 + seq, isSame: false });
    }
    assert.equal(await log.find('s.10', 'x', 20), undefined, 'what may not be read is not told');
  }
});

test('nothing else is taken for it: other people, longer numbers, what is only written in a text', async () => {
  const log = logOf(
    [
      { id: 's.1', from: 'bob', text: 'mine' },
      { id: 's.11', from: 'alice', text: 'eleven' },
      { id: 'x.1', text: ',"from":"alice","id":"s.1"' },
      { text: ',"from":"alice","id":"s.1",' },
    ],
    2,
  );
  assert.equal(await log.find('s.1', 'mine'), undefined);
});

test('a long log is looked through a bounded part of, and not beyond what is earlier in the stream', async () => {
  const others = Array.from({ length: 50_000 }, () => ({ from: 'bob', text: 'x' }));
  const far = logOf([{ id: 's.1', text: 'a' }, ...others], 100);
  assert.equal(await far.find('s.1', 'a'), undefined);
  assert.ok(far.reads() <= 4);
  const elsewhere = logOf([...others, { id: 's.1', text: 'a' }], 100);
  assert.equal(await elsewhere.find('s.2', 'a'), undefined);
  assert.equal(elsewhere.reads(), 1);
});
