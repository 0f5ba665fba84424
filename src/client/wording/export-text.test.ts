import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageItem, TimelineItems } from '../timeline/model.ts';
import { exportText } from './export-text.ts';

function said(key: number, text: string, more: Partial<MessageItem> = {}): MessageItem {
  return {
    kind: 'message',
    key,
    at: key * 1000,
    from: 'al',
    isOwn: false,
    content: { kind: 'text', text },
    encrypted: true,
    standing: 'pinned',
    remark: undefined,
    namesMe: false,
    state: undefined,
    ...more,
  };
}

test('what disappears is not in an exported text', async () => {
  const items = [said(1, 'stays'), said(2, 'goes', { expiresAt: 9_000 }), said(3, 'stays too')];
  const page: TimelineItems = {
    length: items.length,
    isNewest: true,
    at: (index) => items[index],
    indexFrom: () => 0,
  };
  const pages = async function* () {
    yield page;
  };
  let text = '';
  for await (const piece of exportText(pages())) text += piece;
  assert.deepEqual(
    text.split('\n').map((line) => line.replace(/^.*\) /, '')),
    ['stays', 'stays too', ''],
  );
});
