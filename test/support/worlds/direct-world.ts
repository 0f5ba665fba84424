// A server that only stores a log for two people and a stock of key packages, and people with engines, outboxes and
// stores. Nothing moves by itself: a test decides who encrypts, sends, reads and crashes, and when. Each distinct
// message that is sent is checked against the keys that encrypted it: none may be used twice.
import assert from 'node:assert/strict';
import { isSilent, textContent, textOf, type Content } from '../../../src/client/content.ts';
import type { Ability } from '../../../src/e2ee/client-config.ts';
import { randomBytes } from 'node:crypto';
import {
  frameOf,
  DirectEngine,
  newMessageId,
  sayAgain,
  type OutboxDraft,
} from '../../../src/client/encryption/stored/engine.ts';
import type { MessengerEvent } from '../../../src/client/encryption/live/events.ts';
import { TrustBook } from '../../../src/client/encryption/trust/trust-book.ts';
import type {
  ClientChange,
  PackageRecord,
  SealedRecord,
  SessionRecord,
} from '../../../src/client/store/store-port.ts';
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import { readSealed } from '../../../src/e2ee/pair-session.ts';
import { decodeBase64url, encodeBase64url } from '../../../src/lib/base64url.ts';
import { KeyWatch } from './key-watch.ts';
import { suite } from '../pair.ts';
import { MemoryPins } from '../memory/memory-pins.ts';

/** A message of the log. */
export interface Logged {
  readonly seq: number;
  readonly from: string;
  readonly id: string;
  readonly message: string;
  readonly welcome: string | undefined;
}

interface Entry extends OutboxDraft {
  readonly peer: string;
  readonly number: number | undefined;
  readonly sealed: SealedRecord | undefined;
}

/** What a person reads at a number of the log. */
export interface Shown {
  readonly from: string;
  readonly text: string;
  readonly unreadable: string | undefined;
}

/** One write: all of it is stored, or none. */
interface Write {
  readonly changes?: readonly ClientChange[];
  readonly entries?: readonly Entry[];
  readonly done?: readonly string[];
  readonly cursor?: number;
  readonly shown?: ReadonlyMap<number, Shown>;
  readonly own?: ReadonlyMap<number, OutboxDraft>;
}

export type Trouble = 'none' | 'write-fails' | 'crash-before' | 'crash-after';

export class DirectWorld {
  readonly log: Logged[] = [];
  readonly people = new Map<string, DirectPerson>();
  readonly #stock = new Map<string, { packages: string[]; lastResort: string | undefined }>();
  readonly #devices = new Map<string, Device>();
  readonly #lastNumbers = new Map<string, number>();
  readonly #watch = new KeyWatch(suite);
  readonly suite = this.#watch.suite;

  async join(name: string): Promise<DirectPerson> {
    const person = new DirectPerson(this, name, await createDevice(suite));
    this.people.set(name, person);
    this.register(name, person.device);
    return person;
  }

  /** From now on `device` is the device of `name`. */
  register(name: string, device: Device): void {
    this.#devices.set(name, device);
    this.#stock.set(name, { packages: [], lastResort: undefined });
  }

  restock(name: string, packages: readonly string[], lastResort: string | undefined): void {
    const stock = this.#stock.get(name) ?? assert.fail();
    stock.packages.push(...packages);
    stock.lastResort = lastResort ?? stock.lastResort;
  }

  takeKey(name: string): { token: string; device: string } | undefined {
    const stock = this.#stock.get(name);
    const token = stock?.packages.shift() ?? stock?.lastResort;
    const device = this.#devices.get(name)?.publicKey;
    if (token === undefined || device === undefined) return undefined;
    return { token, device: encodeBase64url(device) };
  }

