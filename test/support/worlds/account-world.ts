// A server without sockets and disk, with the real hub inside (src/hub/stage.fixture.ts), for clients with accounts:
// logins with real signatures, history, key packages. People are real headless clients on stores that survive them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { textOf } from '../../../src/client/content.ts';
import { ChatClient } from '../../../src/client/chat-client.ts';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { ByteConnection, ConnectionHandlers, Dial } from '../../../src/client/ports.ts';
import { parseServerAddress } from '../../../src/client/connection/server-address.ts';
import type { FilePorts } from '../../../src/client/files/transfers-options.ts';
import type { Device } from '../../../src/e2ee/device.ts';
import type { ConnectionId } from '../../../src/hub/effects.ts';
import { findAccount, formOf, readable } from '../../../src/hub/lookups.ts';
import type { Memory } from '../../../src/hub/memory.fixture.ts';
import { messageOf, Stage } from '../../../src/hub/stage.fixture.ts';
import { formatExtendedEvent, type ExtendedEvent } from '../../../src/wire/extended/events.ts';
import { failures, type FailureCode } from '../../../src/wire/extended/failures.ts';
import { parsePlace } from '../../../src/wire/extended/names.ts';
import {
  isRequestVerb,
  parseRequest,
  type RequestOf,
} from '../../../src/wire/extended/requests.ts';
import { canOf } from '../../../src/server/login/proof-parts.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';
import { parseLink } from '../../../src/wire/statements/chain-link.ts';
import { checkStatement } from '../../../src/wire/statements/statement.ts';
import { parseUsername, splitWord, type Username } from '../../../src/wire/text.ts';
import { FakeTimers } from '../fake-timers.ts';
import { KeyWatch } from './key-watch.ts';
import { suite } from '../pair.ts';
import { ciphers } from '../statements.ts';
import { ScriptedIdentity } from '../scripted-account.ts';
import { MemoryKnownServers } from '../memory/memory-servers.ts';
import { MemoryPins } from '../memory/memory-pins.ts';
import { SmallStore } from '../memory/small-store.ts';
import { limitMs, pause } from '../time-limit.ts';

/** The MLS library reads the wall clock as well. */
const begun = Date.now();

export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

interface Stock {
  packages: string[];
  lastResort: string | undefined;
}

/** What a server had stored at a moment. */
export interface Backup {
  readonly memory: Memory;
  readonly stock: ReadonlyMap<string, Stock>;
}

interface Line {
  readonly handlers: ConnectionHandlers;
  rest: string;
  challenge:
    | { readonly ehlo: Record<string, unknown>; readonly isProven: (text: string) => boolean }
    | undefined;
  isClosed: boolean;
}

export class AccountWorld {
  stage: Stage = new Stage({ welcome: 'hi [helo: ehlo]' });
  readonly timers = new FakeTimers();
  /** No key encrypts two messages that are sent, whatever is restored from copies. */
  readonly #keys = new KeyWatch(suite);
  readonly suite = this.#keys.suite;
  readonly #identity = new ScriptedIdentity();
  readonly #stock = new Map<string, Stock>();
  #generation = 0;
  readonly #hasRuns: boolean;
  #lastRun = 0;
  readonly #lines = new Map<number, Line>();
  readonly #guests = new Map<string, number>();
  #last = 0;
  isDown = false;
  /** Numbers of messages that the server's disk has damaged, by conversation. */
  readonly damaged = new Map<string, [number, number][]>();
  /** The server's disk cannot be read. */
  isUnreadable = false;
  /** Nobody's keys are given out. */
  isStockHidden = false;
  /** How many of somebody's keys were given out. */
  readonly keysTaken = new Map<string, number>();

  constructor({ hasRuns = true } = {}) {
    this.#hasRuns = hasRuns;
    this.#begin(this.stage.memory);
  }

  /** What is in the log of a conversation. */
  log(
    name: string,
  ): readonly { readonly text: string | undefined; readonly sealed: string | undefined }[] {
    const record = this.stage.memory.records().logs.find((log) => log.name === name);
    return this.stage.memory.messages(record?.log);
  }

  /** How far each conversation is. */
  lasts(): readonly { readonly name: string; readonly first: number; readonly last: number }[] {
    return this.stage.memory.records().logs;
  }

