// Lines of sealed groups in a batch of the inbox.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../content.ts';
import { TrustBook } from '../../encryption/trust/trust-book.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import type { Conversation } from '../conversations.ts';
import { GroupReader, type GroupReaderPorts } from './group-reader.ts';

function newBatch(): InboxBatch {
  return {
    changes: [],
    events: [],
    notes: [],
    drafts: [],
    records: new Map(),
    touched: new Set(),
    groups: new Set(),
    standings: new Map(),
    isDelivered: () => false,
    afterwards: [],
  };
}

test('the pin of a member is looked up once a batch, however many texts of theirs are in it', async () => {
  const lookups: string[] = [];
  const pins = {
    get: async (user: string) => void lookups.push(user),
    put: async () => undefined,
    note: async () => {},
    chain: async () => undefined,
    putChain: async () => {},
  };
  const key = new Uint8Array(32);
  let texts = 0;
  const read = async (_: unknown, { from }: { readonly from?: string }) => ({
    line: {
      kind: 'message',
      id: `${(texts += 1)}`,
      content: textContent('hi'),
      sender: { leaf: 1, identity: { root: new Uint8Array(16), name: from ?? '' }, key },
    },
    changes: [],
    notices: [],
  });
  const reader = new GroupReader({
    me: 'alice',
    engine: { read, roster: async () => undefined },
    store: { hasText: async () => false },
    trusts: new TrustBook(pins, () => {}),
  } as unknown as GroupReaderPorts);
  const conversation = {
    name: '#lunch',
    place: { kind: 'group', group: 'lunch' },
    countUnread: () => {},
  } as unknown as Conversation;
  for (const batch of [newBatch(), newBatch()]) {
    for (const from of ['bob', 'carol', 'bob', 'bob', 'carol']) {
      const said = { verb: 'MSG', in: '#lunch', seq: texts + 1, at: 1, from } as never;
      await reader.read(conversation, said, true, batch);
    }
    assert.equal(batch.changes.length, 5);
  }
  assert.deepEqual(lookups, ['bob', 'carol', 'bob', 'carol']);
});

test('which timer a group has is taken of those who may set it, of an earlier message, under a key that is trusted', async () => {
  const [root, other, key] = [1, 2, 3].map((byte) => new Uint8Array(16).fill(byte));
  assert.ok(root && other && key);
  const timer = { seconds: 3_600, at: 50, seq: 5 } as const;
  const taken: unknown[] = [];
  const bring = async (by: Uint8Array, told: object, standing = 'pinned'): Promise<void> => {
    const sender = { leaf: 1, identity: { root: by, name: 'bob' }, key };
    const reader = new GroupReader({
      me: 'alice',
      engine: {
        read: async () => ({
          line: { kind: 'timer-told', timer: { ...timer, ...told }, sender },
          changes: [],
          notices: [],
        }),
        roster: async () => ({
          admins: [root],
          members: [{ root16: root, name: 'bob' }],
        }),
      },
      trusts: { standingOfMember: async () => standing },
      timerTold: (_: unknown, told: unknown) => taken.push(told),
    } as unknown as GroupReaderPorts);
    const conversation = { name: '#lunch', place: { kind: 'group', group: 'lunch' } };
    const said = { verb: 'MSG', in: '#lunch', seq: 9, at: 60, from: 'bob' };
    await reader.read(conversation as never, said as never, false, newBatch());
  };
  await bring(other, {});
  await bring(root, { seq: 9 });
  await bring(root, { at: 61 });
  await bring(root, {}, 'changed');
  assert.deepEqual(taken, []);
  await bring(root, {});
  assert.deepEqual(taken, [timer]);
});