  /** The effect of SEND: the number of the message, or why not. A repeat is recognised by its number. */
  send(from: string, peer: string, entry: Entry): number | 'device-changed' {
    const { sealed, number } = entry;
    assert.ok(sealed !== undefined && number !== undefined);
    this.#watch.left(sealed.message);
    const stream = this.people.get(from)?.stream ?? '';
    const id = `${stream}.${number}`;
    const last = this.#lastNumbers.get(stream) ?? 0;
    if (number <= last) {
      return (this.log.find((logged) => logged.id === id) ?? assert.fail()).seq;
    }
    const device = this.#devices.get(peer)?.publicKey;
    if (device === undefined || encodeBase64url(device) !== sealed.device) return 'device-changed';
    assert.equal(number, last + 1, 'the stream goes on without a gap');
    this.#lastNumbers.set(stream, number);
    const seq = this.log.length + 1;
    this.log.push({ seq, from, id, message: sealed.message, welcome: sealed.welcome });
    return seq;
  }
}

export class DirectPerson {
  readonly name: string;
  readonly #world: DirectWorld;
  device: Device;
  readonly stream = randomBytes(9).toString('base64url');
  readonly events: MessengerEvent[] = [];
  readonly pins = new MemoryPins();
  engine: DirectEngine;
  /** What the client of this person can, from its next start on; undefined for all that this version can. */
  able: readonly Ability[] | undefined;
  /** The notes about files that were read. */
  readonly notes: { readonly from: string; readonly note: Uint8Array }[] = [];
  /** How many messages were withheld from a later device, in all. */
  withheld = 0;
  // What is stored and survives a crash.
  sessions = new Map<string, SessionRecord>();
  packages = new Map<string, PackageRecord>();
  outbox: Entry[] = [];
  cursor = 0;
  lastNumber = 0;
  readonly shown = new Map<number, Shown>();
  readonly own = new Map<number, OutboxDraft>();

  constructor(world: DirectWorld, name: string, device: Device) {
    this.#world = world;
    this.name = name;
    this.device = device;
    this.engine = this.#start();
  }

  /** Stocks the server. `trouble` comes between storing the private keys and telling the server. */
  async stock(count: number, trouble: Trouble = 'none'): Promise<void> {
    const wantsLast = this.engine.needsLastResort();
    const made = await this.engine.makePackages(count, wantsLast);
    if (!this.write({ changes: made.changes }, trouble)) return;
    this.#world.restock(this.name, made.packages, made.lastResort);
    if (made.lastResort !== undefined) this.write({ changes: this.engine.lastResortStocked() });
  }

  say(peer: string, text: string): void {
    this.put(peer, textContent(text));
  }

  put(peer: string, content: Content): void {
    this.write({ entries: [entryTo(peer, { localId: newMessageId(randomBytes), content })] });
  }

  /** Encrypts the next unencrypted outbox entry, and requests keys as needed. Returns the result. */
  async seal(trouble: Trouble = 'none'): Promise<string> {
    const entry = this.outbox.find(({ sealed }) => sealed === undefined);
    if (entry === undefined) return 'nothing';
    const made = await this.engine.seal(entry.peer, frameOf(entry) ?? assert.fail());
    if (made.kind === 'needs-key') return this.takeKey(entry.peer, trouble);
    if (made.kind !== 'sealed') return made.kind === 'blocked' ? made.why : made.kind;
    const { sealed, changes, wantsKey } = made;
    const number = entry.number ?? this.lastNumber + 1;
    if (!this.write({ changes, entries: [{ ...entry, sealed, number }] }, trouble)) return trouble;
    if (wantsKey) await this.takeKey(entry.peer, 'none');
    return 'sealed';
  }

  async takeKey(peer: string, trouble: Trouble): Promise<string> {
    const key = this.#world.takeKey(peer);
    if (key === undefined) {
      this.engine.keyUnavailable(peer);
      return 'no-key';
    }
    const arrived = await this.engine.keyArrived(peer, key.token, key.device);
    if (arrived.kind === 'blocked') return arrived.why;
    return this.write({ changes: arrived.changes }, trouble) ? 'ready' : trouble;
  }

