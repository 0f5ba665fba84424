// One simulated life: people with accounts at one server, who talk while cables break, programs are killed at any step, and
// the server is put back to a backup. What must be true stands in ledger.ts and ledger-end.ts. The same seed is the same
// life.
//
// Real: clients (connections, outbox, inbox, sessions, MLS), the server's hub, gate, delivery, requests and logins, both
// stores in memory, and every line between them. Simulated: the disks under the stores (disks.ts), cables (wires.ts), time
// (fate.ts); and the ciphers, but for the signatures of logins (toy-ciphers.ts), except in the lives that are told to take
// the real ones. Not here: SQLite, sockets, TLS, threads, heartbeats, flood control, trimming, guests and files.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { ChatClient } from '../../../src/client/chat-client.ts';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { Pin } from '../../../src/client/private/ports.ts';
import { parseServerAddress } from '../../../src/client/server-address.ts';
import type { ClientChange } from '../../../src/client/store-port.ts';
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { testEnv } from '../../../src/hub/stage.fixture.ts';
import { Chat } from '../../../src/server/chat.ts';
import { createIdentity, type ServerIdentity } from '../../../src/server/login/identity.ts';
import { defaultMaxLineBytes } from '../../../src/wire/limits.ts';
import { parseRequest } from '../../../src/wire/extended/requests.ts';
import { parseUsername, type Username } from '../../../src/wire/text.ts';
import { MemoryKnownServers } from '../scripted-connection.ts';
import { ClientDisk, ServerDisk } from './disks.ts';
import { Dice, Fate, type Body } from './fate.ts';
import { checkEnd } from './ledger-end.ts';
import type { KeptLogs } from './kept-logs.ts';
import { Ledger, type Unseen } from './ledger.ts';
import { openRealCiphers } from './real-ciphers.ts';
import { openToySuite, toyIdentity } from './toy-ciphers.ts';
import { Wire } from './wires.ts';
import { pairOf } from './witness.ts';

const names = ['alice', 'bob', 'carol'] as const;
const begun = Date.now();
const log = pino({ level: 'silent' });
/** A life that takes more steps than this goes round in circles. */
const maxSteps = 20_000;
/** Where nothing is on its way and no timer comes for so long, nothing happens. */
const quietMs = 15_000;

/** How one life differs from others, where it is not chance. */
export interface LifeOptions {
  /** What happens is written down there. */
  readonly story?: string[] | undefined;
  /** How many people there are; by chance where nothing is said. */
  readonly people?: 2 | 3;
  /**
   * Whether the server is put back to an earlier state: `restored`, as by `helo restore`, or `rewound`, so that it does
   * not know; by chance, and never rewound, where nothing is said.
   */
  readonly putBack?: 'never' | 'restored' | 'rewound';
}

/** What lives have in common: who there is, and what was so before. */
export interface Beginning {
  /** Ciphers and keys are those of the program. */
  readonly isReal: boolean;
  readonly identity: ServerIdentity;
  readonly devices: ReadonlyMap<string, Device>;
  readonly disks: ReadonlyMap<string, readonly (readonly ClientChange[])[]>;
  readonly pins: ReadonlyMap<string, ReadonlyMap<string, Pin>>;
  readonly server: ServerDisk['done'];
  /** What is known of it; undefined where nothing has been yet. */
  readonly ledger: Ledger | undefined;
}

class Person {
  readonly name: Username;
  readonly disk: ClientDisk;
  readonly pins: Map<string, Pin>;
  body: Body = { isAlive: false };
  client: ChatClient | undefined;
  readonly #life: Life;
  readonly #device: Device;
  readonly #servers = new MemoryKnownServers();
  /** What earlier runs had and nobody has seen: a view shows it when it is in. */
  #unseen: Unseen[] = [];

  constructor(life: Life, name: string, beginning: Beginning) {
    const parsed = parseUsername(name);
    const device = beginning.devices.get(name);
    assert.ok(parsed !== undefined && device !== undefined);
    this.name = parsed;
    this.#life = life;
    this.#device = device;
    this.pins = new Map(beginning.pins.get(name) ?? []);
    this.disk = new ClientDisk(beginning.disks.get(name) ?? [], (changes) =>
      life.ledger.written(name, changes),
    );
    life.ledger.meet(name, this.disk.kept, beginning.ledger);
  }

