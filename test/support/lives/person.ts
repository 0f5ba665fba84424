// One person of a simulated life: a device with its disk and its pins, and the client's program on it, which is
// started, killed and started again.
import assert from 'node:assert/strict';
import { textOf } from '../../../src/client/content.ts';
import { ChatClient } from '../../../src/client/chat-client.ts';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { ByteConnection, ConnectionHandlers } from '../../../src/client/ports.ts';
import type { KnownChain, Pin } from '../../../src/client/encryption/trust/pin-store.ts';
import { parseServerAddress } from '../../../src/client/connection/server-address.ts';
import type { ClientChange } from '../../../src/client/store/store-port.ts';
import type { Device } from '../../../src/e2ee/device.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { parseUsername, type Username } from '../../../src/wire/text.ts';
import { MemoryKnownServers } from '../memory/memory-servers.ts';
import { ClientDisk } from './disks.ts';
import type { Body, Fate } from './fate.ts';
import type { Ledger, Unseen } from './ledger.ts';
import type { Wire } from './wires.ts';

/** When simulated lives begin, by everybody's clock. */
const begun = Date.now();

/** What devices had before a life begins. */
export interface DevicesBefore {
  readonly devices: ReadonlyMap<string, Device>;
  readonly disks: ReadonlyMap<string, readonly (readonly ClientChange[])[]>;
  readonly pins: ReadonlyMap<string, ReadonlyMap<string, Pin>>;
  /** What is recorded of it. Undefined if nothing is yet. */
  readonly ledger: Ledger | undefined;
}

/** The life that somebody is in. */
export interface World {
  readonly fate: Fate;
  readonly ledger: Ledger;
  readonly suite: Suite;
  readonly wires: readonly Wire[];
  connect(name: string, client: Body, handlers: ConnectionHandlers): ByteConnection;
  guard(check: () => void): void;
}

export class Person {
  readonly name: Username;
  readonly disk: ClientDisk;
  readonly pins: Map<string, Pin>;
  readonly #chains = new Map<string, KnownChain>();
  body: Body = { isAlive: false };
  client: ChatClient | undefined;
  readonly #world: World;
  readonly #device: Device;
  readonly #servers = new MemoryKnownServers();
  /** Messages of earlier runs that nobody has seen: a view shows them after the login. */
  #unseen: Unseen[] = [];

  constructor(world: World, name: string, beginning: DevicesBefore) {
    const parsed = parseUsername(name);
    const device = beginning.devices.get(name);
    assert.ok(parsed !== undefined && device !== undefined);
    this.name = parsed;
    this.#world = world;
    this.#device = device;
    this.pins = new Map(beginning.pins.get(name) ?? []);
    this.disk = new ClientDisk(beginning.disks.get(name) ?? [], (changes) =>
      world.ledger.written(name, changes),
    );
    world.ledger.meet(name, this.disk.kept, beginning.ledger);
  }

  async start(): Promise<void> {
    const { fate, suite } = this.#world;
    const body = { isAlive: true };
    this.body = body;
    this.#unseen = this.#world.ledger.started(this.name);
    const address = parseServerAddress('h:1');
    assert.ok(address.ok);
    const store = this.disk.open(fate, body, this.name);
    // Each read of a pin takes time, like a file.
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
        dial: (_address, handlers) => this.#world.connect(this.name, body, handlers),
        timers: fate.timersOf(body),
        now: () => begun + fate.now,
        random: (length) => fate.dice.bytes(length),
        knownServers: this.#servers,
        pins: {
          get: (user) => pinned(() => this.pins.get(user)),
          put: (user, pin) => pinned(() => void this.pins.set(user, pin)),
          note: (user, key) => pinned(() => void this.pins.set(user, { key, verified: false })),
          chain: (user) => pinned(() => this.#chains.get(user)),
          putChain: (user, known) => pinned(() => void this.#chains.set(user, known)),
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
    const { fate, ledger } = this.#world;
    if (event.type === 'message')
      fate.emit(`${this.name} is told ${textOf(event.message.content)}`);
    if (event.type === 'own')
      fate.emit(`${this.name}: ${textOf(event.message.content)} is ${event.message.state}`);
    this.#world.guard(() => ledger.heard(this.name, event));
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

  /** Sends it to the lobby, to the group (`#g`) or to a person. */
  say(place: string, text: string): void {
    const { client } = this;
    if (place === 'lobby') client?.broadcast(text);
    else if (place === '#g') client?.groupMessage('g', text);
    else client?.privateMessage(place, text);
  }

  kill(): void {
    if (!this.body.isAlive) return;
    this.#world.fate.emit(`${this.name} is killed`);
    this.body.isAlive = false;
    this.disk.cutOff(this.#world.fate);
    for (const wire of this.#world.wires) if (wire.client === this.body) wire.clientGone();
    this.client = undefined;
  }
}
