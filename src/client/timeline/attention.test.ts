// What calls for attention, by rule, mute and hours without disturbance; and when somebody is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsIn, callsOf, tellsIn } from './attention.ts';
import type { ConversationSummary } from './model.ts';
import { calledWords, Notifying } from './notifying.ts';

function of(more: Partial<ConversationSummary>): ConversationSummary {
  return {
    id: '#dev',
    kind: 'group',
    name: 'dev',
    unread: 5,
    mentions: 2,
    protection: 'open',
    isHere: undefined,
    isReady: true,
    isLeft: false,
    mutedUntil: undefined,
    ...more,
  };
}

test('what stands out and what is told, by kind, rule and mute', () => {
  const table: readonly [Partial<ConversationSummary>, stands: number, told: number][] = [
    [{}, 5, 2],
    [{ kind: 'person' }, 5, 5],
    [{ mutedUntil: Infinity }, 2, 2],
    [{ kind: 'person', mutedUntil: 1 }, 2, 2],
    [{ rule: 'all' }, 5, 5],
    [{ rule: 'all', mutedUntil: 1 }, 2, 2],
    [{ rule: 'mentions' }, 2, 2],
    [{ kind: 'person', rule: 'mentions' }, 2, 2],
    [{ rule: 'nothing' }, 0, 0],
    [{ kind: 'person', rule: 'nothing' }, 0, 0],
    [{ rule: 'nothing', mutedUntil: 1 }, 0, 0],
  ];
  for (const [more, stands, told] of table) {
    const one = of(more);
    assert.deepEqual([callsIn(one), tellsIn(one)], [stands, told], JSON.stringify(more));
  }
  const conversations = [of({}), of({ rule: 'nothing' }), of({ kind: 'person', unread: 1 })];
  assert.equal(callsOf({ conversations, quietUntil: undefined }), 6);
  assert.equal(callsOf({ conversations, quietUntil: Infinity }), 0);
});

test('what comes while nobody is to be disturbed is not told later, and the next one is', () => {
  let now = 0;
  const notifying = new Notifying(() => now);
  const look = (mentions: number, quietUntil?: number, seen?: string) => {
    now += 10_000;
    const conversations = [of({ mentions, unread: mentions })];
    return notifying.look({ conversations, quietUntil }, seen, true)?.id;
  };
  assert.equal(look(1), '#dev');
  assert.equal(look(1), undefined);
  assert.equal(look(2, Infinity), undefined);
  assert.equal(look(2), undefined);
  assert.equal(look(3), '#dev');
  assert.equal(look(4, undefined, '#dev'), undefined);
  assert.equal(look(0), undefined);
  assert.equal(look(1), '#dev');
});

test('the words say who, never what', () => {
  assert.equal(calledWords(of({ kind: 'person', name: 'bob' })), 'bob wrote to you');
  assert.equal(calledWords(of({})), 'you were named in dev');
  assert.equal(calledWords(of({ mentions: 0, rule: 'all' })), 'somebody wrote in dev');
});
