// The commit queue over a store that answers and fails as the test tells it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change, LogId } from '../../hub/records.ts';
import { StoreError, type Commit } from '../../hub/store-port.ts';
import { createTestClock } from '../clock.fixture.ts';
import { CommitQueue } from './commit-queue.ts';
import type { KeptLine, Step } from './step.ts';

type Act = string;
type Speaker = string;

/** Stores commits when the test tells it to answer. */
class ScriptedStore {
  readonly kept: Commit[] = [];
  #waiting: { commit: Commit; resolve: () => void; reject: (error: Error) => void }[] = [];

  commit(commit: Commit): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ commit, resolve, reject }));
  }

  get underWay(): number {
    return this.#waiting.length;
  }

  /** Answers the oldest commit. Resolves when the commit queue has seen the answer. */
  async answer(code?: StoreError['code']): Promise<void> {
    const next = this.#waiting.shift();
    assert.ok(next, 'no commit is under way');
    if (code === undefined) {
      this.kept.push(next.commit);
      next.resolve();
    } else {
      next.reject(new StoreError(code, 'as the test says'));
    }
    await new Promise(setImmediate);
  }

  /** The texts of everything stored. */
  get texts(): string[] {
    return this.kept.flatMap(({ changes, segments }) => [
      ...changes.map((change) => (change.type === 'ban' ? change.folded : '?')),
      ...segments.flatMap(({ bytes }) => Buffer.from(bytes).toString().trimEnd().split('\n')),
    ]);
  }
}

let lastSeq = 0;

/** A step, with its lines. */
interface Taken extends Step<Act, Speaker> {
  readonly lines?: readonly KeptLine[];
}

/** A message: stored, then carried out. */
const post = (text: string): Taken => ({
  acts: [text],
  changes: [],
  speakers: [text],
  isKept: true,
  lines: [{ log: 1 as LogId, seq: ++lastSeq, at: 0, line: `${text}\n` }],
  bytes: 100,
});

/** A change that holds from now on. */
const change = (text: string): Taken => ({
  acts: [text],
  changes: [{ type: 'ban', group: 'g', folded: text } as Change],
  speakers: [],
  isKept: true,
  bytes: 10,
});

const reply = (text: string): Taken => ({
  acts: [text],
  changes: [],
  speakers: [],
  isKept: false,
  bytes: 1,
});

/** A repeat: nothing to store, but it depends on what it repeats. */
const repeat = (text: string): Taken => ({ ...reply(text), speakers: [text] });

function setUp() {
  const { clock, goTo, timers } = createTestClock();
  const store = new ScriptedStore();
  const done: Act[] = [];
  const dropped: Speaker[] = [];
  const holding = { ms: 0, flushMs: 0 };
  const commitQueue: CommitQueue<Act, Speaker> = new CommitQueue(store, clock, {
    get holdMs() {
      return holding.ms;
    },
    get flushMs() {
      return holding.flushMs;
    },
    carryOut: (acts) => void done.push(...acts),
    touched: (acts) => acts.map((act) => /@(\w+)/.exec(act)?.[1]),
    dropped(speakers) {
      dropped.push(...speakers);
      commitQueue.enqueue(reply(`sorry for ${speakers.join(' ')}`));
    },
    salvage: (step) =>
      step.acts[0]?.startsWith('mixed') === true
        ? { ...change(`rest of ${step.acts[0]}`), bytes: 10 }
        : undefined,
    storing: (works, code) => void done.push(works ? 'works' : `fails: ${code}`),
  });
  return {
    commitQueue,
    enqueue: ({ lines, ...step }: Taken) => commitQueue.enqueue(step, lines),
    holding,
    store,
    done,
    dropped,
    timers,
    /** Ends this turn of the loop. */
    turn: () => goTo(clock.now()),
    later: (ms: number) => goTo(clock.now() + ms),
  };
}

test('without anything to keep everything is carried out at once', () => {
  const { enqueue, done, timers } = setUp();
  enqueue(reply('a'));
  enqueue(reply('b'));
  assert.deepEqual(done, ['a', 'b']);
  assert.equal(timers.size, 0);
});

test('all of a turn is one commit, and nothing behind it is told before', async () => {
  const { commitQueue, enqueue, store, done, turn } = setUp();
  enqueue(post('a'));
  enqueue(reply('b'));
  enqueue(change('c'));
  assert.equal(store.underWay, 0);
  turn();
  assert.deepEqual([store.underWay, done, commitQueue.uncommittedBytes], [1, [], 111]);
  enqueue(post('d'));
  enqueue(reply('e'));
  turn();
  assert.deepEqual([store.underWay, done], [1, []]);
  await store.answer();
  assert.deepEqual(done, ['a', 'b', 'c']);
  turn();
  await store.answer();
  assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(store.texts, ['c', 'a', 'd']);
  assert.deepEqual([commitQueue.uncommittedBytes, commitQueue.counts.commits], [0, 2]);
});

