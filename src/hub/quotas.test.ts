// What one writer adds to the stored messages of the lobby and of groups is bounded. Others are not affected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guestCrowd, messageBytes, quotaRecords, quotasUsed } from './quotas.ts';
import { Stage } from './stage.fixture.ts';
import type { Quotas } from './turn.ts';

const dayMs = 86_400_000;
/** Room for ten messages of `text` from an account, and for five from a guest. */
const text = 'x'.repeat(800);
const cost = text.length + messageBytes;
// A little of the quota comes back between two messages.
const quotas: Quotas = { account: 10 * cost - 500, guest: 5 * cost - 300 };

const refusal =
  '-SOFT_ERR you have written as much in the last day as the server keeps of one person, there is room again in a while';
const crowded =
  '-SOFT_ERR guests have written as much in the last day as the server keeps of them, there is room again in a while';

/** The answers to `count` messages, each as one word. */
function answers(stage: Stage, connection: number): string[] {
  return stage.events(connection).flatMap((event) => {
    if (typeof event !== 'string') {
      return event.verb === 'FAILED' ? [event.code] : event.verb === 'SENT' ? ['sent'] : [];
    }
    return event.startsWith('+OK BCST') ? ['ok'] : event.startsWith('-SOFT_ERR') ? [event] : [];
  });
}

class Speaker {
  readonly #stage: Stage;
  readonly #connection: number;
  #number = 0;

  constructor(stage: Stage, connection: number) {
    this.#stage = stage;
    this.#connection = connection;
  }

