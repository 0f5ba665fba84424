// The window compared with the store that it reads: whatever happens, the shown messages are consecutive.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent, textOf } from '../content.ts';
import { MemoryClientStore } from '../store/memory-store.ts';
import type { ClientChange, HistoryRecord, PlacedRecord } from '../store/store-port.ts';
import { lobbyName } from '../../wire/extended/names.ts';
import { isMark } from '../store/taken-number.ts';
import type { Username } from '../../wire/text.ts';
import { itemOf, readerOf } from './history-items.ts';
import { ItemList, type ItemMaker } from './item-list.ts';
import { HistoryWindow } from './history-window.ts';
import type { TimelineItem } from './model.ts';

const sizes = { page: 7, newest: 30, rest: 10, away: 40 };

function record(part: Partial<HistoryRecord>): HistoryRecord {
  return {
    conversation: lobbyName,
    localId: undefined,
    seq: undefined,
    at: 0,
    from: undefined,
    guest: false,
    content: textContent(''),
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
    ...part,
  };
}

const reader = readerOf('alice');
const entryOf =
  (record: HistoryRecord | PlacedRecord) =>
  (key: number): TimelineItem => ({ ...itemOf(record, reader), key });

const eve = 'eve' as Username;

/** A conversation with a device that keeps it, where things are said while somebody looks through it. */
class Stage {
  readonly store = new MemoryClientStore();
  readonly newest = new ItemList();
  readonly window: HistoryWindow;
  #last = 0;
  #isLoaded = false;

  constructor() {
    this.window = new HistoryWindow(
      this.newest,
      {
        read: (historyRange, limit) => this.store.historyRange(lobbyName, historyRange, limit),
        entryOf,
      },
      sizes,
    );
    const conversation = { name: lobbyName, log: 1, epoch: 0, earlier: [], cursor: 0, read: 0 };
    this.store.apply([{ type: 'conversation', conversation }]);
  }

  /** Stored first, then reported, as in the client. */
  say(count: number, isNumbered = true, isReadable = true): void {
    for (let one = 0; one < count; one++) {
      this.#last += 1;
      const said = record({
        seq: isNumbered ? this.#last : undefined,
        at: this.#last,
        from: eve,
        content: textContent(`of ${this.#last}`),
        unreadable: isReadable ? undefined : `of ${this.#last}`,
      });
      const change: ClientChange = { type: 'message', message: said };
      this.store.apply([change]);
      if (this.#isLoaded) this.newest.push(entryOf(said));
    }
  }

  /** The first mark behind a part of the history goes, stored first and then reported, as in the client. */
  removeMark(share: number): void {
    const { messages } = this.store;
    const from = Math.floor((messages.length * share) / 101);
    const seq = messages.find((message, index) => index >= from && isMark(message))?.seq;
    if (seq === undefined) return;
    this.store.apply([{ type: 'mark-removed', conversation: lobbyName, seq }]);
    if (this.#isLoaded) this.window.removeMark(seq);
  }

  async load(): Promise<void> {
    await this.window.load();
    this.#isLoaded = true;
  }

  get texts(): readonly string[] {
    const { entries } = this.window;
    return Array.from({ length: entries.length }, (_, index) => entries.at(index))
      .map((entry) => {
        if (entry?.kind === 'unreadable') return entry.why;
        return entry?.kind === 'message' ? textOf(entry.content) : undefined;
      })
      .filter((text) => text !== undefined);
  }

  check(): void {
    const all = this.store.messages.map(({ content, unreadable }) => unreadable ?? textOf(content));
    const { texts } = this;
    const from = texts.length === 0 ? 0 : all.indexOf(texts[0] ?? '');
    assert.deepEqual(texts, all.slice(from, from + texts.length));
    const { entries, size } = this.window;
    if (entries.isNewest) assert.equal(from + texts.length, all.length, 'up to the newest');
    for (let index = 1; index < entries.length; index++) {
      assert.ok((entries.at(index - 1)?.key ?? 0) < (entries.at(index)?.key ?? 0), 'keys grow');
    }
    assert.ok(!entries.isNewest || size === entries.length, 'nothing is kept besides');
  }
}

const act = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'earlier' as const }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'later' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'newest' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reveal' as const), share: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('since' as const), share: fc.nat(100) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      count: fc.integer({ min: 1, max: 12 }),
      isNumbered: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'mark' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unmark' as const), share: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'tell' as const }) },
);

