// One simulated life: people with accounts at one server, who write while cables break, programs are killed at any
// step, and the server is restored from a backup. ledger.ts and ledger-end.ts have what must be true. The same seed is
// the same life.
//
// Real: clients (connections, outbox, inbox, sessions, MLS), the server's hub, commit queue, delivery, requests and
// logins, both stores in memory, and every line between them. Simulated: the disks under the stores (disks.ts), cables
// (wires.ts), time (fate.ts), and the ciphers, except for the signatures of logins (toy-ciphers.ts). Some lives use the
// real ciphers. Not here: SQLite, sockets, TLS, threads, heartbeats, flood control, trimming, guests and files.
import assert from 'node:assert/strict';
import pino from 'pino';
import type { ByteConnection, ConnectionHandlers } from '../../../src/client/ports.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { testEnv } from '../../../src/hub/stage.fixture.ts';
import { ChatService } from '../../../src/server/chat.ts';
import type { ServerIdentity } from '../../../src/server/login/identity.ts';
import { defaultMaxLineBytes } from '../../../src/wire/limits.ts';
import { parseRequest } from '../../../src/wire/extended/requests.ts';
import { ServerDisk, type ServerBefore } from './disks.ts';
import { Fate, type Body } from './fate.ts';
import { checkEnd } from './ledger-end.ts';
import type { KeptLogs } from './kept-logs.ts';
import { Ledger } from './ledger.ts';
import { Person, type DevicesBefore, type World } from './person.ts';
import type { Ciphers } from './toy-ciphers.ts';
import { Wire } from './wires.ts';
import { pairOf } from './witness.ts';

export const names = ['alice', 'bob', 'carol'] as const;
const log = pino({ level: 'silent' });
/** A life with more steps than this repeats itself. */
const maxSteps = 20_000;
/** The share of lives in which people send some hundred messages in a moment. */
const burstChance = 0.01;
/** If nothing is on its way and no timer fires for this long, nothing happens. */
const quietMs = 15_000;

/** How one life differs from others, if not by chance. */
export interface LifeOptions {
  /** Events are written here. */
  readonly story?: string[] | undefined;
  /** How many people there are. By chance if undefined. */
  readonly people?: 2 | 3;
  /**
   * Whether the server is restored to an earlier state: `restored`, as by `helo restore`, or `rewound`, so that it does
   * not know. By chance if undefined.
   */
  readonly putBack?: 'never' | 'restored' | 'rewound';
}

/** What lives have in common: the people, and what happened before. */
export interface Beginning extends DevicesBefore {
  readonly identity: ServerIdentity;
  readonly server: ServerBefore;
}

export class Life implements World {
  readonly fate: Fate;
  readonly ledger: Ledger;
  readonly suite: Suite;
  readonly people: readonly Person[];
  readonly disk: ServerDisk;
  wires: Wire[] = [];
  /** The first fault. */
  fault: unknown;
  #body: Body = { isAlive: false };
  #chat: ChatService | undefined;
  readonly #identity: ServerIdentity;
  /** Clients must work with older servers, too. */
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
    const putBack = dice.chance(0.4) ? dice.one(['restored', 'rewound'] as const) : 'never';
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
  static async begin(
    seed: number,
    ciphers: Ciphers,
    beginning: Beginning,
    options: LifeOptions,
  ): Promise<Life> {
    const life = new Life(seed, ciphers, beginning, options);
    await life.disk.begin();
    await life.startServer();
    for (const person of life.people) await person.start();
    return life;
  }

  /** Records a fault, even if nobody else would see it. */
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
    this.#chat = new ChatService(
      {
        env: { ...testEnv, welcome: 'hi [helo: ehlo]' },
        maxLineBytes: defaultMaxLineBytes,
        slowReaders: { softUnsentBytes: 1e9, maxUnsentBytes: 1e9, maxSlowMs: 1e9 },
        flood: undefined,
        pingIntervalMs: 0,
        pongTimeoutMs: 0,
        loginTimeoutMs: 0,
        guests: 'on',
        files: {
          connectTimeoutMs: 1000,
          stallTimeoutMs: 1000,
          ports: undefined,
          folder: undefined,
        },
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
    this.fate.emit('the server is killed');
    this.#body.isAlive = false;
    this.disk.cutOff(this.fate);
    for (const wire of this.wires) if (wire.server === this.#body) wire.serverGone();
  }

  /** The server is stopped, and continues from a backup. */
  async putServerBack(): Promise<void> {
    const { dice } = this.fate;
    this.#killServer();
    const lost = dice.below(dice.one([8, 30]));
    this.fate.emit(`the server is ${this.#putBack}: it loses ${lost}`);
    const count = Math.max(0, this.disk.done.length - lost);
    const { generation, lasts } = await this.disk.putBack(count, this.#putBack === 'restored');
    this.ledger.putBack(generation, lasts);
    // No two messages have the same number and time.
    this.fate.pass(1);
    await this.startServer();
  }

  connect(name: string, client: Body, handlers: ConnectionHandlers): ByteConnection {
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
      this.fate.emit(`${name}: ${text.slice(0, 150).trimEnd()}`);
      for (const line of text.trimEnd().split('\n')) this.#said(name, line, logs);
    });
  }

  /** A line that a program writes to a server with `logs`. */
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

  /** Things happen and go wrong for `steps`. */
  async storm(steps: number): Promise<void> {
    const { dice } = this.fate;
    const trouble = dice.next() * 0.12;
    const isBurst = dice.chance(burstChance);
    const talk = isBurst ? 0.8 : dice.one([0.02, 0.04, 0.08]);
    const most = isBurst ? 10 : dice.one([1, 1, 4]);
    for (let step = 0; step < steps && this.fault === undefined; step++) {
      if (dice.chance(talk)) this.#somebodySpeaks(most);
      if (dice.chance(trouble)) await this.#goWrong();
      // Hours without events show nothing.
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

  /** Everybody writes to everybody. */
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
    if (which === 0 && this.#putBack !== 'never' && dice.chance(0.7)) await this.putServerBack();
    else if (which === 0) await this.restartServer();
    else if (which === 1) for (const wire of this.wires) wire.cut();
    else if (which === 2) {
      this.fate.emit(`the cable of ${person.name} breaks`);
      for (const wire of this.wires) if (wire.client === person.body) wire.cut();
    } else if (which === 3 || person.isRunning) person.kill();
    else {
      person.kill();
      await person.start();
    }
  }

  /** Nothing goes wrong any more: everybody is connected, until nothing happens. */
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
    // Clients check every few seconds whether the server is still there.
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
