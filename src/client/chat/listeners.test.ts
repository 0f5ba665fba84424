import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listeners } from './listeners.ts';

interface Events {
  readonly word: string;
  readonly error: unknown;
}

function setUp() {
  const uncaught: unknown[] = [];
  const listeners = new Listeners<Events>((error) => uncaught.push(error));
  return { listeners, uncaught };
}

/** Resolves after everything due was called. */
const turn = (): Promise<void> => new Promise(setImmediate);

test('code of the program never runs within ours, and in the order of what happened', async () => {
  const { listeners } = setUp();
  const receive: string[] = [];
  listeners.add('word', (word) => {
    receive.push(`one ${word}`);
    if (word === 'a') listeners.emit('word', 'c', () => receive.push('after c'));
  });
  listeners.add('word', (word) => receive.push(`two ${word}`));
  listeners.emit('word', 'a', () => receive.push('after a'));
  listeners.emit('word', 'b');
  assert.deepEqual(receive, []);
  await turn();
  const words = ['one a', 'two a', 'after a', 'one b', 'two b', 'one c', 'two c', 'after c'];
  assert.deepEqual(receive, words);
  listeners.emit('word', 'd');
  await turn();
  assert.deepEqual(receive.slice(words.length), ['one d', 'two d']);
});

test('what a listener throws is an uncaught exception, and everybody else hears what they would', async () => {
  const { listeners, uncaught } = setUp();
  const receive: string[] = [];
  const error = new Error('of the program');
  listeners.add('word', () => {
    throw error;
  });
  listeners.add('word', (word) => receive.push(word));
  listeners.emit('word', 'a', () => receive.push('after a'));
  listeners.emit('word', 'b');
  await turn();
  assert.deepEqual(uncaught, [error, error]);
  assert.deepEqual(receive, ['a', 'after a', 'b']);
});

test('those who listen to errors hear of them instead, and what they throw themselves is uncaught', async () => {
  const { listeners, uncaught } = setUp();
  const receive: unknown[] = [];
  listeners.add('word', () => {
    // oxlint-disable-next-line typescript/only-throw-error -- a program may throw anything
    throw 'no error';
  });
  const stop = listeners.add('error', (error) => receive.push(error));
  listeners.emit('word', 'a');
  await turn();
  assert.deepEqual([receive, uncaught], [['no error'], []]);
  stop();
  listeners.add('error', () => {
    throw new Error('again');
  });
  listeners.emit('word', 'b');
  await turn();
  assert.equal(receive.length, 1);
  assert.match(String(uncaught), /again/);
});

test('who has stopped is not called any more, also by one before it', async () => {
  const { listeners } = setUp();
  const receive: string[] = [];
  let stop = () => {};
  listeners.add('word', () => stop());
  stop = listeners.add('word', (word) => receive.push(word));
  listeners.emit('word', 'a');
  await turn();
  assert.deepEqual(receive, []);
});
