import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transfer, TransferState } from '../files/transfer.ts';
import { fileStanding } from './file-standing.ts';

const transfer = (state: TransferState, more: Partial<Transfer> = {}): Transfer => ({
  number: 7,
  direction: 'incoming',
  peer: 'bob',
  isKept: false,
  name: 'plan.pdf',
  size: 100,
  state,
  doneBytes: 50,
  bytesPerSecond: undefined,
  ...more,
});

test('a view with buttons names no command', () => {
  const states: readonly TransferState[] = [
    { phase: 'hashing' },
    { phase: 'queued' },
    { phase: 'offering' },
    { phase: 'held' },
    { phase: 'asking', why: 'stranger' },
    { phase: 'asking', why: undefined },
    { phase: 'preparing' },
    { phase: 'moving' },
    { phase: 'confirming' },
    { phase: 'paused', why: 'away' },
    { phase: 'paused', why: 'interrupted' },
    { phase: 'delivered' },
    { phase: 'kept' },
    { phase: 'saved', path: 'saved/1/plan.pdf' },
    { phase: 'ended', by: 'me', reason: 'no-space' },
  ];
  for (const state of states) {
    for (const direction of ['incoming', 'outgoing'] as const) {
      const words = fileStanding(transfer(state, { direction }));
      assert.notEqual(words, '');
      assert.doesNotMatch(words, /\/\w|saved\//, state.phase);
    }
  }
});

test('it says why somebody is asked, and why nothing came', () => {
  const asked = fileStanding(transfer({ phase: 'asking', why: 'stranger' }));
  assert.equal(asked, 'you have never written to them');
  const ended = fileStanding(transfer({ phase: 'ended', by: 'peer', reason: 'cancelled' }));
  assert.equal(ended, 'not saved: they cancelled it');
});