test('what is said again waits for the first, and is lost with it', async () => {
  const { enqueue, store, done, dropped, turn } = setUp();
  enqueue(repeat('x'));
  assert.deepEqual(done, ['x']);
  enqueue(post('a'));
  turn();
  enqueue(repeat('a again'));
  enqueue(reply('b'));
  await store.answer('failed');
  assert.deepEqual(dropped, ['a', 'a again']);
  assert.deepEqual(done, ['x', 'b', 'fails: failed', 'sorry for a a again']);
});

test('what stands behind a commit and is not kept itself is told with its end', async () => {
  const { commitQueue, enqueue, store, done, turn } = setUp();
  enqueue(post('a'));
  turn();
  enqueue(reply('b'));
  await store.answer();
  assert.deepEqual(done, ['a', 'b']);
  assert.ok(commitQueue.isOpen);
});

test('a store that fails: what was said is dropped and told, changes are tried again, the rest goes on', async () => {
  const { commitQueue, enqueue, store, done, dropped, turn, later } = setUp();
  enqueue(change('joins'));
  enqueue(post('said'));
  enqueue(post('mixed'));
  enqueue(reply('pong'));
  turn();
  enqueue(post('behind'));
  await store.answer('full');
  assert.deepEqual(done, ['pong', 'fails: full', 'sorry for said mixed behind']);
  assert.deepEqual(dropped, ['said', 'mixed', 'behind']);
  assert.deepEqual([commitQueue.works, commitQueue.uncommittedBytes], [false, 20]);
  enqueue(reply('still here'));
  assert.equal(done.at(-1), 'still here');
  enqueue(change('later'));
  later(999);
  assert.equal(store.underWay, 0);
  later(1);
  await store.answer('failed');
  later(1000);
  await store.answer();
  assert.deepEqual(done.slice(-4), ['joins', 'rest of mixed', 'later', 'works']);
  assert.deepEqual(store.texts, ['joins', 'rest of mixed', 'later']);
  assert.ok(commitQueue.works && commitQueue.isOpen);
});

test('with nothing to keep it still tries whether the store works again', async () => {
  const { enqueue, store, done, turn, later } = setUp();
  enqueue(post('a'));
  turn();
  await store.answer('failed');
  later(1000);
  assert.equal(store.underWay, 1);
  await store.answer();
  assert.equal(done.at(-1), 'works');
});

test('where delivery gathers anyway, what comes meanwhile is one commit, done just in time', async () => {
  const { commitQueue, enqueue, holding, store, done, later, turn } = setUp();
  enqueue(post('a'));
  turn();
  later(2);
  await store.answer();
  holding.ms = 5;
  enqueue(post('b'));
  turn();
  assert.equal(store.underWay, 0);
  later(4);
  enqueue(post('c'));
  turn();
  assert.equal(store.underWay, 0);
  // A commit took 2 ms, which counts for a quarter: half a millisecond is reserved for it.
  later(0.5);
  assert.equal(store.underWay, 1);
  await store.answer();
  assert.deepEqual(done, ['a', 'b', 'c']);
  assert.equal(commitQueue.counts.commits, 2);
});

test('after a commit of many the next one gathers for as long as telling takes; after one of few it does not', async () => {
  const { enqueue, holding, store, done, later, turn } = setUp();
  holding.flushMs = 3;
  for (let at = 0; at < 16; at++) enqueue(post(`many ${at}`));
  turn();
  enqueue(post('b'));
  await store.answer();
  assert.equal(done.length, 16);
  later(2);
  assert.equal(store.underWay, 0);
  later(1);
  assert.equal(store.underWay, 1);
  enqueue(post('c'));
  await store.answer();
  turn();
  assert.equal(store.underWay, 1);
});

/** A step that reveals nothing that is stored. */
const free = (text: string): Taken => ({ ...reply(text), isFree: true });

test('a store that stands still lets pass what does not depend on it, each behind what its people wait for', async () => {
  const { commitQueue, enqueue, store, done, turn, later, timers } = setUp();
  enqueue(post('said@al'));
  enqueue(free('first@bo'));
  enqueue(free('users@al'));
  turn();
  enqueue(free('early@bo'));
  enqueue(free('list@al'));
  enqueue(reply('known@bo'));
  enqueue(free('late@bo'));
  later(1999);
  assert.deepEqual(done, []);
  later(1);
  assert.deepEqual(
    done,
    ['first@bo', 'early@bo'],
    'the rest waits behind what somebody is still to hear',
  );
  enqueue(free('hello@cy'));
  enqueue(free('again@al'));
  enqueue(post('also@cy'));
  enqueue(free('list@cy'));
  assert.deepEqual(done, ['first@bo', 'early@bo', 'hello@cy']);
  assert.equal(commitQueue.uncommittedBytes, 100 + 1 + 1 + 1 + 1 + 1 + 100 + 1);
  await store.answer();
  assert.deepEqual(done.slice(3), [
    'said@al',
    'users@al',
    'list@al',
    'known@bo',
    'late@bo',
    'again@al',
  ]);
  turn();
  enqueue(free('next@di'));
  assert.equal(done.at(-1), 'again@al', 'the next commit is no slow one yet');
  await store.answer();
  assert.deepEqual(done.slice(9), ['also@cy', 'list@cy', 'next@di']);
  later(2000);
  assert.deepEqual([commitQueue.uncommittedBytes, timers.size], [0, 0]);
});

