// The world of simulated lives of people with several devices: one server with all that it does for devices, cables, disks
// and time. As in lives/life.ts everything between the disks is real, but for the ciphers; signatures are real here, since
// the server checks them. Knows nothing of what people do.
import assert from 'node:assert/strict';
import pino from 'pino';
import type { ByteConnection, ConnectionHandlers } from '../../../src/client/ports.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { testEnv } from '../../../src/hub/stage.fixture.ts';
import { ChatService } from '../../../src/server/chat.ts';
import { createIdentity, type ServerIdentity } from '../../../src/server/login/identity.ts';
import type { Commit } from '../../../src/hub/store-port.ts';
import { parseExtendedEvent, type ExtendedEventOf } from '../../../src/wire/extended/events.ts';
import { parseRequest } from '../../../src/wire/extended/requests.ts';
import { formatWelcome, ownFeatures } from '../../../src/wire/features.ts';
import { defaultMaxLineBytes } from '../../../src/wire/limits.ts';
import { ServerDisk, type ServerBefore } from '../lives/disks.ts';
import { Fate, type Body } from '../lives/fate.ts';
import type { Ciphers } from '../lives/toy-ciphers.ts';
import { storyOf } from '../lives/story.ts';
import { Wire } from '../lives/wires.ts';
import { PresentLogs } from './present-logs.ts';

const log = pino({ level: 'silent' });
/** When lives begin, by everybody's clock. */
export const begun = Date.now();
/** If nothing is on its way and no timer fires for this long, nothing happens. */
const quietMs = 15_000;
/** What needs more steps than this repeats itself. */
const mostSteps = 6_000;

/** What worlds have in common, made once. */
export interface WorldBefore {
  readonly identity: ServerIdentity;
  readonly server: ServerBefore;
}

export const nothingBefore = (): WorldBefore => ({
  identity: createIdentity(),
  server: { acts: [], runs: [] },
});

export class DeviceWorld {
  readonly fate: Fate;
  readonly suite: Suite;
  readonly identity: ServerIdentity;
  readonly disk: ServerDisk;
  /** Whether the server's data were ever put back to older ones. */
  wasPutBack = false;
  wires: Wire[] = [];
  /** What somebody in the cable makes of a line for the device of that label. */
  lies: (to: string, line: string) => string = (_, line) => line;
  /** From where on each list was asked for, by `label request`. */
  readonly asked = new Map<string, number>();
  #body: Body = { isAlive: false };
  #chat: ChatService | undefined;
  #lastWire = 0;

  private constructor(seed: number, { suite, settled }: Ciphers, before: WorldBefore) {
    this.fate = new Fate(seed, settled);
    this.suite = suite;
    this.identity = before.identity;
    this.disk = new ServerDisk(before.server, (commit) => this.#stored(commit));
  }

  readonly #logs = new Map<string, ExtendedEventOf<'MSG'>[]>();
  /** What the server has now of rooms. */
  readonly presentLogs = new PresentLogs();

  #stored({ changes, segments }: Commit): void {
    const texts = segments.map(({ bytes }) => Buffer.from(bytes).toString());
    const lines = changes.flatMap((change) =>
      change.type === 'group-line' ? [change.line.line.trimEnd()] : [],
    );
    for (const line of [...lines, ...texts].join('\n').split('\n')) {
      const said = parseExtendedEvent(line);
      if (said?.verb !== 'MSG') continue;
      this.#logs.set(said.in, [...(this.#logs.get(said.in) ?? []), said]);
      this.presentLogs.stored(said);
    }
  }

