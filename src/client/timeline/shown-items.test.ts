// Items as they are shown where people are ignored: against the simplest way to say it, under random changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textContent } from '../content.ts';
import { ConversationBook } from './conversation-book.ts';
import { ItemList } from './item-list.ts';
import type { MessageItem, TimelineItem, TimelineItems } from './model.ts';
import { ShownItems } from './shown-items.ts';

function said(key: number, from: string, more: Partial<MessageItem> = {}): MessageItem {
  return {
    kind: 'message',
    key,
    at: key,
    seq: key,
    from,
    isOwn: from === 'me',
    content: textContent(`text ${key}`),
    encrypted: false,
    standing: undefined,
    remark: undefined,
    namesMe: false,
    state: undefined,
    ...more,
  };
}

const noSource = { conversations: [] };

function all(items: TimelineItems): TimelineItem[] {
  return Array.from({ length: items.length }, (_, index) => items.at(index) ?? assert.fail());
}

const wordsOf = (items: TimelineItems): string[] =>
  all(items).map((item) =>
    item.kind === 'message'
      ? `${item.from} ${item.key}`
      : `= ${item.key} ${(item as { text: string }).text}`,
  );

/** One line for each run. */
function plainly(list: ItemList, ignored: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  let run: { from: string; key: number; count: number } | undefined;
  const end = (): void => {
    if (run === undefined) return;
    const { from, key, count } = run;
    lines.push(`= ${key} ${count === 1 ? 'a message' : `${count} messages`} of ${from}, ignored`);
    run = undefined;
  };
  for (const item of all(list) as MessageItem[]) {
    if (run !== undefined && run.from === item.from) run.count += 1;
    else {
      end();
      if (ignored.has(item.from)) run = { from: item.from, key: item.key, count: 1 };
      else lines.push(`${item.from} ${item.key}`);
    }
  }
  end();
  return lines;
}

test('each run of an ignored person is one line, whatever is added, taken away or changed', () => {
  const who = fc.constantFrom('me', 'bob', 'carol', 'dave');
  const step = fc.oneof(
    fc.record({ do: fc.constant('say' as const), who }),
    fc.record({ do: fc.constant('earlier' as const), who }),
    fc.record({ do: fc.constant('ignore' as const), who: fc.constantFrom('bob', 'carol') }),
    fc.record({ do: fc.constant('drop' as const), who }),
    fc.record({ do: fc.constant('edit' as const), who }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ignored = new Set<string>();
      const list = new ItemList();
      const shown = new ShownItems((one) => ignored.has(one));
      for (const { do: what, who: one } of steps) {
        if (what === 'say') list.push((key) => said(key, one));
        else if (what === 'earlier') list.unshift([(key) => said(key, one)]);
        else if (what === 'drop') list.dropLast(1);
        else if (what === 'edit') {
          const first = list.at(0);
          if (first?.kind === 'message') list.replace({ ...first, edited: { times: 1, at: 1 } });
        } else {
          if (!ignored.delete(one)) ignored.add(one);
          shown.ignoredChanged(new ConversationBook(), noSource);
        }
        const items = shown.of(list);
        assert.deepEqual(wordsOf(items), plainly(list, ignored));
        assert.equal(shown.of(list), items, 'made once');
        for (const [index, item] of all(items).entries())
          assert.equal(items.indexFrom(item.key), index);
      }
    }),
    { numRuns: 200 },
  );
});

test('what nobody hides is the list itself, a line stays the same object, and a quote of a hidden one has no words', () => {
  const ignored = new Set<string>();
  const list = new ItemList();
  const shown = new ShownItems((one) => ignored.has(one));
  list.push((key) => said(key, 'bob'));
  const reply = { seq: 1, id: '', key: 1, from: 'bob', text: 'something bad' };
  list.push((key) => said(key, 'carol', { reply }));
  assert.equal(shown.of(list), list);
  ignored.add('bob');
  shown.ignoredChanged(new ConversationBook(), noSource);
  const [line, answer] = all(shown.of(list));
  assert.equal(JSON.stringify([line, answer]).includes('something bad'), false);
  list.push((key) => said(key, 'dave'));
  const next = all(shown.of(list));
  assert.equal(next[0], line);
  assert.equal(next[1], answer);
  ignored.clear();
  shown.ignoredChanged(new ConversationBook(), noSource);
  assert.equal(shown.of(list), list);
});
