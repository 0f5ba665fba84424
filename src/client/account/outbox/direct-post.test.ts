// When a key is asked for, whatever else waits for its turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Username } from '../../../wire/text.ts';
import { textContent } from '../../content.ts';
import type { PendingRequests, RequestAnswer } from '../../pending-requests.ts';
import { DirectPost, type DirectPostPorts } from './direct-post.ts';

type Answered = (answer: RequestAnswer<'TAKE_KEY'>) => void;

/** Texts for bob, with a queue of tasks that a test works off. */
function setUp() {
  const tasks: (() => Promise<void>)[] = [];
  const asked: Answered[] = [];
  const sessions: string[] = [];
  const content = textContent('hi');
  const entry = { record: { localId: '0'.repeat(32), content }, isWritten: true };
  const post = new DirectPost({
    me: 'alice',
    engine: {
      seal: async () =>
        sessions.length === 0
          ? { kind: 'needs-key' }
          : { kind: 'sealed', changes: [], sealed: {}, wantsKey: false },
      keyArrived: async (_user: string, token: string) => {
        sessions.push(token);
        return { kind: 'ready', changes: [] };
      },
    },
    outbox: { book: { draftsFor: () => [entry] }, seal: () => [], written: () => {} },
    writer: { write: async () => {} },
    work: (task: () => Promise<void>) => void tasks.push(task),
    foundAccount: () => {},
    messageOf: () => ({}),
  } as unknown as DirectPostPorts);
  const requests = {
    ask: (_verb: string, _fields: unknown, answered: Answered) => void asked.push(answered),
  } as unknown as PendingRequests;
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task();
  };
  return { post, requests, asked, sessions, work };
}

const answer = {
  ok: true,
  value: { verb: 'KEY', label: '1', user: 'bob', device: 'd', package: 'p' },
} as unknown as RequestAnswer<'TAKE_KEY'>;

test('texts whose turn is before that of the answer with a key ask for no second one', async () => {
  const { post, requests, asked, sessions, work } = setUp();
  post.login(requests);
  post.post('bob' as Username);
  await work();
  assert.equal(asked.length, 1);
  // These wait for their turn when the key comes.
  for (let text = 0; text < 5; text++) post.post('bob' as Username);
  asked[0]?.(answer);
  await work();
  assert.deepEqual([asked.length, sessions.length], [1, 1]);
});

test('in another login a key is asked for anew, whether or not the answer of before has had its turn', async () => {
  const { post, requests, asked, work } = setUp();
  post.login(requests);
  post.post('bob' as Username);
  await work();
  post.logout();
  asked[0]?.({ ok: false, error: { code: 'gone' } } as never);
  post.login(requests);
  post.post('bob' as Username);
  await work();
  assert.equal(asked.length, 2);
});

test('what the own devices say to each other is sealed for no key that a server gives for the own name', async () => {
  const { post, requests, asked, work } = setUp();
  post.login(requests);
  post.post('alice' as Username);
  await work();
  assert.equal(asked.length, 0);
});
