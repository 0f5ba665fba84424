// One device of a simulated life: its key, its disk, what it knows of keys and of the server, and the client's program on
// it, which is started, killed, copied by a thief, and started again.
import assert from 'node:assert/strict';
import { textOf } from '../../../src/client/content.ts';
import { ChatClient } from '../../../src/client/chat-client.ts';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import { parseServerAddress } from '../../../src/client/connection/server-address.ts';
import { decodeKnownChain } from '../../../src/client/encryption/trust/known-chain.ts';
import type { KnownChain, Pin, PinStore } from '../../../src/client/encryption/trust/pin-store.ts';
import type { ClientChange, HistoryRecord } from '../../../src/client/store/store-port.ts';
import type { Device } from '../../../src/e2ee/device.ts';
import { recoveryKey } from '../../../src/e2ee/recovery/recovery-words.ts';
import { encodeUtf8, equalBytes } from '../../../src/lib/bytes.ts';
import { nodeFileCiphers } from '../../../src/platform/node/files/file-ciphers.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import { parseUsername, type Username } from '../../../src/wire/text.ts';
import { ClientDisk } from '../lives/disks.ts';
import type { Body } from '../lives/fate.ts';
import { MemoryKnownServers } from '../memory/memory-servers.ts';
import { ciphers } from '../statements.ts';
import { begun, type DeviceWorld } from './device-world.ts';

const found = parseServerAddress('h:1');
assert.ok(found.ok);
export const address = found.value;

/** All that is stored of a device: what a thief copies, and what another life begins with. */
export interface DeviceState {
  readonly name: string;
  readonly label: string;
  readonly device: Device;
  readonly changes: readonly (readonly ClientChange[])[];
  readonly pins: ReadonlyMap<string, Pin>;
  readonly chains: ReadonlyMap<string, KnownChain>;
  readonly directory: Uint8Array | undefined;
}

export class LifeDevice {
  readonly name: Username;
  /** `alice 2`: for people. */
  readonly label: string;
  readonly device: Device;
  readonly disk: ClientDisk;
  readonly servers = new MemoryKnownServers();
  body: Body = { isAlive: false };
  client: ChatClient | undefined;
  /** Texts on the disk that this device has said, in the order in which they came there. */
  readonly said: string[] = [];
  /** Whether the person has to decide about what the server shows. */
  isAlarmed = false;
  /** What the program of now has told of, and everything that a person was told otherwise. */
  told = new Set<string>();
  readonly events: ClientEvent[] = [];
  readonly #world: DeviceWorld;
  readonly #pins: Map<string, Pin>;
  readonly #chains: Map<string, KnownChain>;
  #directory: Uint8Array | undefined;

