import type { DraftChanges, DraftStore, SavedDraft } from '../../../client/draft-writer.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import { DraftKeeper } from './draft-keeper.ts';
import { ConversationFocus } from '../conversation-focus.ts';
import type { Model } from '../../../client/timeline/model.ts';

function stage(kept: ReadonlyMap<string, SavedDraft> = new Map()) {
  const opened: string[] = [];
  const model = { withPerson: (name: string) => opened.push(name) } as unknown as Model;
  const nothing = () => {};
  const focus = new ConversationFocus({
    model,
    rows: () => 24,
    opened: nothing,
    changed: nothing,
  });
  const timers = new FakeTimers();
  const written: DraftChanges[] = [];
  const faults: string[] = [];
  const disk = { isFull: false };
  const keep = (changes: DraftChanges): void => {
    if (disk.isFull) throw new Error('the disk is full');
    written.push(changes);
  };
  const draftStore: DraftStore = {
    kept,
    write: (changes) => new Promise((resolve) => resolve(keep(changes))),
    writeNow: keep,
  };
  const keeper = new DraftKeeper({
    draftStore,
    focus,
    model,
    timers,
    failed: (reason) => faults.push(reason),
  });
  const type = (id: string, text: string): void => {
    for (const character of text) focus.viewOf(id).draft.type(character);
    keeper.look();
  };
  const settle = async (ms: number): Promise<void> => {
    timers.advance(ms);
    await new Promise(setImmediate);
  };
  return { keeper, focus, written, faults, disk, type, settle, opened };
}

test('what is typed is on the disk within a second, all of it together, and gone when it was sent', async () => {
  const { focus, written, type, settle, keeper } = stage();
  type('lobby', 'half');
  type('@eve', 'a thought');
  assert.deepEqual(written, []);
  await settle(999);
  assert.deepEqual(written.splice(0), [
    new Map([
      ['lobby', { text: 'half', wasPasted: false }],
      ['@eve', { text: 'a thought', wasPasted: false }],
    ]),
  ]);
  focus.viewOf('@eve').draft.sent('a thought');
  keeper.look();
  await settle(999);
  assert.deepEqual(written, [new Map([['@eve', undefined]])]);
});

test('what was kept stands there again, and what was pasted is no command', () => {
  const { keeper, focus, opened } = stage(
    new Map([
      ['lobby', { text: 'one\ntwo', wasPasted: false }],
      ['@eve', { text: '/quit\u001B[2J', wasPasted: true }],
    ]),
  );
  assert.deepEqual(keeper.restore(), ['lobby', '@eve']);
  assert.deepEqual(opened, ['eve']);
  assert.equal(focus.viewOf('lobby').draft.text, 'one\ntwo');
  assert.equal(focus.viewOf('@eve').draft.text, '/quit');
  assert.equal(focus.viewOf('@eve').draft.wasPasted, true);
});

test('at the end it is written at once; what a full disk does not take is told', async () => {
  const { keeper, written, disk, faults, type, settle } = stage();
  type('lobby', 'text');
  assert.deepEqual(keeper.close(), []);
  assert.equal(written.length, 1);
  disk.isFull = true;
  type('lobby', ' and more');
  await settle(999);
  type('lobby', '!');
  await settle(999);
  assert.deepEqual(faults, ['the disk is full']);
  assert.deepEqual(keeper.close(), ['in lobby: text and more!']);
});