test('random people and a store that stands still at times: nobody hears out of order or of what is not kept', async () => {
  const person = fc.constantFrom('al', 'bo', 'cy');
  const kind = fc.constantFrom('post', 'change', 'reply', 'free', 'free', 'turn', 'wait', 'ok');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(kind, person), { minLength: 5, maxLength: 80, size: 'max' }),
      async (acts) => {
        const { commitQueue, enqueue, store, done, turn, later } = setUp();
        const steps = { post, change, reply, free };
        const taken: string[] = [];
        for (const [at, [act, who]] of acts.entries()) {
          if (act === 'turn') turn();
          else if (act === 'wait') later(700);
          else if (act === 'ok') {
            if (store.underWay > 0) await store.answer();
          } else {
            const text = `${act}@${who} ${at}`;
            taken.push(text);
            enqueue(steps[act](text));
            const waits = taken
              .slice(0, -1)
              .some((one) => one.includes(who) && !done.includes(one));
            if (act === 'free' && commitQueue.commitMs >= 2000)
              assert.equal(done.includes(text), !waits);
          }
          const kept = new Set(store.texts);
          for (const one of done) assert.ok(!/^(post|change)/.test(one) || kept.has(one), one);
        }
        for (let tries = 0; tries < 5; tries++) {
          later(5000);
          if (store.underWay > 0) await store.answer();
        }
        for (const who of ['al', 'bo', 'cy']) {
          const of = (texts: readonly string[]) => texts.filter((one) => one.includes(who));
          assert.deepEqual(of(done), of(taken));
        }
        assert.deepEqual([commitQueue.uncommittedBytes, commitQueue.isOpen], [0, true]);
      },
    ),
    { numRuns: 300 },
  );
});

test('the end waits for what is under way and for what has been gathered', async () => {
  const { commitQueue, enqueue, store, done, turn } = setUp();
  enqueue(post('a'));
  turn();
  enqueue(post('b'));
  let closed = false;
  const end = commitQueue.close().then(() => (closed = true));
  await store.answer();
  turn();
  assert.equal(closed, false);
  await store.answer();
  await end;
  assert.deepEqual(done, ['a', 'b']);
});

test('a store that does not work gets one more chance at the end', async () => {
  const { commitQueue, enqueue, store, done, turn, timers } = setUp();
  enqueue(change('a'));
  turn();
  await store.answer('full');
  const end = commitQueue.close();
  await store.answer('full');
  await end;
  assert.deepEqual([done, timers.size], [['fails: full'], 0]);
});

test('random steps, turns and failures: nothing is told that is not kept, all in order, nothing twice', async () => {
  const kinds = fc.constantFrom(
    'post',
    'post',
    'change',
    'reply',
    'turn',
    'ok',
    'ok',
    'fail',
    'wait',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(kinds, { minLength: 5, maxLength: 80, size: 'max' }),
      async (acts) => {
        const { commitQueue, enqueue, store, done, dropped, turn, later } = setUp();
        const said: string[] = [];
        const changed: string[] = [];
        for (const [at, act] of acts.entries()) {
          const text = `${act} ${at}`;
          switch (act) {
            case 'post':
              // The hub refuses messages that cannot be stored.
              if (!commitQueue.works) break;
              said.push(text);
              enqueue(post(text));
              break;
            case 'change':
              changed.push(text);
              enqueue(change(text));
              break;
            case 'reply':
              enqueue(reply(text));
              break;
            case 'turn':
              turn();
              break;
            case 'wait':
              later(1000);
              break;
            default:
              if (store.underWay > 0) await store.answer(act === 'fail' ? 'failed' : undefined);
          }
          assert.ok(store.underWay <= 1);
          const kept = new Set(store.texts);
          for (const one of done) {
            if (/^(post|change)/.test(one))
              assert.ok(kept.has(one), `${one} was told before it was kept`);
          }
        }
        for (let tries = 0; tries < 5; tries++) {
          later(1000);
          if (store.underWay > 0) await store.answer();
        }
        const told = (kind: string) => done.filter((one) => one.startsWith(kind));
        assert.deepEqual([...told('post'), ...dropped].toSorted(), said.toSorted());
        assert.deepEqual(
          told('post'),
          said.filter((one) => !dropped.includes(one)),
        );
        assert.deepEqual(told('change'), changed);
        assert.deepEqual(store.texts.toSorted(), [...told('post'), ...changed].toSorted());
        assert.equal(commitQueue.uncommittedBytes, 0);
      },
    ),
    { numRuns: 300 },
  );
});
