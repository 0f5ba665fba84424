// Every argument that a program passes to the public library is accepted or refused with a ChatError. Nothing else
// comes out of it, and nothing of it reaches the client undecoded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { err, ok } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import { ChatError } from './chat-error.ts';
import { Chat } from './chat.ts';
import type { ClientEvent } from '../client-event.ts';
import { refuseCommand } from '../command-refusal.ts';
import { connect } from '../../library/connect.ts';

/** A client that accepts only texts and names, and refuses everything. */
function strictClient(sink: (event: ClientEvent) => void): ChatClient {
  const state = { phase: 'open', as: 'account', username: 'me' } as never;
  void Promise.resolve().then(() => sink({ type: 'state', state }));
  const strings = (...values: unknown[]) => {
    for (const value of values) assert.equal(typeof value, 'string');
    return refuseCommand('not-open');
  };
  return {
    username: 'me',
    state,
    conversations: [{ name: 'lobby', place: { kind: 'lobby' }, cursor: 0, read: 0 }],
    roster: undefined,
    broadcast: (text: unknown) => (strings(text), ok('1')),
    groupMessage: (group: unknown, text: unknown) => (strings(group, text), ok('2')),
    privateMessage: (user: unknown, text: unknown) => (strings(user, text), ok('3')),
    createGroup: strings,
    joinGroup: strings,
    sealGroup: async (group: unknown, mode: unknown) => {
      strings(group, mode);
      return err({ code: 'place-taken', text: 'not so' });
    },
    joinSealed: async (group: unknown) => (strings(group), 'not-sealed'),
    kickSealed: async (group: unknown, user: unknown) => (strings(group, user), 'not-sealed'),
    leaveGroup: strings,
    sealedView: async (group: unknown) => (strings(group), undefined),
    invite: async (group: unknown, user: unknown) => (strings(group, user), undefined),
    handOver: async (group: unknown, user: unknown) => {
      strings(group, ...(user === undefined ? [] : [user]));
      return err('not so');
    },
    kick: strings,
    listMembers: async (group: unknown) => (strings(group), undefined),
    historyOrWhy: async (_name: unknown, before: unknown, limit: unknown) => {
      assert.ok(before === undefined || Number.isSafeInteger(before));
      assert.ok(Number.isSafeInteger(limit) && Number(limit) >= 0);
      return { records: [], failure: undefined };
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of one as a chat needs
  } as unknown as ChatClient;
}

const garbage = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true }),
  fc.constantFrom(NaN, Infinity, -1, 0.5, undefined, null, Symbol('x'), () => {}),
  fc.constantFrom('lobby', '#group', '@bob', 'message', '', '__proto__', 'x\0y'),
  fc.record({ limit: fc.anything(), before: fc.anything() }, { requiredKeys: [] }),
);

const methods = [
  ['say', 2],
  ['on', 2],
  ['history', 2],
  ['members', 1],
  ['createGroup', 2],
  ['joinGroup', 1],
  ['leaveGroup', 1],
  ['kick', 2],
  ['invite', 2],
  ['makeAdmin', 2],
  ['endGroup', 1],
] as const;

test('garbage in the arguments of a chat is refused with a ChatError', async () => {
  const chat = await Chat.open(strictClient, assert.ifError);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.array(garbage, { maxLength: 3 }),
      async ([name], values) => {
        const method = chat[name] as (this: Chat, ...values: unknown[]) => unknown;
        try {
          await method.apply(chat, values);
        } catch (error) {
          assert.ok(error instanceof ChatError, String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('each argument of the wrong type is named in a ChatError with the code usage', async () => {
  const chat = await Chat.open(strictClient, assert.ifError);
  for (const [name, count] of methods) {
    const method = chat[name] as (this: Chat, ...values: unknown[]) => unknown;
    for (const wrong of [1, null, undefined, {}, [], true, Symbol('x')]) {
      const call = async () => method.apply(chat, Array(count).fill(wrong));
      await assert.rejects(
        call,
        { name: 'ChatError', code: 'usage' },
        `${name} of ${typeof wrong}`,
      );
    }
  }
  for (const wrong of [NaN, Infinity, -1, 0.5, '5', 1e9, null, {}]) {
    for (const option of ['limit', ...(wrong === 1e9 ? [] : ['before'])]) {
      const options = { [option]: wrong } as never;
      const error = { code: 'usage', message: new RegExp(`^options: ${option} must be`) };
      await assert.rejects(chat.history('lobby', options), error, `${option} ${typeof wrong}`);
    }
  }
  await assert.rejects(chat.history('nowhere'), { code: 'no-such-place' });
});

test('garbage in the options of connect is refused with the code usage, and never told', async () => {
  const wrong = {
    server: [1, null, '', 'http://x', 'a b', 'x:99999', {}],
    name: [undefined, null, 1, '', 'not a name', 'ü', ['bob'], {}],
    data: [1, null, '', 'a\0b', '/dev/null/x', {}, new URL('file:///tmp')],
    invite: [1, null, {}, ['secret-code']],
    guest: [1, null, 'yes', {}],
    store: [1, null, 'disc', {}],
    reconnect: [1, null, 'no', {}],
  };
  for (const [option, values] of Object.entries(wrong)) {
    for (const value of values) {
      const options = { server: '127.0.0.1:1', name: 'bob', data: '/dev/null', [option]: value };
      const made = connect(options);
      await assert.rejects(made, (error: ChatError) => {
        assert.deepEqual([error.name, error.code], ['ChatError', 'usage'], `${option} ${error}`);
        assert.match(error.message, new RegExp(option));
        assert.doesNotMatch(error.message, /secret-code/);
        return true;
      });
    }
  }
  for (const options of [undefined, null, 1, 'bob', [], () => {}]) {
    await assert.rejects(connect(options as never), { code: 'usage' }, String(options));
  }
});