  get conversations(): readonly string[] {
    return [...this.#logs.keys()];
  }

  /** All lines of a conversation that were ever stored, in their order. */
  linesOf(conversation: string): readonly ExtendedEventOf<'MSG'>[] {
    const lines = this.#logs.get(conversation) ?? [];
    return lines.toSorted(({ seq: one = 0 }, { seq: other = 0 }) => one - other);
  }

  static async begin(seed: number, ciphers: Ciphers, before: WorldBefore): Promise<DeviceWorld> {
    const world = new DeviceWorld(seed, ciphers, before);
    await world.disk.begin();
    await world.startServer();
    return world;
  }

  async startServer(): Promise<void> {
    const body = { isAlive: true };
    this.#body = body;
    const store = this.disk.open(this.fate, body);
    const records = await store.load();
    this.#chat = new ChatService(
      {
        env: { ...testEnv, welcome: formatWelcome('hi', ownFeatures) },
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
      { store, records, identity: this.identity },
      log,
      this.fate.clockOf(body),
    );
  }

  killServer(): void {
    this.fate.emit('the server is killed');
    this.#body.isAlive = false;
    this.disk.cutOff(this.fate);
    for (const wire of this.wires) if (wire.server === this.#body) wire.serverGone();
  }

  async restartServer(): Promise<void> {
    this.killServer();
    await this.startServer();
  }

  /** The server goes on from a backup, as by `helo restore` or so that it does not know. */
  async putBack(lost: number, isKnown: boolean): Promise<void> {
    this.killServer();
    this.fate.emit(`the server is put back: it loses ${lost}`);
    const { lasts } = await this.disk.putBack(Math.max(0, this.disk.done.length - lost), isKnown);
    this.presentLogs.putBack(lasts);
    this.wasPutBack = true;
    this.fate.pass(1);
    await this.startServer();
  }

  connect(name: string, client: Body, handlers: ConnectionHandlers): ByteConnection {
    this.wires = this.wires.filter((wire) => !wire.isOver);
    const chat = this.#chat;
    assert.ok(chat);
    const number = (this.#lastWire += 1);
    const accept = chat.accept.bind(chat);
    const told = {
      ...handlers,
      onData: (bytes: Uint8Array) => handlers.onData(this.#told(name, bytes)),
    };
    const wire = new Wire(this.fate, number, client, this.#body, told, false, accept);
    this.wires.push(wire);
    return wire.connection((text) => {
      this.fate.emit(`${name}: ${storyOf(text)}`);
      for (const line of text.split('\n')) {
        const request = line.startsWith('DIRECTORY ') ? parseRequest('DIRECTORY', line) : undefined;
        if (request?.verb === 'DIRECTORY')
          this.asked.set(`${name} ${request.label}`, request.after);
      }
    });
  }

  /** The server writes whole lines. */
  #told(name: string, bytes: Uint8Array): Uint8Array {
    const lines = Buffer.from(bytes).toString().split('\n');
    return Buffer.from(lines.map((line) => this.lies(name, line)).join('\n'));
  }

  /** Whether nothing happens before some time has passed. */
  get isQuiet(): boolean {
    const { fate } = this;
    return fate.isIdle && (fate.nextHour > fate.now + quietMs || fate.quietMs > quietMs);
  }

  /** Lets things happen until `act` is done, or whoever does it has ended. */
  async finish<T>(act: Promise<T> | undefined, body: Body): Promise<T | undefined> {
    const outcome: { value?: T; isDone: boolean } = { isDone: act === undefined };
    void act?.then((value) => Object.assign(outcome, { value, isDone: true }));
    for (let step = 0; !outcome.isDone && body.isAlive; step++) {
      assert.ok(step < mostSteps, 'what was begun never ends');
      await this.fate.step(true);
    }
    return outcome.value;
  }

  /** Lets things happen, nothing going wrong, until it is quiet and `isDone`. */
  async calm(isDone: () => boolean, what: () => string, maxSteps = mostSteps): Promise<void> {
    // What was just begun may not have put anything on its way yet.
    await this.fate.step(true);
    for (let step = 0; !(this.isQuiet && isDone()); step++) {
      // To say where everything is takes longer than a step.
      if (step >= maxSteps) assert.fail(`it does not come to rest: ${what()}`);
      await this.fate.step(true);
    }
  }
}
