// One simulated life of people with several devices, who write in the lobby, in a sealed group and in private, while
// devices are linked, revoked, lost and stolen, people come back by their recovery words, and programs, cables and the
// server break. What must be true in the end: life-end.ts. The same seed is the same life.
import assert from 'node:assert/strict';
import {
  chainByRecovery,
  recover,
  type RecoveryWish,
} from '../../../src/client/recovery/recover.ts';
import type { ClientState } from '../../../src/client/client-state.ts';
import type { Device } from '../../../src/e2ee/device.ts';
import type { Ciphers } from '../lives/toy-ciphers.ts';
import { deviceOf } from '../own-devices.ts';
import { Signer } from '../statements.ts';
import { decideAboutServer } from './deciding.ts';
import { DeviceWorld, type WorldBefore } from './device-world.ts';
import { address, LifeDevice, type DeviceState } from './life-device.ts';
import { AmendingActs } from './amending-acts.ts';
import { LinkingAct } from './linking-act.ts';

export const people = ['alice', 'bob', 'carol'] as const;
export type Who = (typeof people)[number];

const mostDevices = 5;
const mostRounds = 20;

/** What lives begin with. */
export interface DevicesBefore extends WorldBefore {
  readonly devices: readonly DeviceState[];
  readonly areStrangers: boolean;
  /** The keys of the recovery words. */
  readonly recovery: ReadonlyMap<string, Device>;
}

/** A text that was on the disk of the device that has said it. */
export interface Said {
  readonly text: string;
  readonly by: LifeDevice;
  readonly place: string;
  /** How often all was quiet before it was said. */
  readonly era: number;
  /** The stolen devices that the one that says it knows to be revoked. */
  readonly barred: readonly LifeDevice[];
}

/** A copy of what was stored of a device, in other hands. */
export interface Theft {
  readonly state: DeviceState;
  readonly of: LifeDevice;
  /** The program that the thief has started. */
  readonly thief: LifeDevice | undefined;
  /** When the device was revoked: in which era, how many texts were said then, and by whom. */
  revoked: { readonly era: number; readonly texts: number; readonly by: LifeDevice } | undefined;
}

/** How one life differs from others, if not by chance. */
export interface DeviceLifeOptions {
  /** Events are written here. */
  readonly story?: string[] | undefined;
  readonly people?: 2 | 3 | undefined;
  /** Whether the server is put back to older data, and whether it knows. */
  readonly putBack?: 'never' | 'restored' | 'rewound' | undefined;
  /** People also answer, edit, delete and react; and programs, cables and the server break, and nothing else. */
  readonly amends?: boolean | undefined;
}

export class DeviceLife {
  readonly world: DeviceWorld;
  /** The valid ones. */
  devices: LifeDevice[];
  readonly gone: LifeDevice[] = [];
  readonly thefts: Theft[] = [];
  readonly linkings: LinkingAct[] = [];
  readonly said: Said[] = [];
  /** Since which era a device is in all that its account is in. */
  readonly since = new Map<LifeDevice, number>();
  readonly recovery: ReadonlyMap<string, Device>;
  readonly seed: number;
  /** Nobody has written to anybody before. */
  readonly areStrangers: boolean;
  era = 0;
  /** In which eras the server was put back: devices enter their rooms anew then, one after the other. */
  readonly unsettled = new Set<number>();
  /** How many texts could be read with stolen states: those from before a revoke. */
  readByThieves = 0;
  #lastText = 0;
  #lastDevice = 0;
  /** Since which era both accounts are in the room of their conversation. */
  readonly rooms = new Map<string, number>();
  readonly #names: readonly Who[];
  readonly #putBack: 'never' | 'restored' | 'rewound';
  readonly amending: AmendingActs | undefined;

