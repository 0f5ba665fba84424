// What was sent, stored and reported in a simulated life, recorded beside the programs, and what must be true of it at
// every write. ledger-end.ts has what must be true at the end. Knows the promises, and not how they are kept.
import assert from 'node:assert/strict';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ClientChange, ConversationRecord } from '../../../src/client/store/store-port.ts';
import { logNumber } from '../../../src/hub/messages/logs.ts';
import type { LogId } from '../../../src/hub/records.ts';
import type { Commit } from '../../../src/hub/store-port.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import { isSilent, textOf } from '../../../src/client/content.ts';
import { KeptLogs, type Post } from './kept-logs.ts';
import { pairOf, placeOf, witness, type Witness } from './witness.ts';

export interface Unseen {
  readonly conversation: ConversationName;
  readonly seq: number;
}

/** Every log of a generation has a number below this and not below that of the generation before. */
const generationSize = logNumber(1, 0 as LogId);

export class Ledger {
  readonly people = new Map<string, Witness>();
  /** What the server has now. */
  logs: KeptLogs;
  /** Whether the server was restored to an earlier state. */
  wasPutBack = false;
  /** It was, and does not know: nobody is told what was delivered before. */
  wasRewound = false;
  /** Texts that were on the sender's disk: who sent them where, in order. */
  readonly said: Map<string, { readonly by: string; readonly place: string }>;
  /** What many received and the server has lost since. */
  readonly lost = new Set<string>();
  /** By the generation of their logs. One has several if a server does not know that it was restored. */
  readonly #lines: Map<number, KeptLogs[]>;
  /** Ids of messages that nobody sees. */
  readonly #silent = new Set<string>();
  readonly #streams = new Map<string, string>();

