import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationSummary, Protection } from '../../../client/timeline/model.ts';
import { statusRow } from './status-row.ts';
import { widthOf } from './text.ts';
import { themeOf } from './theme.ts';

const plain = { ...themeOf('none'), paint: (_: string, text: string) => text };

function rowIn(width: number, protection: Protection, work?: string): string {
  const conversation: ConversationSummary = {
    id: '@alice',
    kind: 'person',
    name: 'alice',
    unread: 0,
    mentions: 0,
    protection,
    isHere: true,
    isReady: true,
    isLeft: false,
    mutedUntil: undefined,
  };
  return statusRow(
    {
      connection: { phase: 'open', words: 'connected' },
      server: 'chat.example.org:1337',
      isTls: true,
      conversation,
      quietUntil: undefined,
      work,
      helpKey: 'F1',
    },
    width,
    plain,
  );
}

const protections = ['open', 'sealed', 'untried', 'encrypted', 'verified', 'changed'] as const;

test('the row is as wide as the screen, and says connection and protection before all else', () => {
  for (let width = 12; width <= 200; width++) {
    for (const protection of protections) {
      for (const work of [undefined, 'notes.txt to alice: 43 % of 1.2 GB, 12 MB/s, 0:32 left']) {
        const row = rowIn(width, protection, work);
        assert.equal(widthOf(row), width, `${width}: ${row}`);
        if (width >= 30)
          assert.match(row, /● connected │ (?:○ not|◇ |◆ verified|◆ end|! KEY CHANGED)/);
        if (width >= 40) assert.match(row, / F1 help $/, `${width}`);
      }
    }
  }
});

test('the server has its place where there is room for it', () => {
  assert.match(rowIn(120, 'open'), /chat\.example\.org:1337 \(TLS\) +F1 help $/);
  assert.match(
    rowIn(92, 'open'),
    /the server can read it │ chat\.example\.org:1337 \(T… +F1 help $/,
  );
  assert.doesNotMatch(rowIn(80, 'open'), /example/);
});