  constructor(
    seed: number,
    world: DeviceWorld,
    { areStrangers, devices, recovery }: DevicesBefore,
    options: DeviceLifeOptions,
  ) {
    const { dice } = world.fate;
    const count = options.people ?? (dice.chance(0.3) ? 3 : 2);
    const putBack = dice.chance(0.25) ? dice.one(['restored', 'rewound'] as const) : 'never';
    this.areStrangers = areStrangers;
    this.seed = seed;
    this.world = world;
    this.recovery = recovery;
    this.#names = people.slice(0, count);
    this.#putBack = options.putBack ?? putBack;
    this.amending = options.amends === true ? new AmendingActs(this) : undefined;
    this.devices = devices
      .filter(({ name }) => this.#names.includes(name as Who))
      .map((state) => new LifeDevice(world, state));
  }

  static async begin(
    seed: number,
    ciphers: Ciphers,
    before: DevicesBefore,
    options: DeviceLifeOptions = {},
  ): Promise<DeviceLife> {
    const world = await DeviceWorld.begin(seed, ciphers, before);
    world.fate.story = options.story;
    const life = new DeviceLife(seed, world, before, options);
    for (const device of life.devices) await device.start();
    return life;
  }

  get names(): readonly Who[] {
    return this.#names;
  }

  /** Where somebody writes to. */
  placesOf(name: string): string[] {
    return ['lobby', '#g', ...this.#names.filter((other) => other !== name)];
  }

  /** A key, and nothing else. */
  async fresh(name: string): Promise<LifeDevice> {
    this.#lastDevice += 1;
    const label = `${name} ${this.seed}.${this.#lastDevice}`;
    const device = await deviceOf(new Signer(label));
    const nothing = { changes: [], pins: new Map(), chains: new Map(), directory: undefined };
    return new LifeDevice(this.world, { name, label, device, ...nothing });
  }

  async storm(steps: number): Promise<void> {
    const { dice } = this.world.fate;
    const trouble = dice.next() * 0.12;
    const talk = dice.one([0.02, 0.04, 0.08]);
    for (let step = 0; step < steps; step++) {
      if (dice.chance(talk)) this.speak(dice.one(this.devices));
      if (this.amending !== undefined && dice.chance(4 * talk)) this.amending.act();
      if (dice.chance(trouble)) await this.#goWrong();
      if (this.world.isQuiet) {
        if (this.devices.every(({ isRunning }) => isRunning)) this.speak(dice.one(this.devices));
        else await this.#comeBack();
      }
      await this.world.fate.step(false);
      this.#joinLinked();
    }
  }

  /** One that nobody has said before. */
  newText(): string {
    this.#lastText += 1;
    return `t${this.seed}.${this.#lastText}`;
  }

  speak(by: LifeDevice, place = this.world.fate.dice.one(this.placesOf(by.name))): void {
    if (!by.isIn) return;
    const text = this.newText();
    const barred = this.thefts.map(({ of }) => of).filter((device) => by.knowsRevoked(device));
    this.said.push({ text, by, place, era: this.era, barred });
    by.say(place, text);
  }

  async #goWrong(): Promise<void> {
    const { dice } = this.world.fate;
    const device = dice.one(this.devices);
    switch (dice.below(this.amending === undefined ? 12 : 6)) {
      case 0:
        if (this.#putBack === 'never') return this.world.restartServer();
        this.unsettled.add(this.era);
        return this.world.putBack(dice.below(20), this.#putBack === 'restored');
      case 1:
        for (const wire of this.world.wires) wire.cut();
        return;
      case 2:
        for (const wire of this.world.wires) if (wire.client === device.body) wire.cut();
        return;
      case 3:
      case 4:
      case 5:
        if (device.isRunning) device.kill();
        else await device.start();
        return;
      case 6:
      case 7:
        return this.link(device);
      case 8:
        return this.#revokeOne(device);
      case 9:
        return this.#steal(device);
      case 10:
        return this.#recover(dice.one(this.#names));
      default:
        for (const conversation of device.client?.conversations ?? [])
          device.client?.read(conversation.name);
    }
  }

  devicesOf(name: string): LifeDevice[] {
    return this.devices.filter((device) => device.name === name);
  }

  async link(old: LifeDevice): Promise<void> {
    const coming = this.linkings.filter(
      ({ fate, old: { name } }) => fate === 'open' && name === old.name,
    );
    if (!old.isIn || this.devicesOf(old.name).length + coming.length >= mostDevices) return;
    const fresh = await this.fresh(old.name);
    this.world.fate.emit(`${old.label} links ${fresh.label}`);
    this.linkings.push(new LinkingAct(this.world, old, fresh));
  }

  /** Those that were linked are devices from now on. */
  #joinLinked(): void {
    for (const { fate, fresh } of this.linkings) {
      if (fate !== 'joined' || this.devices.includes(fresh) || this.gone.includes(fresh)) continue;
      fresh.body.isAlive = false;
      this.devices.push(fresh);
      this.world.fate.emit(`${fresh.label} is a device of the account`);
    }
  }

  async #revokeOne(by: LifeDevice): Promise<void> {
    const others = this.devicesOf(by.name).filter((other) => other !== by);
    if (!by.isIn || others.length === 0) return;
    await this.revoke(by, this.world.fate.dice.one(others));
  }

  /** Goes on when the answer of the server is here, or there is none. */
  async revoke(by: LifeDevice, other: LifeDevice): Promise<boolean> {
    const { fate } = this.world;
    fate.emit(`${by.label} revokes ${other.label}`);
    const revoked = await this.world.finish(by.client?.revokeDevice(other.key, 'stolen'), by.body);
    if (revoked?.ok === true) this.isOut(other, by);
    return revoked?.ok === true;
  }

  isOut(device: LifeDevice, by: LifeDevice): void {
    this.world.fate.emit(`${device.label} is revoked`);
    this.devices = this.devices.filter((other) => other !== device);
    if (!this.gone.includes(device)) this.gone.push(device);
    const revoked = { era: this.era, texts: this.said.length, by };
    for (const theft of this.thefts) if (theft.of === device) theft.revoked ??= revoked;
  }

  /** Somebody has a copy of all that is stored of a device, and perhaps uses it. */
  async #steal(of: LifeDevice): Promise<void> {
    const { state } = of;
    const { dice } = this.world.fate;
    this.world.fate.emit(`${of.label} is copied`);
    const label = `thief of ${of.label}`;
    const thief = dice.chance(0.5) ? new LifeDevice(this.world, { ...state, label }) : undefined;
    this.thefts.push({ state, of, thief, revoked: undefined });
    await thief?.start();
  }