  readonly dial: Dial = (_address, handlers) => {
    const id = (this.#last += 1);
    const line: Line = { handlers, rest: '', challenge: undefined, isClosed: false };
    setImmediate(() => {
      if (line.isClosed) return;
      if (this.isDown) {
        line.isClosed = true;
        handlers.onClose({ code: 'ECONNREFUSED', detail: 'the connection was refused' });
        return;
      }
      this.#lines.set(id, line);
      handlers.onOpen({ kind: 'plain' });
      this.stage.connect(id);
      this.#flush();
    });
    const close = () => {
      if (line.isClosed) return;
      line.isClosed = true;
      if (this.#lines.delete(id)) this.stage.disconnect(id);
      this.#flush();
      setImmediate(() => handlers.onClose(undefined));
    };
    const connection: ByteConnection = {
      unsentBytes: 0,
      write: (bytes) => this.#received(id, line, Buffer.from(bytes).toString()),
      pause: () => {},
      resume: () => {},
      end: close,
      destroy: close,
    };
    return connection;
  };

  /** A version 1 guest sends a message to everybody. */
  guestSays(name: string, text: string): void {
    if (!this.#guests.has(name)) {
      this.#guests.set(name, (this.#last += 1));
      this.stage.guest(this.#last, name);
    }
    this.stage.line(this.#guests.get(name) ?? 0, `BCST ${text}`);
    this.#flush();
  }

  /** Ends all connections, like a broken cable: what is on its way in either direction is lost. */
  cut(): void {
    for (const [id, line] of this.#lines) {
      this.#lines.delete(id);
      line.isClosed = true;
      this.stage.disconnect(id);
      setImmediate(() => line.handlers.onClose(undefined));
    }
  }

  /** The server is killed, and starts again with what was stored. */
  restart(): void {
    this.cut();
    this.#begin(this.stage.memory);
  }

  /** Like real servers, except older ones that did not know runs. */
  #begin(memory: Memory): void {
    if (this.#hasRuns) memory.beginRun((this.#lastRun += 1));
    this.stage = this.stage.putBack(memory);
  }

  /** What the server has stored now. */
  backup(): Backup {
    return { memory: this.stage.memory.copy(), stock: structuredClone(this.#stock) };
  }

  /** The server is stopped, and starts with the state of a backup. `isTold`: it knows, as after `helo restore`. */
  putBack({ memory, stock }: Backup, isTold: boolean): void {
    this.cut();
    this.#generation += 1;
    this.#begin(memory.copy(isTold ? this.#generation : undefined));
    this.#stock.clear();
    for (const [name, { packages, lastResort }] of structuredClone(stock)) {
      // What may have been given out since is given out to nobody.
      this.#stock.set(name, { packages: isTold ? [] : packages, lastResort });
    }
  }

  /** The operator removes an account. */
  removeAccount(name: string): void {
    this.stage.admin({ act: 'remove-account', name });
    this.#stock.delete(name);
    this.#flush();
  }

  #received(id: number, line: Line, text: string): void {
    if (line.isClosed) return;
    const lines = (line.rest + text).split('\n');
    line.rest = lines.pop() ?? '';
    for (const one of lines) this.#line(id, line, one);
    this.#flush();
  }

  #line(id: number, line: Line, text: string): void {
    const [verb] = splitWord(text);
    if (!isRequestVerb(verb)) {
      this.stage.line(id, text);
      return;
    }
    const request = parseRequest(verb, text);
    assert.ok(request, `malformed: ${text}`);
    switch (request.verb) {
      case 'EHLO': {
        const { line: challenge, isProven } = this.#identity.challenge({ ...request });
        line.challenge = { ehlo: { ...request }, isProven };
        this.#emit(line, `${challenge}\n`);
        return;
      }
      case 'PROVE':
        this.#prove(id, line, request);
        return;
      case 'SEND':
        if (request.sealed !== undefined) this.#keys.left(request.sealed);
        this.stage.request(id, request);
        return;
      case 'GOT':
      case 'PEOPLE':
      case 'MEMBERS':
      case 'BLOCK':
      case 'DEVICES':
      case 'START':
      case 'CREATE':
      case 'INVITE':
      case 'HAND_OVER':
      case 'END_GROUP':
      case 'RULES':
      case 'GROUPS':
      case 'UPLOAD':
      case 'FETCH':
      case 'TAKEN':
      case 'DROP':
      case 'BLOBS':
        this.stage.request(id, request);
        return;
      case 'HISTORY':
        this.#history(id, line, request);
        return;
      case 'ERASE':
        this.#erase(id, line, request);
        return;
      case 'STOCK':
        this.#stocked(id, line, request);
        return;
      case 'TAKE_KEY':
        this.#takeKey(id, line, request);
        return;
      case 'CHAIN':
        this.#chain(id, request);
        return;
      case 'ACCOUNT':
        this.#account(line, request);
        return;
      case 'COMMIT':
      case 'TREE':
      case 'GROUP':
      case 'COMMITS':
      case 'DIRECTORY':
      case 'MEET':
      case 'SIGNAL':
      case 'MARK':
        this.#fail(line, request.label, request.verb, 'unknown-request');
    }
  }

  #prove(
    id: number,
    line: Line,
    { signature, private: isPrivate, stream, runs, can, start }: RequestOf<'PROVE'>,
  ): void {
    const { challenge } = line;
    assert.ok(challenge !== undefined && challenge.isProven(signature), 'a bad signature');
    const of = { connection: id as ConnectionId, username: challenge.ehlo['user'] as Username };
    const device = String(challenge.ehlo['device']);
    this.stage.run({
      type: 'authenticated',
      ...of,
      device,
      private: isPrivate,
      invite: undefined,
      registration: 'open',
      stream,
      runs,
      can: canOf(can),
      start,
      at: this.timers.now,
    });
  }

  #chain(id: number, { label, link }: RequestOf<'CHAIN'>): void {
    const parsed = parseLink(decodeBase64url(link) ?? new Uint8Array());
    const checked = parsed && checkStatement(parsed, ciphers);
    const connection = id as ConnectionId;
    this.stage.run({ type: 'chain', connection, label, link: checked, at: this.timers.now });
  }

  #account(line: Line, { label, user, after }: RequestOf<'ACCOUNT'>): void {
    const account = findAccount(this.stage.hub, user);
    if (account === undefined) {
      this.#fail(line, label, 'ACCOUNT', 'no-such-account');
      return;
    }
    const links = this.stage.memory.linksOf(account.id).slice(after);
    this.#say(line, { verb: 'ACCOUNT', label, user, device: account.devices[0], links });
  }

  #erase(id: number, line: Line, request: RequestOf<'ERASE'>): void {
    const place = parsePlace(request.in);
    assert.ok(place);
    const connection = id as ConnectionId;
    const found = readable(this.stage.hub, connection, place);
    if (!found.ok) {
      this.#fail(line, request.label, 'ERASE', found.error);
      return;
    }
    const said = this.stage.memory
      .messages(found.value.log)
      .find(({ seq, erased }) => seq === request.seq && erased !== true);
    const { from, at = 0, guest = false } = said ?? {};
    const what = said && { from, at, isGuest: guest, isMessage: said.inSealed?.kind === undefined };
    this.stage.run({ type: 'erase', connection, request, line: what });
  }