  /** Sends the first `count` encrypted outbox entries. `heard`: whether the answers arrive. */
  async send(count: number, heard: boolean, trouble: Trouble = 'none'): Promise<void> {
    for (const entry of this.outbox.slice(0, count)) {
      if (entry.sealed === undefined) return;
      const seq = this.#world.send(this.name, entry.peer, entry);
      if (seq === 'device-changed') {
        await this.engine.deviceChanged(entry.peer, entry.sealed);
        const stale = this.outbox.filter(({ peer }) => peer === entry.peer);
        this.write({ entries: stale.map((other) => ({ ...other, sealed: undefined })) });
        return;
      }
      if (!heard) continue;
      if (!this.write(this.#storedAs(entry, seq), trouble)) return;
    }
  }

  /** Reads up to `count` messages of the log, with one write. */
  async read(count: number, trouble: Trouble = 'none'): Promise<void> {
    const changes: ClientChange[] = [];
    const entries: Entry[] = [];
    const done: string[] = [];
    const own = new Map<number, OutboxDraft>();
    const shown = new Map<number, Shown>();
    const page = this.#world.log.filter(({ seq }) => seq > this.cursor).slice(0, count);
    for (const logged of page) {
      if (logged.from === this.name) {
        const entry = this.outbox.find(({ number }) => `${this.stream}.${number}` === logged.id);
        if (entry === undefined) continue;
        const write = this.#storedAs(entry, logged.seq);
        changes.push(...(write.changes ?? []));
        done.push(entry.localId);
        for (const [seq, draft] of write.own ?? []) own.set(seq, draft);
      } else {
        changes.push(...(await this.#open(logged, shown, entries)));
      }
    }
    for (const { peer, ...draft } of this.engine.questions()) entries.push(entryTo(peer, draft));
    const cursor = page.at(-1)?.seq ?? this.cursor;
    this.write({ changes, entries, done, cursor, shown, own }, trouble);
  }

  /** The program ends at once and starts again with what is stored. */
  crash(): void {
    this.engine = this.#start();
  }

  /** Sessions and packages are lost, the device's key is not. What was left at the server is deleted. */
  loseKeys(): void {
    this.sessions.clear();
    this.packages.clear();
    this.#world.register(this.name, this.device);
    this.crash();
  }

  /** The texts that were read from `from`, in the log's order. */
  textsOf(from: string): string[] {
    return [...this.shown]
      .sort(([a], [b]) => a - b)
      .flatMap(([, shown]) => (shown.from === from ? [shown.unreadable ?? shown.text] : []));
  }

  /** The session for a text to `peer`. Not stored: for the end of a test. */
  async sessionTo(peer: string): Promise<string> {
    const made = await this.engine.seal(peer, { id: '0'.repeat(32), content: textContent('x') });
    assert.equal(made.kind, 'sealed');
    const bytes = made.kind === 'sealed' ? decodeBase64url(made.sealed.message) : undefined;
    const read = readSealed(bytes ?? assert.fail());
    return read.ok ? read.value.groupId : assert.fail();
  }

  /**
   * Stores all of it, or stores nothing and continues from the stored state. False if the program did not get further.
   */
  write(write: Write, trouble: Trouble = 'none'): boolean {
    if (trouble === 'write-fails') {
      this.engine.reload({
        sessions: [...this.sessions.values()],
        packages: [...this.packages.values()],
      });
      return false;
    }
    if (trouble !== 'crash-before') this.#keep(write);
    if (trouble === 'none') return true;
    this.crash();
    return false;
  }

  #keep({ changes = [], entries = [], done = [], cursor, shown, own }: Write): void {
    for (const change of changes) {
      // Copies: a store keeps bytes, not our arrays.
      if (change.type === 'session') {
        this.sessions.set(change.session.groupId, structuredClone(change.session));
      } else if (change.type === 'session-removed') this.sessions.delete(change.groupId);
      else if (change.type === 'package') {
        this.packages.set(change.package.reference, structuredClone(change.package));
      } else if (change.type === 'package-removed') this.packages.delete(change.reference);
      else assert.fail(change.type);
    }
    for (const entry of entries) {
      this.lastNumber = Math.max(this.lastNumber, entry.number ?? 0);
      const at = this.outbox.findIndex(({ localId }) => localId === entry.localId);
      if (at === -1) this.outbox.push(entry);
      else this.outbox[at] = entry;
    }
    this.outbox = this.outbox.filter(({ localId }) => !done.includes(localId));
    this.cursor = cursor ?? this.cursor;
    for (const [seq, text] of shown ?? []) this.shown.set(seq, text);
    for (const [seq, draft] of own ?? []) this.own.set(seq, draft);
  }

  async #open(
    { seq, from, message, welcome }: Logged,
    shown: Map<number, Shown>,
    entries: Entry[],
  ): Promise<readonly ClientChange[]> {
    const opened = await this.engine.open(from, seq, message, welcome);
    switch (opened.kind) {
      case 'message': {
        const { of } = opened;
        const text = textOf(opened.content);
        const place = of === undefined ? undefined : (shown.get(of) ?? this.shown.get(of));
        const fits = of === undefined || (place?.from === from && place.unreadable !== undefined);
        if (fits) {
          assert.equal(this.shown.get(of ?? seq)?.text ?? '', '', 'shown twice');
          shown.set(of ?? seq, { from, text, unreadable: undefined });
        }
        break;
      }
      case 'again':
        this.withheld += opened.withheld;
        for (const number of opened.numbers) {
          const draft = this.own.get(number);
          const record = draft && {
            localId: draft.localId,
            content: textContent(textOf(draft.content)),
            seq: number,
          };
          const again = record && sayAgain(randomBytes, record);
          if (again !== undefined) entries.push(entryTo(from, again));
        }
        break;
      case 'file-note':
        this.notes.push({ from, note: opened.note });
        break;
      case 'unreadable':
        shown.set(seq, { from, text: '', unreadable: opened.reason });
        break;
      case 'repeat':
        assert.fail('the log says nothing twice');
      // falls through: assert.fail does not return
      case 'control':
        break;
    }
    return opened.changes;
  }

  #storedAs(entry: Entry, seq: number): Write {
    const changes = entry.sealed ? this.engine.stored(entry.peer, entry.sealed, seq) : [];
    const draft = { localId: entry.localId, content: entry.content };
    const own = new Map(isSilent(entry.content) ? [] : [[seq, draft] as const]);
    return { changes, done: [entry.localId], own };
  }

  #start(): DirectEngine {
    const { suite: instrumented } = this.#world;
    return new DirectEngine(
      {
        suite: instrumented,
        device: this.device,
        me: this.name,
        now: () => Date.now(),
        random: (length) => randomBytes(length),
        trusts: new TrustBook(this.pins, (event) => void this.events.push(event)),
        ...(this.able !== undefined && { able: this.able }),
      },
      { sessions: [...this.sessions.values()], packages: [...this.packages.values()] },
    );
  }
}

export interface TwoPeople {
  readonly world: DirectWorld;
  readonly alice: DirectPerson;
  readonly bob: DirectPerson;
}

/** Alice and bob, whose key packages are at the server. */
export async function twoPeople(
  able: { readonly bob?: readonly Ability[] } = {},
): Promise<TwoPeople> {
  const world = new DirectWorld();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  bob.able = able.bob;
  bob.crash();
  await alice.stock(5);
  await bob.stock(5);
  return { world, alice, bob };
}

/** Encrypts and sends everything that waits, as far as possible. Returns the last result: `nothing` if all is sent. */
export async function flush(person: DirectPerson): Promise<string> {
  for (;;) {
    const came = await person.seal();
    await person.send(1000, true);
    if (came !== 'sealed' && came !== 'ready') return came;
  }
}

/** Writes a message, and brings it to the log. */
export async function emit(from: DirectPerson, to: string, text: string): Promise<string> {
  from.say(to, text);
  return flush(from);
}

function entryTo(peer: string, draft: OutboxDraft): Entry {
  return { ...draft, peer, number: undefined, sealed: undefined };
}
