// Which reply answers which group command, although replies have no label.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../lib/result.ts';
import { refuseCommand } from './command-refusal.ts';
import { GroupCommands } from './group-commands.ts';

const sent = ok(undefined);

const success = (code: string, values: Record<string, string> = { group: 'tea' }) =>
  ({ type: 'success', reply: { code: code as 'group-left', values, text: code } }) as const;
const refused = (code: string) =>
  ({
    type: 'refused',
    reply: { code: code as 'banned', values: {}, text: `no: ${code}` },
  }) as const;

test('each is answered by its own kind of reply, in order', async () => {
  const commands = new GroupCommands();
  const joined = commands.ask('JOIN_GROUP', 'tea', sent);
  const kicked = commands.ask('KICK', 'tea', sent);
  const left = commands.ask('LEAVE_GROUP', 'tea', sent);
  assert.equal(commands.answered(refused('no-such-user')), false, 'that is about something else');
  assert.equal(commands.answered(success('group-entered', { group: 'coffee' })), false);
  assert.equal(commands.answered(success('group-entered')), true);
  assert.equal(commands.answered(refused('not-allowed-to-kick')), true);
  assert.equal(commands.answered(refused('admin-cannot-leave')), true);
  assert.deepEqual(await Promise.all([joined, kicked, left]), [
    ok(undefined),
    { ok: false, error: { code: 'not-allowed-to-kick', text: 'no: not-allowed-to-kick' } },
    { ok: false, error: { code: 'admin-cannot-leave', text: 'no: admin-cannot-leave' } },
  ]);
  assert.equal(commands.answered(success('group-entered')), false, 'nobody waits any more');
});

test('a guest who may only speak in the lobby, or enters a sealed group, is not left waiting', async () => {
  const commands = new GroupCommands();
  for (const [verb, code] of [
    ['CREATE_GROUP', 'lobby-only'],
    ['JOIN_GROUP', 'lobby-only'],
    ['LEAVE_GROUP', 'lobby-only'],
    ['KICK', 'lobby-only'],
    ['JOIN_GROUP', 'sealed-group'],
  ] as const) {
    const done = commands.ask(verb, 'tea', sent);
    assert.equal(commands.answered(refused(code)), true, verb);
    assert.deepEqual(await done, { ok: false, error: { code, text: `no: ${code}` } });
  }
});

test('one that was answered in words that are not known ends with the next that is', async () => {
  const commands = new GroupCommands();
  const first = commands.ask('CREATE_GROUP', 'tea', sent);
  const second = commands.ask('JOIN_GROUP', 'tea', sent);
  assert.equal(commands.answered(success('group-entered')), true);
  assert.equal((await first).ok, false);
  assert.equal((await second).ok, true);
});

test('what was not sent, and what the connection took with it, is not done', async () => {
  const commands = new GroupCommands();
  const refusedHere = await commands.ask('JOIN_GROUP', '!', refuseCommand('not-a-group-name'));
  assert.equal(!refusedHere.ok && refusedHere.error.code, 'not-a-group-name');
  const waiting = commands.ask('JOIN_GROUP', 'tea', sent);
  commands.lost();
  const lost = await waiting;
  assert.equal(!lost.ok && lost.error.code, 'not-open');
});