  #history(id: number, line: Line, request: RequestOf<'HISTORY'>): void {
    const place = parsePlace(request.in);
    assert.ok(place);
    const found = readable(this.stage.hub, id as ConnectionId, place);
    if (!found.ok) {
      this.#fail(line, request.label, 'HISTORY', found.error);
      return;
    }
    if (this.isUnreadable) {
      this.#fail(line, request.label, 'HISTORY', 'store-failed');
      return;
    }
    const { log, number, name, first } = found.value;
    const { after, before = Infinity, limit = 1000, label } = request;
    const all = this.stage.memory
      .messages(log)
      .filter(({ seq = 0 }) => seq > (after ?? 0) && seq < before && seq >= first);
    const places = this.damaged.get(name) ?? [];
    const isDamaged = (seq: number) => places.some(([from, to]) => seq >= from && seq <= to);
    const whole = all.filter(({ seq = 0 }) => !isDamaged(seq));
    const page = after === undefined ? whole.slice(-limit) : whole.slice(0, limit);
    const isCut = whole.length > page.length;
    // Within the part that was read. A segment may reach beyond the request.
    const low = isCut && after === undefined ? (page[0]?.seq ?? 0) : (after ?? 0);
    const high = isCut && after !== undefined ? (page.at(-1)?.seq ?? 0) : before;
    const damaged = places.filter(([from, to]) => to > low && from < high);
    for (const said of page) this.#say(line, messageOf(said));
    this.#say(line, {
      verb: 'HISTORY_END',
      label,
      in: name,
      log: number,
      count: page.length,
      more: isCut,
      ...(damaged.length > 0 && { damaged }),
    });
  }

  #stocked(
    id: number,
    line: Line,
    { label, packages, lastResort, replace }: RequestOf<'STOCK'>,
  ): void {
    const name = this.#nameOf(id);
    const old = this.#stock.get(name);
    const kept = replace || old === undefined ? [] : old.packages;
    const stock = { packages: [...kept, ...packages], lastResort: lastResort ?? old?.lastResort };
    this.#stock.set(name, stock);
    this.#say(line, { verb: 'STOCKED', label, stock: stock.packages.length });
  }

  #takeKey(_id: number, line: Line, { label, user }: RequestOf<'TAKE_KEY'>): void {
    const account = findAccount(this.stage.hub, user);
    const stock = this.#stock.get(user);
    const keyPackage = this.isStockHidden
      ? undefined
      : (stock?.packages.shift() ?? stock?.lastResort);
    if (account === undefined) this.#fail(line, label, 'TAKE_KEY', 'no-such-account');
    else if (keyPackage === undefined) this.#fail(line, label, 'TAKE_KEY', 'no-key');
    else {
      this.keysTaken.set(user, (this.keysTaken.get(user) ?? 0) + 1);
      this.#say(line, {
        verb: 'KEY',
        label,
        user,
        device: account.devices[0] ?? '',
        package: keyPackage,
      });
    }
  }

  #nameOf(id: number): string {
    assert.equal(formOf(this.stage.hub, id as ConnectionId), 'extended');
    const phase = this.stage.hub.connections.get(id as ConnectionId);
    assert.ok(phase?.name === 'open');
    return phase.visit.user.name;
  }

  #fail(line: Line, label: string | undefined, request: string, code: FailureCode): void {
    this.#say(line, { verb: 'FAILED', label, request, code, text: failures[code] });
  }

  #say(line: Line, event: ExtendedEvent): void {
    // Earlier messages come first.
    this.#flush();
    this.#emit(line, formatExtendedEvent(event));
  }

  /** As the server does at its time: all changes, to all followers. */
  #tellFollowers(): void {
    const people = this.stage.presences.splice(0);
    if (people.length === 0) return;
    for (const follower of this.stage.hub.followers) {
      const line = this.#lines.get(follower);
      if (line !== undefined)
        this.#emit(line, formatExtendedEvent({ verb: 'PEOPLE_CHANGED', people }));
    }
  }

  #flush(): void {
    this.#tellFollowers();
    for (const [id, line] of this.#lines) {
      const lines = this.stage.read(id);
      if (lines.length > 0) this.#emit(line, lines.map((one) => `${one}\n`).join(''));
      if (this.stage.closed.has(id as ConnectionId)) {
        this.#lines.delete(id);
        setImmediate(() => {
          if (line.isClosed) return;
          line.isClosed = true;
          line.handlers.onClose(undefined);
        });
      }
    }
  }

  #emit(line: Line, text: string): void {
    setImmediate(() => {
      if (!line.isClosed) line.handlers.onData(Buffer.from(text));
    });
  }
}