test('whatever is done, what is shown is a part of the history without a gap, and nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 200 }),
      fc.boolean(),
      fc.array(act, { size: 'max', maxLength: 60 }),
      fc.boolean(),
      async (before, isNumbered, acts, isHasty) => {
        const stage = new Stage();
        stage.say(before, isNumbered);
        await stage.load();
        let last: Promise<unknown> = Promise.resolve();
        for (const one of acts) {
          const { window, store } = stage;
          const all = store.messages;
          if (one.kind === 'earlier') last = window.earlier();
          else if (one.kind === 'later') last = window.later();
          else if (one.kind === 'newest') window.toNewest();
          else if (one.kind === 'say') stage.say(one.count, one.isNumbered);
          else if (one.kind === 'mark') stage.say(1, true, false);
          else if (one.kind === 'unmark') stage.removeMark(one.share);
          else if (one.kind === 'tell')
            stage.newest.push((key) => ({ kind: 'notice', key, at: 0, tone: 'notice', text: '*' }));
          else {
            const readable = all.filter((record) => !isMark(record));
            const wanted = readable[Math.floor((readable.length * one.share) / 101)];
            if (wanted === undefined) continue;
            const key =
              one.kind === 'since'
                ? await window.since(wanted.at)
                : await window.reveal(await placedOf(store, textOf(wanted.content)));
            const item = window.entries.get(key ?? NaN);
            assert.deepEqual(item?.kind === 'message' && item.content, wanted.content);
          }
          // A person does not wait for one page before requesting the next.
          if (!isHasty) await last;
          stage.check();
        }
        await last;
        stage.check();
      },
    ),
    { numRuns: Number(process.env['HISTORIES'] ?? 150) },
  );
});

test('a range whose last position was a mark that is gone is read on without anything twice', async () => {
  const stage = new Stage();
  stage.say(19, false);
  await stage.load();
  stage.say(1, false);
  for (let mark = 0; mark < 3; mark++) stage.say(1, true, false);
  stage.say(7, false);
  stage.newest.push((key) => ({ kind: 'notice', key, at: 0, tone: 'notice', text: '*' }));
  await stage.window.reveal(await placedOf(stage.store, 'of 1'));
  await stage.window.later();
  await stage.window.earlier();
  assert.equal(stage.window.entries.isNewest, false);
  stage.removeMark(0);
  stage.check();
  await stage.window.later();
  stage.check();
});

async function placedOf(store: MemoryClientStore, text: string): Promise<PlacedRecord> {
  const all = await store.historyRange(lobbyName, { kind: 'first' }, 100_000);
  const found = all.find((one) => textOf(one.content) === text);
  assert.ok(found);
  return found;
}

test('however far somebody goes, memory is bounded, and every message passes by', async () => {
  const stage = new Stage();
  const count = 1_000;
  stage.say(count);
  await stage.load();
  const seen = new Set(stage.texts);
  let largest = 0;
  const look = (): void => {
    for (const text of stage.texts) seen.add(text);
    largest = Math.max(largest, stage.window.size);
    stage.check();
  };
  while (await stage.window.earlier()) look();
  assert.equal(seen.size, count);
  assert.equal(stage.texts[0], 'of 1');
  while (!stage.window.entries.isNewest) {
    await stage.window.later();
    look();
  }
  assert.equal(stage.texts.at(-1), `of ${count}`);
  assert.ok(largest <= sizes.newest + sizes.away + 2 * sizes.page, `${largest} at once`);
});

test('keys say the same after a range has met the newest messages', async () => {
  const stage = new Stage();
  stage.say(60);
  await stage.load();
  const maker: ItemMaker = (key) => ({ kind: 'notice', key, at: 0, tone: 'notice', text: '*note' });
  const note = stage.newest.push(maker);
  const key = await stage.window.reveal({ seq: 30 });
  assert.ok(key !== undefined && key < note.key);
  assert.equal(stage.window.entries.isNewest, false);
  // The state of a message is updated by its key, wherever one looks.
  stage.window.replace({ ...note, at: 5 });
  while (!stage.window.entries.isNewest) await stage.window.later();
  assert.equal(stage.window.entries.get(key)?.seq, 30);
  assert.equal(stage.window.entries.get(note.key)?.at, 5);
  stage.check();
});
