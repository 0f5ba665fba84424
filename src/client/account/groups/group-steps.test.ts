// When a device takes its steps about a sealed group.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import type { GroupNeed } from '../../encryption/group/engine.ts';
import { removeWithinMs } from '../../encryption/group/limits.ts';
import type { PendingRequests } from '../../pending-requests.ts';
import type { Conversation } from '../conversations.ts';
import { GroupSteps, type GroupStepsPorts } from './group-steps.ts';

/** A group that needs `needs.now`, and what its device does. */
function stage() {
  const needs: { now: GroupNeed } = { now: undefined };
  const done: string[] = [];
  const timers = new FakeTimers();
  let work = Promise.resolve();
  const steps = new GroupSteps({
    engine: {
      need: async () => needs.now,
      isSealed: () => true,
      remove: async () => void done.push('remove'),
      rotate: async () => void done.push('rotate'),
    },
    outbox: () => ({ book: { isCounting: true } }),
    timers,
    random: (length: number) => new Uint8Array(length).fill(128),
    work: (task: () => Promise<void>) => void (work = work.then(task)),
    isBehind: () => false,
    post: () => done.push('post'),
  } as unknown as GroupStepsPorts);
  steps.login({} as PendingRequests);
  const conversation = { name: '#lunch', isIn: true } as unknown as Conversation;
  const settled = async (): Promise<readonly string[]> => {
    for (let last; last !== work;) await (last = work);
    return done.splice(0);
  };
  return { needs, timers, conversation, steps, settled };
}

for (const [next, does] of [
  ['rotate', 'rotate'],
  [undefined, 'post'],
] as const) {
  test(`where somebody else has removed who is out meanwhile, what is next is done: ${does}`, async () => {
    const { needs, timers, conversation, steps, settled } = stage();
    needs.now = 'remove';
    steps.consider(conversation);
    assert.deepEqual(await settled(), []);
    needs.now = next;
    timers.advance(removeWithinMs);
    assert.deepEqual(await settled(), [does]);
  });
}

test('who is out is removed by one who has waited a part of the time', async () => {
  const { needs, timers, conversation, steps, settled } = stage();
  needs.now = 'remove';
  steps.consider(conversation);
  steps.consider(conversation);
  assert.deepEqual(await settled(), []);
  timers.advance(removeWithinMs);
  assert.deepEqual(await settled(), ['remove']);
});