/** A person with a device and a store, whose program can be started, left and killed. */
export class Person {
  readonly name: Username;
  readonly #world: AccountWorld;
  readonly #device: Device;
  readonly #pins = new MemoryPins();
  readonly #servers = new MemoryKnownServers();
  store = new SmallStore();
  client: ChatClient | undefined;
  events: ClientEvent[] = [];
  /** What the next start has for files. */
  files: FilePorts | undefined;

  constructor(world: AccountWorld, name: string, device: Device) {
    const parsed = parseUsername(name);
    assert.ok(parsed);
    this.name = parsed;
    this.#world = world;
    this.#device = device;
  }

  async start({ guest = false, startsNow = false } = {}): Promise<void> {
    const { timers, suite } = this.#world;
    const address = parseServerAddress('h:1');
    assert.ok(address.ok);
    const account = { suite, device: this.#device, takesPrivate: true, invite: undefined };
    const keeping = { store: this.store, records: await this.store.load(), startsNow };
    this.client = new ChatClient(
      {
        address: address.value,
        username: this.name,
        reconnects: true,
        ...(guest ? {} : { account }),
      },
      {
        dial: this.#world.dial,
        timers,
        now: () => begun + timers.now,
        random: (length) => new Uint8Array(randomBytes(length)),
        knownServers: this.#servers,
        pins: this.#pins,
        suite,
        device: this.#device,
        keeping,
        ...(this.files !== undefined && { files: this.files }),
      },
      (event) => this.events.push(event),
    );
  }

  /** Killed: nothing more is written, and the next start has what was on the disk. */
  kill(): void {
    const survivor = this.store.survivor();
    this.store.isDead = true;
    this.client?.abort();
    this.client = undefined;
    this.store = survivor;
  }

  /** Killed, and the next start has `copy`, an earlier state of the store. */
  putBack(copy: SmallStore): void {
    this.kill();
    this.store = copy.survivor();
  }

  /** The next start has nothing. */
  forgetAll(): void {
    this.store = new SmallStore();
  }

  get isRunning(): boolean {
    return this.client !== undefined && this.client.state.phase !== 'closed';
  }

  get isIn(): boolean {
    return this.client?.state.phase === 'open';
  }

  /** The texts of others and of this person in a conversation, as the device has them. */
  async texts(conversation: string): Promise<string[]> {
    const records = await this.store.history(conversation as never, undefined, 100_000);
    return records.map(
      ({ from, content, unreadable }) => `${from}: ${unreadable ?? textOf(content)}`,
    );
  }
}

/**
 * Lets things happen until `done`. Encryption takes real time, so the simulated time advances only after much has
 * happened.
 */
export async function until(world: AccountWorld, done: () => boolean, what: string): Promise<void> {
  const end = performance.now() + limitMs;
  for (let round = 1; performance.now() < end; round++) {
    if (done()) return;
    await turns(5);
    if (round % 10 !== 0) continue;
    await pause(5);
    world.timers.advance(50);
  }
  assert.fail(`it did not come about: ${what}`);
}