  /** Sends `text` to a place several times, and returns the server's answers. */
  say(place: 'lobby' | '#team', times: number): string[] {
    return Array.from({ length: times }, () => {
      const id = `s.${this.#number + 1}`;
      this.#stage.request(this.#connection, { verb: 'SEND', in: place, id, text: text as never });
      const [answer = ''] = answers(this.#stage, this.#connection);
      if (answer === 'sent') this.#number++;
      return answer;
    });
  }
}

function broadcast(stage: Stage, connection: number, times: number): string[] {
  for (let at = 0; at < times; at++) stage.line(connection, `BCST ${text}`);
  return answers(stage, connection);
}

const times = (count: number, answer: string) => Array.from({ length: count }, () => answer);

test('an account that floods is refused with words, wherever what it says is kept; others go on', () => {
  const stage = new Stage({ quotas });
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.guest(3, 'gus');
  const alice = new Speaker(stage, 1);
  stage.line(1, 'CREATE_GROUP /create_group team');
  stage.line(2, 'JOIN_GROUP /join team');
  stage.events(1);
  assert.deepEqual(alice.say('#team', 6), times(6, 'sent'));
  assert.deepEqual(alice.say('lobby', 6), [...times(4, 'sent'), ...times(2, 'over-quota')]);
  assert.deepEqual(alice.say('#team', 1), ['over-quota']);
  stage.line(1, `BCST ${text}`);
  stage.line(1, `GROUP_MESSAGE @@team ${text}`);
  assert.deepEqual(answers(stage, 1), [refusal, refusal], 'also by lines of version 1');
  stage.events(2);
  assert.deepEqual(new Speaker(stage, 2).say('#team', 2), times(2, 'sent'));
  stage.read(3);
  assert.deepEqual(broadcast(stage, 3, 1), ['ok']);
  stage.line(1, 'GET_USERS *all');
  assert.deepEqual(stage.read(1).at(-1), '+SUCCESS [alice, bob, gus]');
});

test('room comes back as time goes by, a day for all of it, and a clock that is set back takes none', () => {
  const stage = new Stage({ quotas }, undefined, 500 * dayMs);
  stage.account(1, 'alice');
  const alice = new Speaker(stage, 1);
  alice.say('lobby', 10);
  assert.deepEqual(alice.say('lobby', 1), ['over-quota']);
  stage.pass(dayMs / 5);
  assert.deepEqual(alice.say('lobby', 3), ['sent', 'sent', 'over-quota']);
  stage.pass(-400 * dayMs);
  assert.deepEqual(alice.say('lobby', 1), ['over-quota']);
  stage.pass(dayMs / 10);
  assert.deepEqual(alice.say('lobby', 1), ['sent']);
  stage.pass(2 * dayMs);
  assert.deepEqual(alice.say('lobby', 11), [...times(10, 'sent'), 'over-quota']);
});

test('guests have less, by address whatever their names, and a bound together', () => {
  const stage = new Stage({ quotas, maxConnections: 1_000 });
  const from = (address: string | undefined) => ({ from: address });
  stage.guest(1, 'gus', from('192.0.2.1'));
  stage.guest(2, 'gil', from('192.0.2.2'));
  stage.account(3, 'alice');
  assert.deepEqual(broadcast(stage, 1, 6), [...times(5, 'ok'), refusal]);
  stage.disconnect(1);
  stage.guest(4, 'other', from('192.0.2.1'));
  assert.deepEqual(broadcast(stage, 4, 1), [refusal]);
  assert.deepEqual(broadcast(stage, 2, 1), ['ok']);
  for (let at = 0; at < guestCrowd; at++) {
    stage.guest(10 + at, `flood${at}`, from(`198.51.100.${at}`));
    broadcast(stage, 10 + at, 5);
  }
  assert.deepEqual(broadcast(stage, 2, 1), [crowded]);
  stage.events(3);
  assert.deepEqual(new Speaker(stage, 3).say('lobby', 1), ['sent'], 'accounts go on');
});

test('guests whose addresses tell nothing are told apart by their names', () => {
  const stage = new Stage({ quotas });
  stage.guest(1, 'gus');
  stage.guest(2, 'gil');
  assert.deepEqual(broadcast(stage, 1, 6), [...times(5, 'ok'), refusal]);
  assert.deepEqual(broadcast(stage, 2, 1), ['ok']);
});

test('what is not kept is not counted', () => {
  const keep = { lobby: false, groups: true, direct: true };
  const stage = new Stage({ quotas, keep });
  stage.account(1, 'alice');
  stage.guest(2, 'gus');
  assert.deepEqual(new Speaker(stage, 1).say('lobby', 12), times(12, 'sent'));
  assert.deepEqual(broadcast(stage, 2, 12), times(12, 'ok'));
  assert.deepEqual(quotasUsed(stage.hub, stage.env, stage.now), {
    accounts: new Map(),
    guests: 0,
  });
  const open = new Stage({ quotas: { account: undefined, guest: undefined } });
  open.account(1, 'alice');
  assert.deepEqual(new Speaker(open, 1).say('lobby', 12), times(12, 'sent'), 'nor without bounds');
});

test('what is used up is told, and outlives a restart; no address of a guest is written down', () => {
  const million = 1024 * 1024;
  const stage = new Stage({ quotas: { account: 2 * million, guest: 2 * million } });
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.guest(3, 'gus', { from: '192.0.2.1' });
  const long = 'x'.repeat(60_000);
  for (let number = 1; number <= 40; number++) {
    stage.request(1, { verb: 'SEND', in: 'lobby', id: `s.${number}`, text: long as never });
    stage.line(3, `BCST ${long}`);
  }
  stage.request(2, { verb: 'SEND', in: 'lobby', id: 's.1', text: 'hi' as never });
  const used = quotasUsed(stage.hub, stage.env, stage.now);
  assert.ok((used.accounts.get('alice') ?? 0) > 2 * million * 0.99);
  assert.equal(used.accounts.get('bob'), messageBytes + 2);
  const quotasKept = quotaRecords(stage.hub);
  assert.deepEqual(
    quotasKept.map(({ account }) => account),
    [undefined, 1],
  );
  assert.ok(!JSON.stringify(quotasKept).includes('192.0.2.1'));
  stage.memory.apply({ type: 'quotas', quotas: quotasKept });
  const again = stage.restart();
  again.account(1, 'alice', { stream: 's' });
  again.request(1, { verb: 'SEND', in: 'lobby', id: 's.36', text: 'hi' as never });
  assert.deepEqual(answers(again, 1), ['over-quota']);
  assert.ok(quotasUsed(again.hub, again.env, again.now).guests > million);
});