  constructor(world: DeviceWorld, before: DeviceState) {
    const name = parseUsername(before.name);
    assert.ok(name);
    this.name = name;
    this.label = before.label;
    this.device = before.device;
    this.#world = world;
    this.#pins = new Map(before.pins);
    this.#chains = new Map(before.chains);
    this.#directory = before.directory?.slice();
    this.disk = new ClientDisk(before.changes, (changes) => this.#written(changes));
  }

  get state(): DeviceState {
    const { name, label, device, disk } = this;
    const [pins, chains] = [new Map(this.#pins), new Map(this.#chains)];
    return {
      name,
      label,
      device,
      changes: [...disk.before, ...disk.written],
      pins,
      chains,
      directory: this.#directory?.slice(),
    };
  }

  get key(): Uint8Array {
    return this.device.publicKey;
  }

  /** Whether it was there before this life. */
  get isOfBefore(): boolean {
    return this.disk.before.length > 0;
  }

  /** The chain of the own account, as this device has stored it. */
  get chain(): KnownChain | undefined {
    return this.#chains.get(this.name);
  }

  /** Whether it has stored that a device, of its own account or another one, was taken out of it. */
  knowsRevoked({ name, key }: LifeDevice): boolean {
    const heard = this.disk.kept.records.values
      .filter((value) => value.name.startsWith('revoked.'))
      .map(({ value }) => decodeKnownChain(encodeUtf8(value)));
    return [this.#chains.get(name), ...heard].some(
      (known) => known?.chain.revoked.some((one) => equalBytes(one.key, key)) === true,
    );
  }

  /** As `helo link` does at its end. */
  joined(chain: KnownChain): void {
    this.#chains.set(this.name, chain);
  }

  /** Each access takes time, like a file. */
  #taking<T>(what: string, body: Body, act: () => T): Promise<T> {
    return new Promise((resolve) =>
      this.#world.fate.post(`${what} of ${this.label}`, body, () => resolve(act())),
    );
  }

  pinsFor(body: Body): PinStore {
    const pinned = <T>(act: () => T): Promise<T> => this.#taking('pins', body, act);
    return {
      get: (user) => pinned(() => this.#pins.get(user)),
      put: (user, pin) => pinned(() => void this.#pins.set(user, pin)),
      note: (user, key) =>
        pinned(() => {
          if (!this.#pins.has(user))
            this.#pins.set(user, { key, verified: false, isStranger: true });
        }),
      chain: (user) => pinned(() => this.#chains.get(user)),
      putChain: (user, known) => pinned(() => void this.#chains.set(user, known)),
    };
  }

  /** What connections need, for one run of a program. */
  portsFor(body: Body) {
    const { fate, suite } = this.#world;
    return {
      dial: (_: unknown, handlers: Parameters<DeviceWorld['connect']>[2]) =>
        this.#world.connect(this.label, body, handlers),
      timers: fate.timersOf(body),
      now: () => begun + fate.now,
      random: (length: number) => fate.dice.bytes(length),
      knownServers: this.servers,
      suite,
      sha256: ciphers.sha256,
    };
  }

  async start(): Promise<void> {
    const { fate, suite } = this.#world;
    const body = { isAlive: true };
    this.body = body;
    this.told = new Set();
    this.isAlarmed = false;
    fate.emit(`${this.label} is started`);
    const store = this.disk.open(fate, body, this.label);
    const records = await store.load();
    const { device, name: username } = this;
    const isKnown = records.conversations.length > 0;
    this.client = new ChatClient(
      {
        address,
        username,
        reconnects: true,
        account: { suite, device, takesPrivate: true, invite: undefined, isKnown },
      },
      {
        ...this.portsFor(body),
        pins: this.pinsFor(body),
        directory: {
          store: {
            load: () => this.#taking('directory', body, () => this.#directory?.slice()),
            save: (bytes) =>
              this.#taking('directory', body, () => void (this.#directory = bytes.slice())),
          },
          sha256: ciphers.sha256,
        },
        linkingCiphers: nodeFileCiphers,
        device,
        keeping: { store, records, startsNow: false },
      },
      (event) => {
        if (body.isAlive) this.#heard(event);
      },
    );
  }

  #heard(event: ClientEvent): void {
    const { fate } = this.#world;
    const { label } = this;
    this.events.push(event);
    if (event.type === 'message') {
      const text = textOf(event.message.content);
      fate.emit(`${label} is told ${text}`);
      assert.ok(!this.told.has(text) || this.#world.wasPutBack, `${label} is told ${text} twice`);
      this.told.add(text);
    } else if (event.type === 'own') {
      fate.emit(`${label}: ${textOf(event.message.content)} is ${event.message.state}`);
    } else if (event.type === 'state') {
      fate.emit(
        `${label}: ${JSON.stringify(event.state, (_, value: unknown) => (value instanceof Set ? undefined : value))}`,
      );
    } else if (event.type !== 'presence') {
      if (event.type === 'directory' && event.news.kind === 'alarm') this.isAlarmed = true;
      fate.emit(`${label}: ${JSON.stringify(event).slice(0, 300)}`);
    }
  }

  #written(changes: readonly ClientChange[]): void {
    for (const change of changes) {
      if (change.type !== 'message' || change.message.localId === undefined) continue;
      const text = textOf(change.message.content);
      if (!this.said.includes(text)) this.said.push(text);
    }
  }

  get isRunning(): boolean {
    return this.body.isAlive && this.client?.state.phase !== 'closed';
  }

  get isIn(): boolean {
    return this.body.isAlive && this.client?.state.phase === 'open';
  }

  /** Makes recovery words for the account. Resolves with their key. */
  async recoveryKey(): Promise<Device> {
    const made = await this.client?.recovery?.make();
    assert.ok(made?.ok, 'the account has recovery words');
    return recoveryKey(nodeFileCiphers, made.value);
  }

  /** Sends it to the lobby, to the group (`#g`) or to a person. */
  say(place: string, text: string): void {
    const { client } = this;
    if (place === 'lobby') client?.broadcast(text);
    else if (place === '#g') client?.groupMessage('g', text);
    else client?.privateMessage(place, text);
  }

  /** The messages of people in a conversation, in the order in which they are shown. */
  messages(conversation: string): readonly HistoryRecord[] {
    return this.disk.kept.messages.filter(
      ({ conversation: name, from }) => name === conversation && from !== undefined,
    );
  }

  readUpTo(conversation: string): number {
    const { conversations } = this.disk.kept.records;
    return conversations.find(({ name }) => name === (conversation as ConversationName))?.read ?? 0;
  }

  kill(): void {
    if (!this.body.isAlive) return;
    this.#world.fate.emit(`${this.label} is killed`);
    this.body.isAlive = false;
    this.disk.cutOff(this.#world.fate);
    for (const wire of this.#world.wires) if (wire.client === this.body) wire.clientGone();
    this.client = undefined;
  }
}
