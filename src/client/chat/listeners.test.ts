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

/** Everything that was to be called has been. */
const turn = (): Promise<void> => new Promise(setImmediate);

test('code of the program never runs within ours, and in the order of what happened', async () => {
  const { listeners } = setUp();
  const heard: string[] = [];
  listeners.add('word', (word) => {
    heard.push(`one ${word}`);
    if (word === 'a') listeners.tell('word', 'c', () => heard.push('after c'));
  });
  listeners.add('word', (word) => heard.push(`two ${word}`));
  listeners.tell('word', 'a', () => heard.push('after a'));
  listeners.tell('word', 'b');
  assert.deepEqual(heard, []);
  await turn();
  const words = ['one a', 'two a', 'after a', 'one b', 'two b', 'one c', 'two c', 'after c'];
  assert.deepEqual(heard, words);
  listeners.tell('word', 'd');
  await turn();
  assert.deepEqual(heard.slice(words.length), ['one d', 'two d']);
});

test('what a listener throws is an uncaught exception, and everybody else hears what they would', async () => {
  const { listeners, uncaught } = setUp();
  const heard: string[] = [];
  const error = new Error('of the program');
  listeners.add('word', () => {
    throw error;
  });
  listeners.add('word', (word) => heard.push(word));
  listeners.tell('word', 'a', () => heard.push('after a'));
  listeners.tell('word', 'b');
  await turn();
  assert.deepEqual(uncaught, [error, error]);
  assert.deepEqual(heard, ['a', 'after a', 'b']);
});

test('those who listen to errors hear of them instead, and what they throw themselves is uncaught', async () => {
  const { listeners, uncaught } = setUp();
  const heard: unknown[] = [];
  listeners.add('word', () => {
    // oxlint-disable-next-line typescript/only-throw-error -- a program may throw anything
    throw 'no error';
  });
  const stop = listeners.add('error', (error) => heard.push(error));
  listeners.tell('word', 'a');
  await turn();
  assert.deepEqual([heard, uncaught], [['no error'], []]);
  stop();
  listeners.add('error', () => {
    throw new Error('again');
  });
  listeners.tell('word', 'b');
  await turn();
  assert.equal(heard.length, 1);
  assert.match(String(uncaught), /again/);
});

test('who has stopped is not called any more, also by one before it', async () => {
  const { listeners } = setUp();
  const heard: string[] = [];
  let stop = () => {};
  listeners.add('word', () => stop());
  stop = listeners.add('word', (word) => heard.push(word));
  listeners.tell('word', 'a');
  await turn();
  assert.deepEqual(heard, []);
});
