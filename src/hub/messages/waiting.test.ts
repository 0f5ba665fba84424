// Private messages that wait to be fetched are limited, and a full disk accepts nothing new.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';

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

test('what waits of one account is bounded, whoever it is for', () => {
  const stage = new Stage({ maxWaitingPerAccount: 10_000 });
  stage.account(1, 'alice');
  const names = ['bob', 'carl', 'dora'];
  for (const [at, name] of names.entries()) stage.account(2 + at, name);
  const say = (to: string, number: number) => {
    stage.request(1, sealedFor(to, `s.${number}`, 1_800));
    return codes(stage, 1);
  };
  for (let number = 1; number <= 5; number++) {
    assert.deepEqual(say(names[number % 3] ?? '', number), ['sent']);
  }
  assert.deepEqual(say('dora', 6), ['too-much-waits']);
  stage.admin({ act: 'remove-account', name: 'bob' });
  assert.deepEqual(say('dora', 6), ['sent']);
  assert.deepEqual(say('dora', 7), ['too-much-waits']);
  const carls = [...stage.hub.logs.values()].find(({ name }) => name === '@alice+carl');
  assert.ok(carls);
  stage.run({ type: 'trimmed', trimmed: [{ log: carls.id, first: carls.last + 1 }] });
  assert.deepEqual(say('dora', 7), ['sent'], 'what is too old waits no longer');
});

test('nobody is kept from writing or being written to by what others write and never fetch, blocked or not', () => {
  const stage = new Stage({ maxWaitingPerAccount: 10_000, maxWaitingPerDirect: 5_000 });
  for (const [at, name] of ['alice', 'bob', 'mal1', 'mal2', 'mal3'].entries()) {
    stage.account(1 + at, name);
  }
  stage.request(1, { verb: 'BLOCK', user: 'mal1' as never });
  for (const at of [3, 4, 5]) {
    for (let number = 1; number <= 4; number++) {
      stage.request(at, sealedFor('alice', `s${at}.${number}`, 1_800));
    }
    assert.ok(codes(stage, at).includes('too-much-waits'), 'a block is not seen in it');
  }
  codes(stage, 1);
  stage.request(1, sealedFor('bob', 's.1', 1_800));
  stage.request(2, sealedFor('alice', 's.1', 1_800));
  assert.deepEqual([codes(stage, 1), codes(stage, 2)], [['sent'], ['sent']]);
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
