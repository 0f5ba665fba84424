// What must be true at the end of a simulated life: every message is stored, and everybody who should has it, once and
// in order. If the server was restored, the sender knows what was lost.
import assert from 'node:assert/strict';
import { textOf } from '../../../src/client/content.ts';
import type { HistoryRecord } from '../../../src/client/store/store-port.ts';
import type { Post } from './kept-logs.ts';
import type { Ledger } from './ledger.ts';
import { conversationAt, isMember, placeOf, type Witness } from './witness.ts';

export function checkEnd(ledger: Ledger, conversations: readonly string[]): void {
  for (const conversation of conversations) {
    const members = [...ledger.people.values()].filter(({ name }) => isMember(name, conversation));
    for (const person of members) checkHistory(ledger, person, conversation);
    if (!ledger.wasPutBack) checkAlike(ledger, members, conversation);
    checkSaid(ledger, members, conversation);
  }
}

function messagesOf({ kept }: Witness, conversation: string): HistoryRecord[] {
  return kept.messages.filter(
    ({ conversation: name, from }) => name === conversation && from !== undefined,
  );
}

/** One device has what the server has, in order, reported, and nothing twice. */
function checkHistory(ledger: Ledger, person: Witness, conversation: string): void {
  const messages = messagesOf(person, conversation);
  const what = `${person.name} in ${conversation}`;
  const record = person.records.get(conversation);
  let last = 0;
  for (const { seq, at, epoch, from, content, unreadable, localId, state } of messages) {
    const text = textOf(content);
    if (epoch === record?.epoch && seq !== undefined) {
      assert.ok(seq > last, `${what} has ${seq} behind ${last}`);
      last = seq;
    }
    if (!ledger.wasPutBack) {
      const post = ledger.logs.of(conversation).get(seq ?? 0);
      assert.deepEqual([post?.from, post?.at], [from, at], `${what}: ${text}`);
    }
    assert.equal(unreadable, undefined, `${what} can't read ${seq} (${epoch})`);
    if (localId === undefined) {
      const isUnseen = epoch === record?.epoch && (seq ?? 0) > (record?.read ?? 0);
      assert.ok(person.told.has(text) || isUnseen, `${what} was never told ${text}`);
    } else if (state === 'refused') {
      const isLost = ledger.lost.has(text);
      assert.ok(isLost, `${what}: ${text} is refused`);
    } else {
      const isPrivate = conversation.startsWith('@');
      const isFine = state === (isPrivate ? 'delivered' : 'stored');
      const isUnknown = ledger.wasRewound && isPrivate && state === 'stored';
      assert.ok(isFine || isUnknown, `${what}: ${text} is ${state}`);
    }
  }
  for (const post of postsOf(ledger, conversation)) {
    const isThere =
      post.from === person.name ||
      person.posts.has(placeOf(conversation, post)) ||
      ledger.has(person, conversation, post);
    assert.ok(isThere, `${what} does not have ${post.seq} of ${post.from}`);
  }
}

/** Everything that somebody should see. */
function postsOf(ledger: Ledger, conversation: string): Post[] {
  return [...ledger.logs.of(conversation).values()].filter((post) => !ledger.isSilent(post));
}

/** Everybody has the same. */
function checkAlike(ledger: Ledger, members: readonly Witness[], conversation: string): void {
  const [texts = [], ...others] = members.map((person) =>
    messagesOf(person, conversation).map(({ content }) => textOf(content)),
  );
  for (const other of others) assert.deepEqual(other, texts, conversation);
  for (const { name } of members) {
    const own = texts.filter((text) => ledger.said.get(text)?.by === name);
    assert.deepEqual(
      own,
      saidBy(ledger, name, conversation),
      `what ${name} said in ${conversation}, in its order`,
    );
  }
}

function saidBy({ said }: Ledger, name: string, conversation: string): string[] {
  return [...said]
    .filter(([, { by, place }]) => by === name && conversationAt(place, by) === conversation)
    .map(([text]) => text);
}

/** Everybody for whom a message was has it, or its sender knows that it is lost. */
function checkSaid(ledger: Ledger, members: readonly Witness[], conversation: string): void {
  const histories = members.map((person) => ({
    person,
    texts: countsOf(messagesOf(person, conversation)),
  }));
  const kept = new Set(postsOf(ledger, conversation).map(({ text }) => text));
  for (const { name, kept: disk } of members) {
    const states = new Map(
      disk.messages.flatMap(({ localId, content, state }) =>
        localId ? [[textOf(content), state]] : [],
      ),
    );
    for (const text of saidBy(ledger, name, conversation)) {
      const isLost = states.get(text) === 'refused';
      for (const { person, texts } of histories) {
        const count = texts.get(text) ?? 0;
        const what = `${person.name} has ${text} of ${name} ${count} times in ${conversation}`;
        // A message that many received and the server lost may be sent again by a sender who does not know that it was
        // received.
        const most = ledger.lost.has(text) && person.name !== name ? 2 : 1;
        assert.ok(count <= most && (count > 0 || isLost), what);
      }
      const isStored = conversation.startsWith('@') || kept.has(text);
      assert.ok(isStored !== isLost, `${text} of ${name} is ${states.get(text)}: ${isStored}`);
    }
  }
}

function countsOf(messages: readonly HistoryRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { content } of messages) {
    const text = textOf(content);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}
