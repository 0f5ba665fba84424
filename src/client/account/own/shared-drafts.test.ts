// Drafts of all devices: the one that was touched last wins, it is told now and then, and what survives a start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import type { ClientEvent } from '../../client-event.ts';
import type { ClientChange, KeptValue } from '../../store/store-port.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { draftNoteMs, maxDrafts, maxSharedDraftLength } from '../limits.ts';
import { SharedDrafts } from './shared-drafts.ts';

function begun(values: readonly KeptValue[] = [], at = 1_000) {
  const timers = new FakeTimers();
  const kept = new Map(values.map(({ name, value }) => [name, value]));
  const keep = (changes: readonly ClientChange[]) => {
    for (const change of changes) {
      if (change.type !== 'kept-value') throw new Error('another change');
      if (change.value === undefined) kept.delete(change.name);
      else kept.set(change.name, change.value);
    }
  };
  const sent: [string, unknown][] = [];
  const events: ClientEvent[] = [];
  const state = { at, isAlone: false };
  const drafts = new SharedDrafts({
    own: {
      on: () => {},
      send: async (_kind, body, subject) => {
        sent.push([subject ?? '', body]);
        return 'queued';
      },
    },
    values,
    write: async (changes) => keep(changes),
    now: () => state.at,
    timers,
    isAlone: () => state.isAlone,
  });
  const hear = (place: string, body: unknown) => {
    const changes: ClientChange[] = [];
    drafts.take(place, body, { changes, events } as unknown as InboxBatch);
    keep(changes);
  };
  const again = () =>
    begun(
      [...kept].map(([name, value]) => ({ name, value })),
      state.at,
    );
  return { drafts, kept, sent, events, state, timers, hear, again };
}

test('a draft is told after a while, all changes of it as one, and at once at the end', async () => {
  const { drafts, sent, state, timers } = begun();
  await drafts.typed('@bob', 'ha');
  state.at += 400;
  await drafts.typed('@bob', 'half');
  await drafts.typed('lobby', 'to all');
  timers.advance(draftNoteMs - 1);
  assert.deepEqual(sent, []);
  timers.advance(1);
  assert.deepEqual(sent.splice(0), [
    ['@bob', [1_400, 'half']],
    ['lobby', [1_400, 'to all']],
  ]);
  await drafts.typed('@bob', 'half');
  await drafts.typed('@bob', '');
  await drafts.flush();
  assert.deepEqual(sent, [['@bob', [1_401, '']]], 'it was sent');
});

test('the draft that was touched last wins, whatever the clocks say, and is there after a start', async () => {
  const { drafts, events, hear, sent, again } = begun();
  hear('@bob', [9_000, 'of a clock that is ahead']);
  hear('@bob', [8_000, 'older']);
  assert.deepEqual(events, [{ type: 'draft', place: '@bob', text: 'of a clock that is ahead' }]);
  await drafts.typed('@bob', 'touched here');
  hear('@bob', [9_000, 'again']);
  const later = again();
  assert.deepEqual([...later.drafts.texts], [['@bob', 'touched here']]);
  later.hear('@bob', [9_001, 'at the same moment']);
  await drafts.flush();
  assert.deepEqual(sent, [['@bob', [9_001, 'touched here']]]);
  later.hear('@bob', [9_002, 'newer']);
  assert.deepEqual(later.events.length, 1);
});

test('nothing is told of a device alone, of what is no place, and of what is too long; nonsense is passed over', async () => {
  const { drafts, sent, state, kept, hear, events } = begun();
  state.isAlone = true;
  await drafts.typed('@bob', 'alone');
  state.isAlone = false;
  await drafts.typed('(line)', 'no place');
  await drafts.typed('@bob', 'x'.repeat(maxSharedDraftLength + 1));
  await drafts.flush();
  assert.deepEqual([sent, kept.size], [[], 1], 'only that it was touched');
  for (const body of [null, [1], [-1, 'x'], [1, 2], [2_000, null], [2_000, 'x', 'y']])
    hear('@bob', body);
  hear('nowhere', [2_000, 'x']);
  assert.deepEqual(events, []);
});

test('the drafts that were touched last are remembered', async () => {
  const { drafts, kept, state } = begun();
  for (let n = 0; n < maxDrafts + 3; n++) {
    state.at += 1;
    await drafts.typed(`@user${n}`, 'x');
  }
  assert.equal(kept.size, maxDrafts);
  assert.equal(drafts.texts.has('@user2'), false);
});

test('a device that turns out to be alone does not get back what it has sent', async () => {
  const { drafts, state, sent, again } = begun();
  // Before it has read which devices there are.
  await drafts.typed('lobby', 'half');
  state.isAlone = true;
  await drafts.typed('lobby', '');
  await drafts.typed('@bob', 'never told');
  await drafts.flush();
  assert.deepEqual(sent, [['lobby', [1_001, '']]]);
  assert.deepEqual([...again().drafts.texts], [['lobby', '']]);
});
