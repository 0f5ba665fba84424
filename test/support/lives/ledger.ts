// What was said, kept and told in a simulated life, written down beside the programs that did it, and what must be true of
// it: at every write, and at the end. Knows the promises and no way in which they are kept.
import assert from 'node:assert/strict';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { MemoryClientStore } from '../../../src/client/memory-store.ts';
import type { ClientChange, ConversationRecord } from '../../../src/client/store-port.ts';
import type { Commit } from '../../../src/hub/store-port.ts';
import { parseExtendedEvent } from '../../../src/wire/extended/events.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import { isSilent } from '../../../src/client/direct/engine.ts';

interface Post {
  readonly from: string | undefined;
  readonly id: string | undefined;
  readonly at: number;
}

/** One person's device, as far as the ledger sees it. */
export interface Witness {
  readonly name: string;
  readonly kept: MemoryClientStore;
  /** What one run of the program has told; a new run begins anew. */
  toldNow: Set<string>;
  readonly told: Set<string>;
  readonly toldUpTo: Map<string, number>;
  readonly read: Map<string, number>;
  readonly cursors: Map<string, number>;
  /** What is on the disk: `conversation number`, and `conversation text`. */
  readonly numbers: Set<string>;
  readonly texts: Set<string>;
}

export function witness(name: string, kept: MemoryClientStore): Witness {
  const { conversations } = kept.records;
  const read = new Map(conversations.map((one) => [one.name as string, one.read]));
  const cursors = new Map(conversations.map((one) => [one.name as string, one.cursor]));
  const toldUpTo = new Map(read);
  return {
    name,
    kept,
    toldNow: new Set(),
    told: new Set(),
    toldUpTo,
    read,
    cursors,
    numbers: new Set(),
    texts: new Set(),
  };
}

/** The conversation of two people. */
export function pairOf(one: string, other: string): string {
  return one < other ? `@${one}+${other}` : `@${other}+${one}`;
}

export class Ledger {
  readonly people = new Map<string, Witness>();
  /** Everything that the server has kept, by conversation and number. */
  readonly #posts = new Map<string, Map<number, Post>>();
  /** Texts that were on the speaker's disk: who said them where, in their order. */
  readonly #said = new Map<string, { readonly by: string; readonly place: string }>();
  /** Ids of messages that nobody sees. */
  readonly #silent = new Set<string>();
  readonly #streams = new Map<string, string>();

  /** The server has kept it. */
  committed({ segments }: Commit): void {
    for (const { bytes } of segments) {
      for (const line of Buffer.from(bytes).toString().split('\n')) {
        const said = parseExtendedEvent(line);
        if (said?.verb !== 'MSG' || said.seq === undefined) continue;
        const posts = this.#posts.get(said.in) ?? new Map<number, Post>();
        assert.ok(!posts.has(said.seq), `${said.in} ${said.seq} was given twice`);
        this.#posts.set(said.in, posts.set(said.seq, said as Post));
      }
    }
  }