  async start(): Promise<void> {
    const { fate, suite } = this.#life;
    const body = { isAlive: true };
    this.body = body;
    this.#unseen = this.#life.ledger.started(this.name);
    const address = parseServerAddress('h:1');
    assert.ok(address.ok);
    const store = this.disk.open(fate, body, this.name);
    // Each look at a pin takes its time, as reading a file does.
    const pinned = <T>(act: () => T): Promise<T> =>
      new Promise((resolve) => fate.post(`pins of ${this.name}`, body, () => resolve(act())));
    const records = await store.load();
    this.client = new ChatClient(
      {
        address: address.value,
        username: this.name,
        reconnects: true,
        account: { suite, device: this.#device, takesPrivate: true, invite: undefined },
      },
      {
        dial: (_address, handlers) => this.#life.connect(this.name, body, handlers),
        timers: fate.timersOf(body),
        now: () => begun + fate.now,
        random: (length) => fate.dice.bytes(length),
        knownServers: this.#servers,
        pins: {
          get: (user) => pinned(() => this.pins.get(user)),
          put: (user, pin) => pinned(() => void this.pins.set(user, pin)),
          note: (user, key) => pinned(() => void this.pins.set(user, { key, verified: false })),
        },
        suite,
        device: this.#device,
        keeping: { store, records, startsNow: false },
      },
      (event) => {
        if (body.isAlive) this.#heard(event);
      },
    );
  }

  #heard(event: ClientEvent): void {
    const { fate, ledger } = this.#life;
    if (event.type === 'message') fate.tell(`${this.name} is told ${event.message.text}`);
    if (event.type === 'own')
      fate.tell(`${this.name}: ${event.message.text} is ${event.message.state}`);
    this.#life.guard(() => ledger.heard(this.name, event));
    if (event.type === 'log-restarted')
      this.#unseen = this.#unseen.filter((one) => one.conversation !== event.conversation);
    if (event.type === 'state' && event.state.phase === 'open') {
      for (const { conversation, seq } of this.#unseen) this.client?.read(conversation, seq);
      this.#unseen = [];
    }
    if (event.type !== 'message' || event.message.filed?.seq === undefined) return;
    const { conversation, seq } = event.message.filed;
    if (fate.dice.chance(0.7)) this.client?.read(conversation, seq);
  }

  get isRunning(): boolean {
    return this.body.isAlive && this.client?.state.phase !== 'closed';
  }

  get isIn(): boolean {
    return this.body.isAlive && this.client?.state.phase === 'open';
  }

  /** Says it in the lobby, to the group (`#g`) or to somebody. */
  say(place: string, text: string): void {
    const { client } = this;
    if (place === 'lobby') client?.broadcast(text);
    else if (place === '#g') client?.groupMessage('g', text);
    else client?.privateMessage(place, text);
  }

  kill(): void {
    if (!this.body.isAlive) return;
    this.#life.fate.tell(`${this.name} is killed`);
    this.body.isAlive = false;
    this.disk.cutOff(this.#life.fate);
    for (const wire of this.#life.wires) if (wire.client === this.body) wire.clientGone();
    this.client = undefined;
  }
}

export class Life {
  readonly fate: Fate;
  readonly ledger: Ledger;
  readonly suite: Suite;
  readonly people: readonly Person[];
  readonly disk: ServerDisk;
  wires: Wire[] = [];
  /** What was found wrong first. */
  fault: unknown;
  #body: Body = { isAlive: false };
  #chat: Chat | undefined;
  readonly #identity: ServerIdentity;
  /** Clients have to do with older servers, too. */
  readonly #isOldServer: boolean;
  readonly #putBack: NonNullable<LifeOptions['putBack']>;
  #lastWire = 0;
  #lastText = 0;
  readonly #prefix: string;

  private constructor(seed: number, ciphers: Ciphers, beginning: Beginning, options: LifeOptions) {
    this.fate = new Fate(seed, ciphers.settled);
    this.fate.story = options.story;
    this.ledger = new Ledger(beginning.ledger);
    const { dice } = this.fate;
    this.suite = ciphers.suite;
    this.#isOldServer = dice.chance(0.3);
    const count = dice.chance(0.4) ? 3 : 2;
    const putBack = dice.chance(0.4) ? 'restored' : 'never';
    this.#putBack = options.putBack ?? putBack;
    this.#identity = beginning.identity;
    this.#prefix = beginning.ledger === undefined ? 'b' : 't';
    this.people = names
      .slice(0, options.people ?? count)
      .map((name) => new Person(this, name, beginning));
    this.disk = new ServerDisk(beginning.server, (commit) =>
      this.guard(() => this.ledger.committed(commit)),
    );
  }

  /** A life that goes on from `beginning`. */
  static async begin(seed: number, beginning: Beginning, options: LifeOptions): Promise<Life> {
    const ciphers = beginning.isReal ? await openRealCiphers() : await toyCiphers(seed ^ 0x5eed);
    const life = new Life(seed, ciphers, beginning, options);
    await life.disk.begin();
    await life.startServer();
    for (const person of life.people) await person.start();
    return life;
  }

  /** Notes what is found wrong, also where nobody would hear of it. */
  guard(check: () => void): void {
    try {
      check();
    } catch (cause) {
      this.fault ??= cause;
    }
  }

  async startServer(): Promise<void> {
    const body = { isAlive: true };
    this.#body = body;
    const store = this.disk.open(this.fate, body);
    const records = await store.load();
    this.#chat = new Chat(
      {
        env: { ...testEnv, welcome: 'hi [helo: ehlo]' },
        maxLineBytes: defaultMaxLineBytes,
        slowReaders: { softUnsentBytes: 1e9, maxUnsentBytes: 1e9, maxSlowMs: 1e9 },
        flood: undefined,
        pingIntervalMs: 0,
        pongTimeoutMs: 0,
        loginTimeoutMs: 0,
        guests: 'on',
        files: { connectTimeoutMs: 1000, stallTimeoutMs: 1000, ports: undefined },
        registration: 'open',
        retention: { maxAgeMs: undefined, maxCount: undefined },
      },
      { store, records, identity: this.#identity },
      log,
      this.fate.clockOf(body),
    );
  }

  async restartServer(): Promise<void> {
    this.#killServer();
    await this.startServer();
  }

  #killServer(): void {
    this.fate.tell('the server is killed');
    this.#body.isAlive = false;
    this.disk.cutOff(this.fate);
    for (const wire of this.wires) if (wire.server === this.#body) wire.serverGone();
  }

  /** The server is stopped, and goes on from a backup. */
  async putServerBack(): Promise<void> {
    const { dice } = this.fate;
    this.#killServer();
    const lost = dice.below(dice.one([8, 30]));
    this.fate.tell(`the server is ${this.#putBack}: it loses ${lost}`);
    const count = Math.max(0, this.disk.done.length - lost);
    const { generation, lasts } = await this.disk.putBack(count, this.#putBack === 'restored');
    this.ledger.putBack(generation, lasts);
    // No two messages have the same number and time.
    this.fate.pass(1);
    await this.startServer();
  }

  connect(
    name: string,
    client: Body,
    handlers: ConstructorParameters<typeof Wire>[4],
  ): ReturnType<Wire['connection']> {
    this.wires = this.wires.filter((wire) => !wire.isOver);
    const server = this.#body;
    const chat = this.#chat;
    const { logs } = this.ledger;
    assert.ok(chat);
    const number = (this.#lastWire += 1);
    const wire = new Wire(
      this.fate,
      number,
      client,
      server,
      handlers,
      this.#isOldServer,
      (transport) => chat.accept(transport),
    );
    this.wires.push(wire);
    return wire.connection((text) => {
      this.fate.tell(`${name}: ${text.slice(0, 150).trimEnd()}`);
      for (const line of text.trimEnd().split('\n')) this.#said(name, line, logs);
    });
  }

  /** A line that somebody's program writes to a server that has `logs`. */
  #said(name: string, line: string, logs: KeptLogs): void {
    const verb = (['GOT', 'SEND'] as const).find((one) => line.startsWith(`${one} `));
    const request = verb === undefined ? undefined : parseRequest(verb, line);
    if (request?.verb === 'GOT') {
      const conversation = pairOf(name, request.in.slice(1));
      this.guard(() => this.ledger.acknowledged(name, conversation, request.seq, logs));
    }
    if (request?.verb === 'SEND') {
      this.guard(() => this.ledger.sent(name, request.id, request.sealed));
    }
  }

  /** Things happen for `steps`, and go wrong. */
  async storm(steps: number): Promise<void> {
    const { dice } = this.fate;
    const trouble = dice.next() * 0.12;
    const talk = dice.one([0.02, 0.04, 0.08]);
    const most = dice.one([1, 1, 4]);
    for (let step = 0; step < steps && this.fault === undefined; step++) {
      if (dice.chance(talk)) this.#somebodySpeaks(most);
      if (dice.chance(trouble)) await this.#goWrong();
      // Hours in which nothing happens show nothing.
      if (!this.#isQuiet) await this.fate.step(false);
      else if (this.people.every(({ isRunning }) => isRunning)) this.#somebodySpeaks(most);
      else await this.#comeBack();
    }
  }

  #somebodySpeaks(most: number): void {
    const { dice } = this.fate;
    const person = dice.one(this.people);
    const others = this.people.map(({ name }) => name as string);
    const other = dice.one(others.filter((name) => name !== person.name));
    const place = dice.one(['lobby', '#g', other, other]);
    for (let left = 1 + dice.below(most); left > 0; left--) this.#say(person, place);
  }

  #say(person: Person, place: string): void {
    this.#lastText += 1;
    person.say(place, `${this.#prefix}${this.#lastText}`);
  }

  /** Everybody says something to everybody. */
  async introduce(): Promise<void> {
    for (const person of this.people) {
      for (const { name } of this.people) {
        if (name !== person.name) this.#say(person, name);
        await this.calm();
      }
    }
  }

  async #goWrong(): Promise<void> {
    const { dice } = this.fate;
    const which = dice.below(6);
    const person = dice.one(this.people);
    if (which === 0 && this.#putBack !== 'never' && dice.chance(0.4)) await this.putServerBack();
    else if (which === 0) await this.restartServer();
    else if (which === 1) for (const wire of this.wires) wire.cut();
    else if (which === 2) {
      this.fate.tell(`the cable of ${person.name} breaks`);
      for (const wire of this.wires) if (wire.client === person.body) wire.cut();
    } else if (which === 3 || person.isRunning) person.kill();
    else {
      person.kill();
      await person.start();
    }
  }

  /** Nothing goes wrong any more: everybody is there, until nothing happens. */
  async calm(): Promise<void> {
    for (let step = 0; this.fault === undefined; step++) {
      assert.ok(step < maxSteps, 'it does not come to rest');
      await this.#comeBack();
      if (this.#isQuiet && this.#isDone) return;
      await this.fate.step(true);
    }
  }

  async #comeBack(): Promise<void> {
    for (const person of this.people) {
      if (person.isRunning) continue;
      person.kill();
      await person.start();
    }
  }

  get #isQuiet(): boolean {
    const { fate } = this;
    // Clients look every few seconds whether the server is still there.
    return fate.isIdle && (fate.nextHour > fate.now + quietMs || fate.quietMs > quietMs);
  }

  get #isDone(): boolean {
    return this.people.every(({ isIn, client }) => isIn && client?.unsent === 0);
  }

  check(): void {
    if (this.fault === undefined)
      this.guard(() => checkEnd(this.ledger, ['lobby', '#g', ...this.#pairs()]));
    if (this.fault !== undefined) throw this.fault;
  }

  #pairs(): string[] {
    return this.people.flatMap(({ name }, at) =>
      this.people.slice(at + 1).map((other) => pairOf(name, other.name)),
    );
  }
}

/** The suite of a life, and when everything has followed that it had to do. */
export interface Ciphers {
  readonly suite: Suite;
  readonly settled: () => Promise<void>;
}

async function toyCiphers(seed: number): Promise<Ciphers> {
  const dice = new Dice(seed);
  const suite = await openToySuite((length) => dice.bytes(length));
  return { suite, settled: () => new Promise(setImmediate) };
}

/**
 * People with keys at the server, in a group. `areAcquainted`: they have written to each other, as most have who write to
 * somebody; otherwise nobody has.
 */
async function makeBeginning(isReal: boolean, areAcquainted: boolean): Promise<Beginning> {
  const suite = isReal
    ? (await openRealCiphers()).suite
    : await openToySuite((length) => new Uint8Array(randomBytes(length)));
  const devices = new Map<string, Device>();
  for (const name of names) devices.set(name, await createDevice(suite));
  const nothing: Beginning = {
    isReal,
    identity: isReal ? createIdentity() : toyIdentity(),
    devices,
    disks: new Map(),
    pins: new Map(),
    server: [],
    ledger: undefined,
  };
  const life = await Life.begin(1, nothing, { people: 3 });
  await life.calm();
  for (const { client } of life.people) {
    client?.createGroup('g');
    await life.calm();
    client?.joinGroup('g');
    await life.calm();
  }
  if (areAcquainted) await life.introduce();
  life.check();
  return {
    ...nothing,
    disks: new Map(life.people.map(({ name, disk }) => [name, disk.written])),
    pins: new Map(life.people.map(({ name, pins }) => [name, pins])),
    server: life.disk.done,
    ledger: life.ledger,
  };
}

export interface Beginnings {
  readonly strangers: Beginning;
  readonly acquainted: Beginning;
  readonly real: Beginning;
}

export async function makeBeginnings(): Promise<Beginnings> {
  return {
    strangers: await makeBeginning(false, false),
    acquainted: await makeBeginning(false, true),
    real: await makeBeginning(true, true),
  };
}

/** So many lives have the ciphers of the program: one in this number. */
const realEvery = 100;

/** Lives the life of `seed`. Rejects where something was not as it must be. */
export async function live(
  seed: number,
  { strangers, acquainted, real }: Beginnings,
  options: LifeOptions = {},
): Promise<void> {
  const toy = new Dice(seed ^ 0xbe91).chance(0.2) ? strangers : acquainted;
  const life = await Life.begin(seed, seed % realEvery === 0 ? real : toy, options);
  await life.storm(30 + life.fate.dice.below(120));
  await life.calm();
  life.check();
}
