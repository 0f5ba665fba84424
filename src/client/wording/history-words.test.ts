// How far a history is, in the place that is drawn again and again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../client-event.ts';
import { historyWork, isAboutHistory } from './history-words.ts';

const moved = (state: object | string): ClientEvent =>
  ({ type: 'history-moved', role: 'taken', state, text: undefined }) as ClientEvent;
const backup = (news: object): ClientEvent => ({ type: 'backup', news }) as ClientEvent;

test('each step of a history stands in one short line, and its end takes the line away', () => {
  const steps: readonly (readonly [ClientEvent, string | undefined])[] = [
    [moved({ done: 0, all: 7 }), 'history [----------] 0 %'],
    [moved({ done: 3, all: 7 }), 'history [####------] 42 %'],
    [moved({ done: 9, all: 7 }), 'history [##########] 100 %'],
    [moved({ done: 0, all: 0 }), 'history [##########] 100 %'],
    [moved('all'), undefined],
    [moved('refused'), undefined],
    [backup({ kind: 'restoring', done: 1e6, all: 2e6 }), 'history [#####-----] 50 %'],
    [backup({ kind: 'restored', damaged: 0 }), undefined],
  ];
  for (const [event, words] of steps) {
    assert.deepEqual([isAboutHistory(event), historyWork(event)], [true, words]);
  }
  // A reminder of a backup says nothing of a history that is on its way.
  for (const kind of ['remember', 'failed']) assert.equal(isAboutHistory(backup({ kind })), false);
});
