import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directConversation } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { ClientEvent, ReceivedMessage } from '../client-event.ts';
import { textContent } from '../content.ts';
import { KnownSenders } from './known-senders.ts';
import { maxAcquaintances } from './limits.ts';
import type { KnownSenderRecord, KnownSenderStore } from './ports.ts';

const alice = 'alice' as Username;
const bob = 'bob' as Username;
const alicesAndBobs = directConversation(alice, bob);
const content = textContent('hello');

class Kept implements KnownSenderStore {
  records: readonly KnownSenderRecord[] = [];
  isBroken = false;

  async load(): Promise<readonly KnownSenderRecord[]> {
    if (this.isBroken) throw new Error('EIO');
    return this.records;
  }

  async keep(records: readonly KnownSenderRecord[]): Promise<void> {
    if (this.isBroken) throw new Error('EIO');
    this.records = records;
  }
}

test('known is who was written to or whose key was compared, and nobody else', async () => {
  const kept = new Kept();
  const first = new KnownSenders(100, kept);
  assert.equal(first.judge('alice', 1, 'pinned'), 'stranger');
  assert.equal(first.judge('alice', 1, 'verified'), undefined);
  assert.equal(first.judge('alice', 1, 'changed'), 'key-changed');
  // Another key than the compared one proves nothing any more.
  assert.equal(first.judge('alice', 1, 'pinned'), 'stranger');
  first.wroteTo('alice');
  assert.equal(first.judge('alice', 60, 'pinned'), undefined);
  await first.settled();
  const next = new KnownSenders(100, kept);
  await next.settled();
  assert.equal(next.judge('alice', 60, 'pinned'), 'large');
  next.acceptedFrom('alice');
  assert.equal(next.judge('alice', 60, 'pinned'), undefined);
});

test('known is who was written to from another device, where devices say so and not the server', () => {
  const said = (over: Partial<ReceivedMessage> & { readonly own?: boolean }): ClientEvent => {
    const { own = true, ...others } = over;
    const filed = { conversation: alicesAndBobs, seq: 1, at: 1, guest: false, own, late: false };
    const from = own ? alice : bob;
    const message = { place: 'private', from, content, encrypted: true, key: 'pinned', filed };
    return { type: 'message', message: { ...message, ...others } as ReceivedMessage };
  };
  const taken = { type: 'history-taken', conversation: alicesAndBobs, last: 1 } as const;
  const isKnownAfter = (event: ClientEvent): boolean => {
    const knownSenders = new KnownSenders(100, new Kept());
    knownSenders.heard(event);
    return knownSenders.judge('bob', 1, 'pinned') === undefined;
  };
  assert.ok(isKnownAfter(said({})));
  assert.ok(isKnownAfter({ ...taken, wroteTo: bob }));
  assert.ok(!isKnownAfter(taken));
  assert.ok(!isKnownAfter(said({ own: false })));
  assert.ok(!isKnownAfter(said({ encrypted: false })));
  assert.ok(!isKnownAfter(said({ key: 'changed' })));
  assert.ok(!isKnownAfter(said({ place: 'lobby' })));
});

test('what was written to before the record was read is kept with it', async () => {
  const kept = new Kept();
  kept.records = [{ user: 'bob', takenBytes: 90, isWrittenTo: true }];
  const knownSenders = new KnownSenders(100, kept);
  knownSenders.wroteTo('alice');
  knownSenders.wroteTo('bob');
  await knownSenders.settled();
  assert.equal(knownSenders.judge('alice', 100, 'pinned'), undefined);
  assert.equal(knownSenders.judge('bob', 11, 'pinned'), 'large');
  await knownSenders.settled();
  assert.deepEqual(kept.records.map(({ user }) => user).sort(), ['alice', 'bob']);
});

test('a record that cannot be read or kept asks more and not less', async () => {
  const kept = new Kept();
  kept.isBroken = true;
  const knownSenders = new KnownSenders(100, kept);
  await knownSenders.settled();
  assert.equal(knownSenders.judge('alice', 1, 'pinned'), 'stranger');
  knownSenders.wroteTo('alice');
  await knownSenders.settled();
  assert.equal(knownSenders.judge('alice', 1, 'pinned'), undefined);
});

test('the record is bounded; who was written to longest ago is asked about again', async () => {
  const kept = new Kept();
  const knownSenders = new KnownSenders(100, kept);
  for (let n = 0; n <= maxAcquaintances; n++) knownSenders.wroteTo(`p${n}`);
  assert.equal(knownSenders.judge('p0', 1, 'pinned'), 'stranger');
  assert.equal(knownSenders.judge(`p${maxAcquaintances}`, 1, 'pinned'), undefined);
  await knownSenders.settled();
  assert.equal(kept.records.length, maxAcquaintances);
});