  /** A change set is on the disk of somebody. */
  written(name: string, changes: readonly ClientChange[]): void {
    const person = this.#person(name);
    for (const change of changes) {
      if (change.type === 'stream') this.#streams.set(name, change.stream);
      if (change.type !== 'message') continue;
      const { conversation, seq, text } = change.message;
      if (seq !== undefined) person.numbers.add(`${conversation} ${seq}`);
      person.texts.add(`${conversation} ${text}`);
    }
    for (const change of changes) {
      if (change.type !== 'outbox') continue;
      const { localId, number, place, text } = change.entry;
      const id = `${this.#streams.get(name)}.${number}`;
      if (isSilent(localId)) this.#silent.add(`${name} ${id}`);
      else if (!this.#said.has(text)) this.#said.set(text, { by: name, place });
    }
    for (const change of changes) {
      if (change.type === 'conversation') this.#moved(person, change.conversation);
    }
  }

  /** Somebody's program begins: views show what is on the disk and was not seen before anything else. */
  started(name: string): { readonly conversation: ConversationName; readonly seq: number }[] {
    const person = this.#person(name);
    person.toldNow = new Set();
    const unseen: { conversation: ConversationName; seq: number }[] = [];
    for (const { conversation, seq = 0, from, text } of person.kept.messages) {
      if (from === name || seq <= (person.read.get(conversation) ?? 0)) continue;
      person.told.add(text);
      const upTo = person.toldUpTo.get(conversation) ?? 0;
      person.toldUpTo.set(conversation, Math.max(upTo, seq));
      unseen.push({ conversation, seq });
    }
    return unseen;
  }

  /** Somebody's program tells something. */
  heard(name: string, event: ClientEvent): void {
    const person = this.#person(name);
    if (event.type === 'message') {
      const { text, filed } = event.message;
      if (filed?.own === true || filed?.seq === undefined) return;
      const what = `${name} was told ${text}`;
      assert.ok(!person.toldNow.has(text), `${what} twice`);
      assert.ok(person.texts.has(`${filed.conversation} ${text}`), `${what}, not on the disk`);
      person.toldNow.add(text);
      person.told.add(text);
      const upTo = person.toldUpTo.get(filed.conversation) ?? 0;
      person.toldUpTo.set(filed.conversation, Math.max(upTo, filed.seq));
    }
    if (event.type === 'own' && event.message.state === 'delivered') {
      const { place, text } = event.message;
      const other = place.kind === 'direct' ? this.#person(place.user) : undefined;
      const pair = pairOf(name, other?.name ?? '');
      const isThere = other?.texts.has(`${pair} ${text}`);
      assert.ok(isThere, `${text} is called delivered and ${other?.name} does not have it`);
    }
  }

  /** Somebody's program says that it has private messages up to a number. */
  acknowledged(name: string, conversation: string, upTo: number): void {
    const person = this.#person(name);
    assert.deepEqual(this.#missing(person, conversation, 0, upTo), [], `${name} says GOT ${upTo}`);
  }

  /** When nothing happens any more. */
  end(conversations: readonly string[]): void {
    for (const name of conversations) this.#endOf(name);
  }

  #moved(person: Witness, { name: conversation, cursor, read }: ConversationRecord): void {
    const before = person.cursors.get(conversation) ?? 0;
    const lost = this.#missing(person, conversation, before, cursor);
    const what = `the cursor of ${person.name} in ${conversation} is ${cursor} on the disk`;
    assert.deepEqual(lost, [], `${what}, and these are not there`);
    assert.ok(cursor >= before, `${what}, and was ${before}`);
    person.cursors.set(conversation, cursor);
    const readBefore = person.read.get(conversation) ?? 0;
    if (read > readBefore) {
      const told = person.toldUpTo.get(conversation) ?? 0;
      assert.ok(read <= told, `${person.name} has read ${read} of ${conversation}: told ${told}`);
    }
    person.read.set(conversation, read);
  }

  /** What others said between two numbers and is not on the disk of somebody. */
  #missing(person: Witness, conversation: string, after: number, upTo: number): string[] {
    const missing: string[] = [];
    for (let seq = after + 1; seq <= upTo; seq++) {
      const post = this.#posts.get(conversation)?.get(seq);
      if (post === undefined || post.from === person.name) continue;
      const isThere = person.numbers.has(`${conversation} ${seq}`);
      if (!isThere && !this.#silent.has(`${post.from} ${post.id}`))
        missing.push(`${seq} of ${post.from}`);
    }
    return missing;
  }

  #endOf(conversation: string): void {
    const members = [...this.people.values()].filter(
      ({ name }) =>
        !conversation.startsWith('@') || conversation.slice(1).split('+').includes(name),
    );
    const posts = this.#posts.get(conversation) ?? new Map<number, Post>();
    const histories = members.map((person) => {
      const messages = person.kept.messages.filter((one) => one.conversation === conversation);
      const what = `${person.name} in ${conversation}`;
      const numbers = messages.map(({ seq }) => seq);
      assert.ok(
        numbers.every((seq, at) => seq !== undefined && seq > (numbers[at - 1] ?? 0)),
        `${what} has numbers ${numbers.join()} of ${messages.map(({ text }) => text).join()}`,
      );
      for (const { seq = 0, at, from, text, unreadable, localId, state } of messages) {
        assert.equal(unreadable, undefined, `${what} can't read ${seq}`);
        const post = posts.get(seq);
        assert.deepEqual([post?.from, post?.at], [from, at], `${what}: ${text}`);
        if (localId !== undefined) {
          assert.ok(state === 'stored' || state === 'delivered', `${what}: ${text} is ${state}`);
        } else {
          const read = person.read.get(conversation) ?? 0;
          assert.ok(person.told.has(text) || seq > read, `${what} was never told ${text}`);
        }
      }
      return messages.map(({ text }) => text);
    });
    for (const texts of histories) assert.deepEqual(texts, histories[0], conversation);
    const [texts = []] = histories;
    assert.equal(new Set(texts).size, texts.length, `${conversation} has something twice`);
    for (const { name } of members) {
      const said = [...this.#said]
        .filter(([, { by, place }]) => by === name && this.#isAt(place, name, conversation))
        .map(([text]) => text);
      const own = texts.filter((text) => this.#said.get(text)?.by === name);
      assert.deepEqual(own, said, `what ${name} said in ${conversation}, in its order`);
    }
  }

  #isAt(place: string, by: string, conversation: string): boolean {
    if (!place.startsWith('@')) return place === conversation;
    return conversation === pairOf(by, place.slice(1));
  }

  #person(name: string): Witness {
    const person = this.people.get(name);
    assert.ok(person, name);
    return person;
  }
}
