// The result of steps of the hub: lines written once, what is stored of them, and what remains if that fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lobby, type ConnectionId, type Effect, type Post } from '../../hub/effects.ts';
import type { AccountId, Change, LogId } from '../../hub/records.ts';
import { lobbyName, type ConversationName } from '../../wire/extended/names.ts';
import type { GroupName, LineText, Username } from '../../wire/text.ts';
import { formStep, salvageStep, type Hearing } from './form-step.ts';

const id = (number: number) => number as ConnectionId;
const alice = 'alice' as Username;
const text = 'hello' as LineText;

function post(kept: boolean): Post {
  return {
    type: 'post',
    audience: lobby,
    said: {
      name: lobbyName,
      log: kept ? (3 as LogId) : undefined,
      seq: kept ? 7 : undefined,
      at: 5,
      from: alice,
      guest: false,
      id: 's.1',
      text,
      content: undefined,
      sealed: undefined,
      welcome: undefined,
      device: undefined,
      inSealed: undefined,
    },
    v1: { verb: 'BCST', from: alice, text },
    to: [],
    except: id(1),
    by: kept ? { connection: id(1), log: 3 as LogId, repeats: false, sent: undefined } : undefined,
  };
}

const hearing = (v1: number, extended: number, willGrow = false): Hearing => ({
  listeners: (_, form) => (form === 'v1' ? v1 : extended),
  willGrow,
});

const stream: Change = {
  type: 'stream',
  stream: { account: 1 as AccountId, stream: 's', last: 1 },
};
const log: Change = {
  type: 'log',
  log: { log: 3 as LogId, name: lobbyName, first: 1, last: 0 },
};
const joined: Effect = { type: 'join', audience: lobby, connection: id(2), form: 'extended' };
const sent: Effect = {
  type: 'report',
  to: id(1),
  event: { verb: 'SENT', label: undefined, in: lobbyName, id: 's.1', seq: 7, at: 5 },
};

test('what is heard in the extended form is what is kept', () => {
  const effects: readonly Effect[] = [{ type: 'change', change: stream }, post(true), sent];
  const { step, lines } = formStep(effects, hearing(1, 1));
  const [say, ok] = step.acts;
  assert.ok(say?.type === 'say' && ok?.type === 'acknowledge');
  const line = 'MSG {"in":"lobby","seq":7,"at":5,"from":"alice","id":"s.1","text":"hello"}\n';
  assert.deepEqual(say.lines, { v1: 'BCST [alice] hello\n', extended: line });
  assert.deepEqual(lines, [{ log: 3, seq: 7, at: 5, line }]);
  assert.deepEqual([step.changes, step.speakers.length, step.isKept], [[stream], 1, true]);
  assert.equal(ok.line, 'SENT {"in":"lobby","id":"s.1","seq":7,"at":5}\n');
});

test('a line that nobody can hear is not made, and one that somebody may come to hear is', () => {
  const made = (effects: readonly Effect[], at: Hearing) => {
    const say = formStep(effects, at).step.acts.at(-1);
    return say?.type === 'say' && say.lines.extended !== undefined;
  };
  assert.equal(made([post(false)], hearing(9, 0)), false);
  assert.equal(made([post(false)], hearing(9, 1)), true);
  assert.equal(made([post(false)], hearing(9, 0, true)), true);
  assert.equal(made([joined, post(false)], hearing(9, 0)), true);
  // It is stored anyway.
  assert.equal(made([post(true)], hearing(9, 0)), false);
});

test('it costs its bytes, and what an audience hears a hundredth', () => {
  const v1 = 'BCST [alice] hello\n'.length;
  const { cost } = formStep([post(false)], hearing(200, 0));
  assert.equal(cost, 2 * v1);
});

test('an announcement is a line of the extended form alone, where somebody hears it', () => {
  const user = 'bob' as Username;
  const audience = { kind: 'group', group: 'tea' as GroupName } as const;
  const event = { verb: 'MEMBER', in: '#tea' as ConversationName, user, what: 'left' } as const;
  const announced: Effect = { type: 'announce', audience, event };
  const [say] = formStep([announced], hearing(3, 1)).step.acts;
  const extended = 'MEMBER {"in":"#tea","user":"bob","what":"left"}\n';
  assert.deepEqual(say?.type === 'say' && say.lines, { v1: undefined, extended });
  assert.deepEqual(formStep([announced], hearing(3, 0)).step.acts, []);
  assert.equal(formStep([announced], hearing(3, 0, true)).step.acts.length, 1);
});

test('without the message what else has changed is left, and nothing where nothing has', () => {
  const change = (change: Change): Effect => ({ type: 'change', change });
  const { step } = formStep([change(log), change(stream), joined, post(true), sent], hearing(1, 1));
  const rest = salvageStep(step);
  assert.deepEqual([rest?.changes, rest?.acts], [[log], [joined]]);
  assert.deepEqual([rest?.speakers, rest?.isKept], [[], true]);
  const said = formStep([change(stream), post(true), sent], hearing(1, 1));
  assert.equal(salvageStep(said.step), undefined);
});
