import type { DraftChanges, DraftStore, SavedDraft } from '../../../client/draft-writer.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import { DraftKeeper } from './draft-keeper.ts';
import { ConversationFocus } from '../conversation-focus.ts';
import type { Model } from '../../../client/timeline/model.ts';

function stage(
  kept: ReadonlyMap<string, SavedDraft> = new Map(),
  elsewhere: ReadonlyMap<string, string> = new Map(),
) {
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
  const told: string[] = [];
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
    devices: {
      texts: () => elsewhere,
      tell: async (id, text) => void told.push(`${id}: ${text}`),
    },
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
  return { keeper, focus, written, told, faults, disk, type, settle, opened };
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

test('what is typed is told to the other devices before it is written, and no command is', async () => {
  const { told, type, settle, focus, keeper } = stage();
  type('lobby', 'half');
  type('@eve', '/link ABC');
  await settle(999);
  focus.viewOf('lobby').draft.sent('half');
  keeper.look();
  await settle(999);
  assert.deepEqual(told, ['lobby: half', 'lobby: ']);
});

test('a draft of another device comes where nothing was typed since, is written, and was no command there', async () => {
  const { keeper, focus, written, opened, type, settle } = stage();
  keeper.came('@eve', '/not a command');
  keeper.look();
  await settle(999);
  const { draft } = focus.viewOf('@eve');
  assert.deepEqual([draft.text, draft.wasPasted, opened], ['/not a command', true, ['eve']]);
  assert.equal(written.length, 1);
  type('lobby', 'mine');
  keeper.came('lobby', 'of another device');
  assert.equal(focus.viewOf('lobby').draft.text, 'mine', 'it is being typed');
  await settle(999);
  keeper.came('lobby', 'of another device');
  keeper.came('@eve', '');
  assert.deepEqual([focus.viewOf('lobby').draft.text, draft.text], ['of another device', '']);
});

test('at a start what other devices have touched takes the place of what is here, but for what goes on from it', () => {
  const draft = (text: string) => ({ text, wasPasted: false });
  const kept = new Map([
    ['lobby', draft('old')],
    ['@eve', draft('half and more')],
    ['@bob', draft('sent elsewhere')],
    ['#team', draft('/join')],
  ]);
  const elsewhere = new Map([
    ['lobby', 'new'],
    ['@eve', 'half'],
    ['@bob', ''],
    ['#team', ''],
    ['#other', 'begun elsewhere'],
  ]);
  const { keeper, focus } = stage(kept, elsewhere);
  assert.deepEqual(keeper.restore(), ['lobby', '@eve', '#team', '#other']);
  const text = (id: string) => focus.viewOf(id).draft.text;
  assert.deepEqual(['lobby', '@eve', '@bob', '#team', '#other'].map(text), [
    'new',
    'half and more',
    '',
    '/join',
    'begun elsewhere',
  ]);
});
