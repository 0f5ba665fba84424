// Catching up where a log begins behind what this device has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from '../../../../test/support/worlds/account-world.ts';
import type { RequestAnswer } from '../../pending-requests.ts';
import { Conversation } from '../conversations.ts';
import { CatchUp, sizeOfLine, type LogMessage } from './catch-up.ts';
import type { PageItem } from './damage.ts';

const place = { kind: 'group', group: 'lunch' } as never;
const line = (seq: number, fields: Partial<LogMessage> = {}): LogMessage =>
  ({ verb: 'MSG', in: '#lunch', seq, at: 0, ...fields }) as LogMessage;

/** A server that has the lines `kept`, and of those before them the commits. */
function catchUp(isSealed: boolean, first: number, kept: readonly number[], commits: number[]) {
  const record = { name: '#lunch', log: 1, epoch: 0, earlier: [], cursor: 10, read: 10 };
  const conversation = new Conversation(place, record as never);
  Object.assign(conversation, { isSealed, first, isIn: true });
  const asked: string[] = [];
  const delivered: number[] = [];
  const ask = (
    verb: 'HISTORY' | 'COMMITS',
    { after, limit = 2 }: { after: number; limit?: number },
    answered: (answer: RequestAnswer<'HISTORY'>) => void,
  ) => {
    asked.push(`${verb} ${after}`);
    const all = verb === 'COMMITS' ? commits : kept;
    const behind = all.filter((seq) => seq > after);
    const page = behind.slice(0, Math.min(limit, 2));
    for (const seq of page) caught.receive(conversation, line(seq));
    const more = behind.length > page.length;
    setImmediate(() =>
      answered({ ok: true, value: { count: page.length, more } } as RequestAnswer<'HISTORY'>),
    );
  };
  let isDone = false;
  const caught = new CatchUp({
    requests: { ask } as never,
    timers: { after: () => () => {} },
    deliver: async (of, pieces: readonly PageItem[]) => {
      for (const piece of pieces) {
        const { seq } = piece as LogMessage;
        of.handed = Math.max(of.handed, seq ?? 0);
        delivered.push(seq ?? 0);
      }
    },
    failed: () => {},
    over: () => {},
    done: () => {
      isDone = true;
    },
  });
  caught.add(conversation);
  return { caught, asked, delivered, conversation, isDone: () => isDone };
}

test('of a sealed group whose log begins behind what is here, the commits in between come first, each line once', async () => {
  const world = catchUp(true, 21, [21, 22, 23, 24], [12, 15, 18, 22, 24]);
  world.caught.start();
  await turns(40);
  assert.deepEqual(world.delivered, [12, 15, 18, 21, 22, 23, 24]);
  assert.ok(world.isDone());
  assert.deepEqual(world.asked.slice(0, 2), ['COMMITS 10', 'COMMITS 15']);
});

test('where nothing is missing before the log, or the group is open, no commits are asked for', async () => {
  for (const world of [catchUp(true, 11, [11, 12], []), catchUp(false, 21, [21, 22], [12, 15])]) {
    world.caught.start();
    await turns(20);
    assert.ok(world.isDone());
    assert.equal(
      world.asked.some((what) => what.startsWith('COMMITS')),
      false,
    );
  }
});

test('commits count with all that they bring where waiting lines are counted in bytes', () => {
  const long = 'x'.repeat(100);
  assert.equal(
    sizeOfLine(line(1, { commit: long, info: long, records: [long], chain: [long] })),
    400,
  );
});