  /** Continues from the end of `before`, in which nothing was restored. */
  constructor(before: Ledger | undefined) {
    this.logs = before?.logs.copy() ?? new KeptLogs();
    this.said = new Map(before?.said);
    this.#lines = new Map([[0, [this.logs]]]);
    if (before === undefined) return;
    for (const id of before.#silent) this.#silent.add(id);
    for (const [name, stream] of before.#streams) this.#streams.set(name, stream);
  }

  /** Adds a person, with what their device has stored. */
  meet(name: string, kept: MemoryClientStore, before: Ledger | undefined): void {
    this.people.set(name, witness(name, kept, before?.people.get(name)));
  }

  /** The server has stored it. */
  committed(commit: Commit): void {
    this.logs.commit(commit);
  }

  /** The server was restored: its logs go to `lasts`, by the names of conversations. */
  putBack(generation: number, lasts: ReadonlyMap<string, number>): void {
    if (this.#lines.has(generation)) this.wasRewound = true;
    const { logs, lost } = this.logs.cutAt(lasts);
    for (const { text } of lost) if (text !== undefined) this.lost.add(text);
    this.logs = logs;
    this.wasPutBack = true;
    this.#lines.set(generation, [...(this.#lines.get(generation) ?? []), logs]);
  }

  /** A change set is on the disk of somebody. */
  written(name: string, changes: readonly ClientChange[]): void {
    const person = this.person(name);
    for (const change of changes) {
      if (change.type === 'stream') this.#streams.set(name, change.stream);
      if (change.type !== 'message') continue;
      const { conversation, seq, unreadable } = change.message;
      const text = textOf(change.message.content);
      if (seq !== undefined) person.posts.add(placeOf(conversation, change.message));
      if (unreadable === undefined) person.texts.add(`${conversation} ${text}`);
    }
    for (const change of changes) {
      if (change.type !== 'outbox') continue;
      const { number, place, content, sealed } = change.entry;
      const text = textOf(content);
      if (sealed !== undefined) person.sealed.add(sealed.message);
      const id = `${this.#streams.get(name)}.${number}`;
      person.textOf.set(id, text);
      if (isSilent(content)) this.#silent.add(`${name} ${id}`);
      else if (!this.said.has(text)) this.said.set(text, { by: name, place });
    }
    for (const change of changes) {
      if (change.type === 'conversation') this.#moved(person, change.conversation);
    }
  }

  /** A person's program starts: views first show what is on the disk and was not seen before. */
  started(name: string): Unseen[] {
    const person = this.person(name);
    person.toldNow = new Set();
    const unseen: Unseen[] = [];
    for (const { conversation, seq = 0, epoch, from, content } of person.kept.messages) {
      const text = textOf(content);
      const record = person.records.get(conversation);
      if (from === name || epoch !== record?.epoch || seq <= (record?.read ?? 0)) continue;
      person.told.add(text);
      const upTo = person.toldUpTo.get(conversation) ?? 0;
      person.toldUpTo.set(conversation, Math.max(upTo, seq));
      unseen.push({ conversation, seq });
    }
    return unseen;
  }

  /** A person's program emits an event. */
  heard(name: string, event: ClientEvent): void {
    const person = this.person(name);
    if (event.type === 'message') {
      const { filed } = event.message;
      const text = textOf(event.message.content);
      if (filed?.own === true || filed?.seq === undefined) return;
      const what = `${name} was told ${text}`;
      const isAgain = person.toldNow.has(text) && !this.lost.has(text);
      assert.ok(!isAgain, `${what} twice`);
      assert.ok(person.texts.has(`${filed.conversation} ${text}`), `${what}, not on the disk`);
      person.toldNow.add(text);
      person.told.add(text);
      const upTo = person.toldUpTo.get(filed.conversation) ?? 0;
      person.toldUpTo.set(filed.conversation, Math.max(upTo, filed.seq));
    }
    // A server that was rewound gives out used keys again. Messages that cannot be read then are requested again.
    const isUnreadable = event.type === 'private' && event.event.type === 'unreadable';
    assert.ok(!isUnreadable || this.wasRewound, `${name} is told that something can't be read`);
    if (event.type === 'own' && event.message.state === 'delivered') {
      const { place, content } = event.message;
      const text = textOf(content);
      const other = place.kind === 'direct' ? this.person(place.user) : undefined;
      const pair = pairOf(name, other?.name ?? '');
      const isThere = other?.texts.has(`${pair} ${text}`);
      assert.ok(isThere, `${text} is called delivered and ${other?.name} does not have it`);
    }
  }

  /** A person's program sends a message: it must be on the disk, or it would be sent differently after a kill. */
  sent(name: string, id: string | undefined, sealed: string | undefined): void {
    const person = this.person(name);
    assert.ok(person.textOf.has(id ?? ''), `${name} sends ${id}, not on the disk`);
    const isKept = sealed === undefined || person.sealed.has(sealed);
    assert.ok(isKept, `${name} sends ${id} encrypted as it is not on the disk`);
  }

  /** A person's program reports that it has private messages up to a number of the log in `logs`. */
  acknowledged(name: string, conversation: string, upTo: number, logs: KeptLogs): void {
    const missing = this.#missing(this.person(name), conversation, 0, upTo, logs);
    assert.deepEqual(missing, [], `${name} says GOT ${upTo}`);
  }

  /** A message between programs, which nobody sees. */
  isSilent({ from, id }: Post): boolean {
    return this.#silent.has(`${from} ${id}`);
  }

  /** Whether a person has a message of others, or its text. */
  has(person: Witness, conversation: string, post: Post): boolean {
    if (person.posts.has(placeOf(conversation, post))) return true;
    // A repeated message has its first position.
    const text = post.text ?? this.people.get(post.from ?? '')?.textOf.get(post.id ?? '');
    return conversation.startsWith('@') && person.texts.has(`${conversation} ${text}`);
  }

  person(name: string): Witness {
    const person = this.people.get(name);
    assert.ok(person, name);
    return person;
  }

  #moved(person: Witness, record: ConversationRecord): void {
    const { name, cursor, read, epoch, log } = record;
    const last = person.records.get(name);
    const before = last?.epoch === epoch ? last : undefined;
    const lines = this.#linesOf(log).map((logs) =>
      this.#missing(person, name, before?.cursor ?? 0, cursor, logs),
    );
    const what = `the cursor of ${person.name} in ${name} is ${cursor} on the disk`;
    const isWhole = lines.some((missing) => missing.length === 0);
    assert.ok(isWhole, `${what}, and these are not there: ${lines[0]?.join()}`);
    assert.ok(cursor >= (before?.cursor ?? 0), `${what}, and was ${before?.cursor}`);
    assert.ok(epoch >= (last?.epoch ?? 0), `${what}, in an epoch of before`);
    if (before === undefined && last !== undefined) person.toldUpTo.set(name, read);
    const told = person.toldUpTo.get(name) ?? 0;
    if (read > (before?.read ?? 0))
      assert.ok(read <= told, `${person.name} has read ${read} of ${name}: told ${told}`);
    person.records.set(name, record);
  }

  /** What the server had when a log had that number. If no log had it yet, any of them. */
  #linesOf(log: number): readonly KeptLogs[] {
    const lines = log === 0 ? undefined : this.#lines.get(Math.floor(log / generationSize));
    return lines ?? [...this.#lines.values()].flat();
  }

  /** Messages of others between two numbers that are not on a person's disk. */
  #missing(
    person: Witness,
    conversation: string,
    after: number,
    upTo: number,
    logs: KeptLogs,
  ): string[] {
    const missing: string[] = [];
    for (let seq = after + 1; seq <= upTo; seq++) {
      const post = logs.of(conversation).get(seq);
      if (post === undefined || post.from === person.name) continue;
      if (!this.isSilent(post) && !this.has(person, conversation, post))
        missing.push(`${seq} of ${post.from}`);
    }
    return missing;
  }
}
