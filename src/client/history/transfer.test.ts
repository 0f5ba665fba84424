// Both sides of a history on its way, each alone: what comes between while it is on its way, and what ends it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { PieceSealer } from '../../e2ee/history/piece-sealer.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { err } from '../../lib/result.ts';
import { nodeCompression } from '../../platform/node/compression.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { HistoryBlock } from './history-export.ts';
import { HistoryGiver } from './history-giver.ts';
import { HistoryTaker } from './history-taker.ts';
import type { HistoryWord, WordOf } from './transfer-notes.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const sealer = (key: Uint8Array) =>
  new PieceSealer({ ciphers: nodeFileCiphers, compression: nodeCompression, random }, key);
const aKey = () => encodeBase64url(random(32));
const [tablet, phone, laptop] = [aKey(), aKey(), aKey()];

/** What is said, and who waits for some of it. */
class Said {
  readonly words: HistoryWord[] = [];
  readonly #waiting: { readonly is: (word: HistoryWord) => boolean; readonly act: () => void }[] =
    [];

  readonly say = async (word: HistoryWord): Promise<boolean> => {
    this.words.push(word);
    for (const { is, act } of this.#waiting) if (is(word)) act();
    return true;
  };

  once(is: (word: HistoryWord) => boolean): Promise<void> {
    return new Promise((act) => this.#waiting.push({ is, act }));
  }

  pieces(id?: string): string[] {
    return this.words.flatMap((word) =>
      word.say === 'piece' && (id === undefined || word.id === id) ? [word.name] : [],
    );
  }
}

/** A device with three blocks of history. */
function giving({
  before = async () => {},
  parts = 1,
}: { before?: (puts: number) => Promise<void>; parts?: number } = {}) {
  const said = new Said();
  const blobs = new MemoryBlobs();
  const put = blobs.put.bind(blobs);
  const state = { revoked: 0, isAway: false };
  let puts = 0;
  blobs.put = async (...blob) => {
    await before((puts += 1));
    return state.isAway ? err({ kind: 'gone' }) : put(...blob);
  };
  let end: (why: string) => void = () => {};
  const over = new Promise<string>((resolve) => (end = resolve));
  const blocks = ['one', 'two', 'three'].map((name) => ({ name, stamp: '1' }) as HistoryBlock);
  const giver = new HistoryGiver(
    {
      export: {
        blocks: async () => blocks,
        pieces: async ({ name }) => Array.from({ length: parts }, () => encodeUtf8(name)),
      },
      sealer,
      blobs: () => blobs,
      random,
      timers: new FakeTimers(),
      say: said.say,
      keep: async () => {},
      moved: () => {},
      over: (why, text) => end(text ?? why),
      revoked: async () => state.revoked,
    },
    undefined,
  );
  return { said, giver, over, state, blocks };
}

test('nothing more is sealed for a key that a device has heard which is revoked by now', async () => {
  const { said, giver, over, state } = giving({
    before: async (puts) => void (state.revoked = puts),
  });
  await giver.begin(random(32));
  assert.equal(await over, 'revoked');
  assert.deepEqual(said.pieces(), ['0 one']);
  assert.equal(said.words.at(-1)?.say, 'over');
  assert.deepEqual([giver.state], [undefined]);
  // By the person's word again, under another key.
  state.revoked = 5;
  await giver.begin(random(32));
  assert.equal(giver.state?.revoked, 5);
});

test('a history that begins while another one is on its way is given', async () => {
  let goOn: () => void = () => {};
  const first = new Promise<void>((resolve) => (goOn = resolve));
  let reached: () => void = () => {};
  const isUnderWay = new Promise<void>((resolve) => (reached = resolve));
  const { said, giver } = giving({
    before: async (puts) => {
      if (puts > 1) return;
      reached();
      await first;
    },
  });
  await giver.begin(random(32));
  await isUnderWay;
  await giver.begin(random(32));
  const id = giver.state?.id;
  const ended = said.once((word) => word.say === 'end' && word.id === id);
  goOn();
  await ended;
  assert.deepEqual(said.pieces(id), ['0 one', '0 two', '0 three']);
});

test('a connection that is lost and there again while a piece is on its way is used', async () => {
  const { said, giver, state } = giving({
    before: async (puts) => {
      state.isAway = puts === 1;
      if (puts > 1) return;
      giver.logout();
      giver.login();
    },
  });
  const ended = said.once(({ say }) => say === 'end');
  await giver.begin(random(32));
  await ended;
  assert.deepEqual(said.pieces(), ['0 one', '0 two', '0 three']);
});

/** The words that the other side says so far, heard by `giver`: what it takes, what it has lost, and that it has all. */
function answersOf(
  said: Said,
  isLost: (name: string) => boolean,
): WordOf<'took' | 'lost' | 'all'>[] {
  let pieces = 0;
  return said.words.splice(0).flatMap((word): WordOf<'took' | 'lost' | 'all'>[] => {
    const { say, id } = word;
    if (say === 'end') return [{ say: 'all', id, n: word.n ?? 0 }];
    if (say !== 'piece') return [];
    const took = { say: 'took', id, pieces: ++pieces } as const;
    return isLost(word.name) ? [{ say: 'lost', id, name: word.name }, took] : [took];
  });
}

test('an answer that comes again ends nothing: what is given meanwhile is fetched before the end', async () => {
  const { said, giver, over, blocks } = giving();
  const ended = said.once(({ say }) => say === 'end');
  await giver.begin(random(32));
  await ended;
  const all = answersOf(said, () => false).at(-1);
  assert.equal(all?.say, 'all');
  // Something has come meanwhile: another round.
  blocks.push({ name: 'four', stamp: '1' } as HistoryBlock);
  const again = said.once(({ say }) => say === 'end');
  assert.equal(giver.heard(all), true);
  // The other side was killed before it had stored that it has said so.
  assert.equal(giver.heard(all), false);
  await again;
  assert.equal(giver.heard(all), false);
  assert.equal(giver.state?.rounds, 1);
  const last = answersOf(said, () => false);
  assert.deepEqual(
    last.map(({ say }) => say),
    ['took', 'all'],
  );
  for (const word of last) giver.heard(word);
  assert.equal(await over, 'all');
});

test('a piece that the server loses again and again is left out in the end, and said', async () => {
  const { said, giver, over } = giving();
  let given = 0;
  const isLost = (name: string) => name === '0 two' && ++given > 0;
  const next = () => said.once(({ say }) => say === 'end' || say === 'over');
  let ended = next();
  await giver.begin(random(32));
  for (;;) {
    await ended;
    const isOver = said.words.some(({ say }) => say === 'over');
    // Nobody gives the same for ever.
    assert.ok(given < 20);
    if (isOver) break;
    ended = next();
    for (const word of answersOf(said, isLost)) giver.heard(word);
  }
  assert.equal(await over, '1 part of it');
  assert.equal(given, 4);
});

test('a part that is lost while the next ones of its block are given comes again', async () => {
  const { said, giver, blocks } = giving({
    before: async (puts) => {
      if (puts !== 2) return;
      assert.equal(giver.heard({ say: 'lost', id: giver.state?.id ?? '', name: '0 one' }), true);
    },
    parts: 2,
  });
  blocks.splice(1);
  const ended = said.once((word) => word.say === 'end' && word.n === 2);
  await giver.begin(random(32));
  await ended;
  assert.deepEqual(said.pieces(), ['0 one', '1 one', '0 one', '1 one']);
});

/** A device that gets a history of `phone`, with two pieces on their way. */
async function taking() {
  const said = new Said();
  const blobs = new MemoryBlobs();
  const taken: string[] = [];
  const state = { revoked: '' };
  let end: (why: string) => void = () => {};
  const over = new Promise<string>((resolve) => (end = resolve));
  const taker = new HistoryTaker(
    {
      ownKey: tablet,
      take: async (content) => taken.push(decodeUtf8(content) ?? ''),
      sealer,
      blobs: () => blobs,
      timers: new FakeTimers(),
      say: said.say,
      keep: async () => {},
      moved: () => {},
      over: (why) => end(why),
      isRevoked: async (device) => device === state.revoked,
    },
    undefined,
  );
  const key = random(32);
  const id = '0'.repeat(32);
  const give = { say: 'give', id, to: tablet, key: encodeBase64url(key), blocks: 2 } as const;
  const words: WordOf<'piece'>[] = [];
  for (const name of ['0 one', '0 two']) {
    const [blob, sealed] = [
      `${words.length}`.repeat(32),
      await sealer(key).seal(name, encodeUtf8(name)),
    ];
    await blobs.put('history', blob, sealed);
    words.push({ say: 'piece', id, name, blob, size: sealed.length, done: 1, blocks: 2 });
  }
  assert.equal(taker.heard(give, phone), true);
  return { said, taker, taken, over, state, words, id };
}

test('what a device has sealed is not fetched when it is revoked by then', async () => {
  const { taker, taken, over, state, words } = await taking();
  for (const word of words) taker.heard(word, phone);
  state.revoked = phone;
  taker.login();
  assert.equal(await over, 'revoked');
  assert.deepEqual([taken, taker.state], [[], undefined]);
});

test('what another device says of a history that is on its way changes nothing', async () => {
  const { said, taker, taken, words, id } = await taking();
  const [one, two] = words;
  assert.ok(one && two);
  assert.equal(taker.heard(two, laptop), false);
  assert.equal(taker.heard({ say: 'over', id }, laptop), false);
  assert.equal(taker.heard(one, phone), true);
  assert.equal(taker.heard({ say: 'end', id }, phone), true);
  const ended = said.once(({ say }) => say === 'all');
  taker.login();
  await ended;
  assert.deepEqual(taken, ['0 one']);
});
