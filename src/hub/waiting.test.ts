// Private messages that wait to be fetched are bounded, and a disk without room takes nothing new.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestOf } from '../wire/extended/requests.ts';
import { deviceOf, Stage } from './stage.fixture.ts';

const sealedFor = (to: string, id: string, size: number): RequestOf<'SEND'> => ({
  verb: 'SEND',
  in: `@${to}`,
  id,
  sealed: 'x'.repeat(size),
  device: deviceOf(to),
});

function codes(stage: Stage, connection: number): string[] {
  return stage
    .events(connection)
    .flatMap((event) =>
      typeof event === 'string'
        ? [event]
        : event.verb === 'FAILED'
          ? [event.code]
          : event.verb === 'SENT'
            ? ['sent']
            : [],
    );
}

test('what waits between two people is bounded; what was fetched makes room', () => {
  const stage = new Stage({ maxWaitingPerDirect: 10_000 });
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  let number = 0;
  const say = () => {
    stage.request(1, sealedFor('bob', `s.${number + 1}`, 1_800));
    const [answer] = codes(stage, 1);
    if (answer === 'sent') number++;
    return answer;
  };
  const all = Array.from({ length: 7 }, say);
  assert.deepEqual(all, [
    ...Array.from({ length: 5 }, () => 'sent'),
    'too-much-waits',
    'too-much-waits',
  ]);
  stage.request(1, { verb: 'GOT', in: '@bob', seq: 5 });
  assert.equal(say(), 'too-much-waits', 'one of the two has not got it');
  stage.request(2, { verb: 'GOT', in: '@alice', seq: 2 });
  codes(stage, 1);
  assert.deepEqual([say(), say(), say()], ['sent', 'sent', 'too-much-waits']);
  stage.request(2, { verb: 'GOT', in: '@alice', seq: 7 });
  stage.request(1, { verb: 'GOT', in: '@bob', seq: 7 });
  codes(stage, 1);
  assert.equal(say(), 'sent');
});

test('what waits for one account is bounded, whoever wrote it', () => {
  const stage = new Stage({ maxWaitingPerAccount: 10_000 });
  stage.account(1, 'alice');
  for (const [at, name] of ['bob', 'carl', 'dora'].entries()) {
    stage.account(2 + at, name);
    for (let number = 1; number <= 2; number++) {
      stage.request(2 + at, sealedFor('alice', `${name}.${number}`, 1_800));
    }
  }
  assert.deepEqual(codes(stage, 4), ['sent', 'too-much-waits']);
  stage.admin({ act: 'remove-account', name: 'bob' });
  stage.request(4, sealedFor('alice', 'dora.2', 1_800));
  assert.deepEqual(codes(stage, 4), ['sent']);
});

test('a disk without room: what would be kept is refused with words, what was there is fetched, and then it goes on', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.guest(3, 'gus');
  stage.request(1, sealedFor('bob', 's.1', 10));
  stage.run({ type: 'room', isThere: false });
  codes(stage, 1);
  codes(stage, 2);
  stage.read(3);
  stage.request(1, sealedFor('bob', 's.2', 10));
  stage.request(1, { verb: 'SEND', in: 'lobby', id: 's.2', text: 'hi' as never });
  stage.line(3, 'BCST hi');
  stage.line(3, 'GET_USERS *all');
  assert.deepEqual(codes(stage, 1), ['no-room', 'no-room']);
  assert.deepEqual(stage.read(3), [
    '-SOFT_ERR the disk of the server is nearly full, and nothing new is kept until there is room',
    '+SUCCESS [alice, bob, gus]',
  ]);
  stage.request(2, { verb: 'GOT', in: '@alice', seq: 1 });
  assert.deepEqual(codes(stage, 2), []);
  stage.run({ type: 'room', isThere: true });
  stage.request(1, sealedFor('bob', 's.2', 10));
  assert.deepEqual(codes(stage, 1), ['sent']);
});
