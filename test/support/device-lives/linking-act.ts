// A linking in a simulated life, from the code to the first login of the new device, as `helo link` and `/link CODE` do it.
// Either side may be killed at any moment.
import {
  expectAdded,
  expectTold,
  firstLogin,
  type Expected,
  type Told,
} from '../../../src/client/linking/first-login.ts';
import { Meeting } from '../../../src/client/linking/meeting.ts';
import { NewDevice, type NewDeviceState } from '../../../src/client/linking/new-device.ts';
import { signWithDevice } from '../../../src/e2ee/device-signature.ts';
import { linkingCodeBytes, linkingSecrets } from '../../../src/e2ee/linking/linking-code.ts';
import { nodeFileCiphers } from '../../../src/platform/node/files/file-ciphers.ts';
import type { Username } from '../../../src/wire/text.ts';
import type { DeviceWorld } from './device-world.ts';
import { address, type LifeDevice } from './life-device.ts';

export type LinkingFate = 'open' | 'joined' | 'failed';

export class LinkingAct {
  fate: LinkingFate = 'open';
  /** What the new one was told at its end, or the old one. */
  readonly told: string[] = [];
  readonly old: LifeDevice;
  readonly fresh: LifeDevice;
  #isEnded = false;
  readonly #world: DeviceWorld;
  readonly #code: Uint8Array;
  #side: NewDevice | undefined;
  #last: Promise<void> = Promise.resolve();
  #asked: Told['account'] | undefined;
  readonly #meeting: Meeting;

  constructor(world: DeviceWorld, old: LifeDevice, fresh: LifeDevice) {
    this.#world = world;
    this.old = old;
    this.fresh = fresh;
    this.#code = world.fate.dice.bytes(linkingCodeBytes);
    fresh.body = { isAlive: true };
    const ports = fresh.portsFor(fresh.body);
    const { random } = ports;
    const { suite } = world;
    this.#meeting = new Meeting(address, 'linking' as Username, ports, {
      met: async (server) => {
        const secrets = await linkingSecrets(nodeFileCiphers, this.#code);
        const sign = (bytes: Uint8Array) => signWithDevice(suite, fresh.device, bytes);
        const keep = async () => undefined;
        const facts = { key: fresh.key, form: 'terminal', label: fresh.label, server } as const;
        this.#side = new NewDevice(
          { ciphers: nodeFileCiphers, random, sign, keep },
          facts,
          secrets,
        );
        return { channel: secrets.channel, box: await this.#side.hello() };
      },
      shown: () => void this.#typeCode(),
      box: (box) => this.#turn((side) => side.receive(box)),
      ended: (end) => this.#over('failed', end.kind),
    });
  }

  #turn(step: (side: NewDevice) => Promise<Uint8Array | undefined>): void {
    this.#last = this.#take(this.#last, step);
  }

  async #take(
    before: Promise<void>,
    step: (side: NewDevice) => Promise<Uint8Array | undefined>,
  ): Promise<void> {
    await before;
    const side = this.#side;
    if (side === undefined || this.fate !== 'open') return;
    const box = await step(side);
    if (box !== undefined) this.#meeting.leave(box);
    await this.#look(side.state);
  }

  async #typeCode(): Promise<void> {
    const begun = await this.old.client?.linking?.begin(this.#code);
    if (begun?.ok !== true) this.told.push(`old: ${begun?.error.kind}`);
  }

  async #look(state: NewDeviceState): Promise<void> {
    if (state.phase === 'digits' && this.#asked === undefined) {
      this.#asked = state.account;
      void this.#typeDigits(state.digits);
    } else if (state.phase === 'over') this.#over('failed', state.why);
    else if (state.phase === 'added') {
      await this.#meeting.remember();
      this.#meeting.close();
      const { account, link } = state;
      await this.#logIn(expectTold({ account, link }, this.fresh.key));
    }
  }

  async #typeDigits(digits: string): Promise<void> {
    const { linking } = this.old.client ?? {};
    // The new one shows them at once, and the old one has them with the next box.
    for (let tries = 0; tries < 100; tries++) {
      const done = await linking?.confirm(digits);
      if (done === undefined) return;
      if (done.ok) {
        this.told.push('old: added');
        return;
      }
      const { kind } = done.error;
      if (kind !== 'nothing-asked' && kind !== 'no-connection') {
        this.told.push(`old: ${kind}`);
        return;
      }
      await new Promise<void>((resolve) => {
        this.#world.fate.after(this.old.body, 1_000, resolve);
      });
    }
  }

  /** Its time is over, or its person ends it: the old one may have added it, and broken off before it could say so. */
  async end(): Promise<void> {
    const account = this.#asked;
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#over('failed', 'left');
    if (account !== undefined) await this.#logIn(expectAdded(account, this.fresh.key));
  }

  /** The program of the new device is killed. Its key stays, where the account was shown: it may be a device by then. */
  killNew(): 'has a key' | 'has none' {
    this.#isEnded = true;
    if (this.fate === 'open') this.fate = 'failed';
    this.fresh.body.isAlive = false;
    for (const wire of this.#world.wires) if (wire.client === this.fresh.body) wire.clientGone();
    return this.#asked === undefined ? 'has none' : 'has a key';
  }

  async #logIn(expected: Expected): Promise<void> {
    const { fresh } = this;
    const wish = { suite: this.#world.suite, device: fresh.device };
    const done = await firstLogin(address, expected, wish, fresh.portsFor(fresh.body));
    if (!done.ok) {
      this.#over('failed', done.error.kind);
      return;
    }
    const { chain, links } = done.value;
    fresh.joined({ chain, links, accepted: links.length });
    this.#meeting.close();
    this.fate = 'joined';
  }

  #over(fate: LinkingFate, why: string): void {
    if (this.fate !== 'open') return;
    this.fate = fate;
    this.told.push(`new: ${why}`);
    this.#world.fate.emit(`linking of ${this.fresh.label}: ${this.told.join(', ')}`);
    this.#meeting.close();
  }
}
