// One simulated life: people with accounts at one server, who talk while cables break and programs are killed at any
// step. Real clients, hub, gate and delivery, in one process and without time; disks and cables are simulated. What must
// be true stands in ledger.ts. The same seed is the same life.
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
import { Ledger, pairOf, witness } from './ledger.ts';
import { openToySuite } from './toy-ciphers.ts';
import { Wire } from './wires.ts';

const names = ['alice', 'bob'] as const;
const conversations = ['lobby', '#g', '@alice+bob'] as const;
const begun = Date.now();
const log = pino({ level: 'silent' });
/** A life that takes more steps than this goes round in circles. */
const maxSteps = 20_000;
/** Where nothing is on its way and no timer comes for so long, nothing happens. */
const quietMs = 15_000;

/** What all lives have in common: who there is, and what was so before. */
export interface Beginning {
  readonly identity: ServerIdentity;
  readonly devices: ReadonlyMap<string, Device>;
  readonly disks: ReadonlyMap<string, readonly (readonly ClientChange[])[]>;
  readonly pins: ReadonlyMap<string, ReadonlyMap<string, Pin>>;
  readonly server: ServerDisk['done'];
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
  #unseen: ReturnType<Ledger['started']> = [];

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
    life.ledger.people.set(name, witness(name, this.disk.kept));
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

  say(place: (typeof conversations)[number], text: string): void {
    const { client } = this;
    const other = names.find((name) => name !== this.name) ?? '';
    if (place === 'lobby') client?.broadcast(text);
    else if (place === '#g') client?.groupMessage('g', text);
    else client?.privateMessage(other, text);
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
  readonly ledger = new Ledger();
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
  #lastWire = 0;
  #lastText = 0;

  private constructor(seed: number, suite: Suite, beginning: Beginning, isTold: boolean) {
    this.fate = new Fate(seed);
    if (isTold) this.fate.story = [];
    this.suite = suite;
    this.#isOldServer = this.fate.dice.chance(0.3);
    this.#identity = beginning.identity;
    this.people = names.map((name) => new Person(this, name, beginning));
    this.disk = new ServerDisk((commit) => this.guard(() => this.ledger.committed(commit)));
  }

  /** A life that goes on from `beginning`. */
  static async begin(seed: number, beginning: Beginning, isTold: boolean): Promise<Life> {
    const dice = new Dice(seed ^ 0x5eed);
    const suite = await openToySuite((length) => dice.bytes(length));
    const life = new Life(seed, suite, beginning, isTold);
    await life.disk.begin(beginning.server);
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
    this.fate.tell('the server is killed');
    this.#body.isAlive = false;
    this.disk.cutOff(this.fate);
    for (const wire of this.wires) if (wire.server === this.#body) wire.serverGone();
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
      const request = text.startsWith('GOT ') ? parseRequest('GOT', text.trimEnd()) : undefined;
      if (request?.verb !== 'GOT') return;
      const conversation = pairOf(name, request.in.slice(1));
      this.guard(() => this.ledger.acknowledged(name, conversation, request.seq));
    });
  }

  /** Things happen for `steps`, and go wrong. */
  async storm(steps: number): Promise<void> {
    const { dice } = this.fate;
    const trouble = dice.next() * 0.06;
    for (let step = 0; step < steps && this.fault === undefined; step++) {
      if (dice.chance(0.05)) this.#somebodySpeaks();
      if (dice.chance(trouble)) await this.#goWrong();
      // Hours in which nothing happens show nothing.
      if (!this.#isQuiet) await this.fate.step(false);
      else if (this.people.every(({ isRunning }) => isRunning)) this.#somebodySpeaks();
      else await this.#comeBack();
    }
  }

  #somebodySpeaks(): void {
    const { dice } = this.fate;
    const person = dice.one(this.people);
    const place = dice.one(conversations);
    for (let left = 1 + dice.below(3); left > 0; left--) {
      this.#lastText += 1;
      person.say(place, `t${this.#lastText}`);
    }
  }

  async #goWrong(): Promise<void> {
    const { dice } = this.fate;
    const which = dice.below(6);
    const person = dice.one(this.people);
    if (which === 0) await this.restartServer();
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
    if (this.fault === undefined) this.guard(() => this.ledger.end(conversations));
    if (this.fault !== undefined) throw this.fault;
  }
}

/** People who know each other, with keys at the server; nobody has written to anybody yet. */
export async function makeBeginning(): Promise<Beginning> {
  const suite = await openToySuite((length) => new Uint8Array(randomBytes(length)));
  const devices = new Map<string, Device>();
  for (const name of names) devices.set(name, await createDevice(suite));
  const nothing: Beginning = {
    identity: createIdentity(),
    devices,
    disks: new Map(),
    pins: new Map(),
    server: [],
  };
  const life = await Life.begin(1, nothing, false);
  await life.calm();
  for (const { client } of life.people) {
    client?.createGroup('g');
    await life.calm();
    client?.joinGroup('g');
    await life.calm();
  }
  life.check();
  return {
    ...nothing,
    disks: new Map(life.people.map(({ name, disk }) => [name, disk.written])),
    pins: new Map(life.people.map(({ name, pins }) => [name, pins])),
    server: life.disk.done,
  };
}

/** Lives the life of `seed`. Rejects where something was not as it must be; `story` then has what happened. */
export async function live(seed: number, beginning: Beginning, story?: string[]): Promise<void> {
  const life = await Life.begin(seed, beginning, story !== undefined);
  try {
    await life.storm(40 + life.fate.dice.below(260));
    await life.calm();
    life.check();
  } finally {
    story?.push(...(life.fate.story ?? []));
  }
}