  /** A new device by the words, with or without the others. */
  async #recover(name: Who): Promise<void> {
    const { dice } = this.world.fate;
    const others = this.devicesOf(name);
    const revokesOthers = dice.chance(0.5);
    const key = this.recovery.get(name);
    if (key === undefined || (others.length >= mostDevices && !revokesOthers)) return;
    const fresh = await this.fresh(name);
    await this.recoverAs(fresh, key, revokesOthers);
  }

  async recoverAs(fresh: LifeDevice, key: Device, revokesOthers: boolean): Promise<void> {
    const { fate, suite } = this.world;
    fate.emit(`${fresh.label} comes by the words${revokesOthers ? ', and the others go' : ''}`);
    fresh.body = { isAlive: true };
    const ports = fresh.portsFor(fresh.body);
    const wish: RecoveryWish = {
      username: fresh.name,
      form: 'terminal',
      suite,
      device: fresh.device,
      key,
      revokesOthers,
    };
    const run = async () => {
      const shown = await chainByRecovery(address, wish, ports);
      return shown.ok ? recover(address, wish, shown.value, ports) : shown;
    };
    const joined = await this.world.finish(run(), fresh.body);
    fresh.body.isAlive = false;
    fate.emit(`${fresh.label} ${joined?.ok === true ? 'is in by the words' : 'is not in'}`);
    if (joined?.ok !== true) return;
    const { chain, links } = joined.value;
    fresh.joined({ chain, links, accepted: links.length });
    if (revokesOthers) for (const other of this.devicesOf(fresh.name)) this.isOut(other, fresh);
    this.devices.push(fresh);
    await fresh.start();
  }

  async #comeBack(): Promise<void> {
    for (const device of this.devices) {
      if (device.isRunning) continue;
      const reason = device.client?.state;
      device.kill();
      if (reason !== undefined && isTurnedAway(reason)) this.#isTurnedAway(device);
      else await device.start();
    }
  }

  /** A revoke whose answer was lost; or the server was put back to before it knew the device, whose person links it anew. */
  #isTurnedAway(device: LifeDevice): void {
    this.devices = this.devices.filter((other) => other !== device);
    this.gone.push(device);
  }

  /** Nothing goes wrong any more, until nothing happens: from then on all devices are in all that they are to be in. */
  async calm(): Promise<void> {
    for (const { thief } of this.thefts) thief?.kill();
    const isDone = () => this.devices.every(({ isIn, client }) => isIn && client?.unsent === 0);
    for (let round = 0; ; round++) {
      assert.ok(round < mostRounds, `somebody never comes in: ${this.where()}`);
      this.#joinLinked();
      await this.#comeBack();
      await this.world.calm(
        () => true,
        () => this.where(),
      );
      this.#joinLinked();
      if (await decideAboutServer(this.world, this.devices, this.#putBack === 'rewound')) continue;
      if (isDone()) break;
      assert.ok(
        this.devices.some(({ isRunning }) => !isRunning),
        `it stands still: ${this.where()}`,
      );
    }
    // What one of the two sides has broken off.
    for (const linking of this.linkings) {
      if (linking.fate === 'joined') continue;
      linking.fresh.body = { isAlive: true };
      await this.world.finish(linking.end(), linking.fresh.body);
      linking.fresh.body.isAlive = false;
    }
    this.#joinLinked();
    if (this.devices.some(({ isRunning }) => !isRunning)) return this.calm();
    this.era += 1;
    for (const device of this.devices)
      if (!this.since.has(device)) this.since.set(device, this.era);
  }

  /** Goes on until something is done, then until it is quiet. */
  async after(act: Promise<unknown> | undefined): Promise<void> {
    await this.world.finish(act, { isAlive: true });
    await this.calm();
  }

  where(): string {
    const { devices } = this;
    return devices
      .map(({ label, client, disk }) => {
        const waits = disk.kept.records.outbox.map(
          ({ place, content: { kind } }) => `${kind} ${place}`,
        );
        return `${label} ${JSON.stringify(client?.state)} ${client?.unsent} ${waits.join()}`;
      })
      .join(', ');
  }

  /** Everybody says something everywhere, and has read everything. */
  async farewell(): Promise<void> {
    for (const device of this.devices)
      for (const place of this.placesOf(device.name)) this.speak(device, place);
    await this.calm();
    for (const name of this.#names) {
      const [device] = this.devicesOf(name);
      for (const { name: conversation } of device?.client?.conversations ?? [])
        device?.client?.read(conversation);
    }
    await this.calm();
  }

  get summary(): string {
    const { devices, gone, thefts, linkings, said, readByThieves } = this;
    const joined = linkings.filter(({ fate }) => fate === 'joined').length;
    return (
      `${devices.length} devices, ${gone.length} revoked, ${joined} of ${linkings.length} linked, ` +
      `${thefts.length} stolen, ${said.length} texts, ${readByThieves} read by thieves`
    );
  }

  end(): void {
    for (const device of [...this.devices, ...this.gone]) device.kill();
  }
}

function isTurnedAway(state: ClientState): boolean {
  if (state.phase !== 'closed' || state.reason.code !== 'refused') return false;
  return state.reason.reply === 'device-revoked' || state.reason.reply === 'name-taken';
}
