// What a person can see of devices: those of the own account, this one and its server, and those of others as this one
// knows them. Of others the root of their account is named, which stands for all of its devices.

import type { Device } from '../../../e2ee/device.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import type { KnownServers } from '../../ports.ts';
import type { PinStore } from './pin-store.ts';
import type { DeviceForm } from '../../../wire/statements/chain-link.ts';
import type { TrustBook } from './trust-book.ts';

/** The file of this device's secret key. */
export interface DeviceFile {
  readonly path: string;
  /** When it was written, in milliseconds since 1970. */
  readonly since: number;
}

export interface DevicePorts {
  readonly device: Device;
  readonly knownServers: KnownServers;
  readonly pins: PinStore;
  /** Undefined if the key is not in a file. */
  readonly deviceFile?: () => Promise<DeviceFile | undefined>;
}

/** What only the client knows. */
export interface DeviceWorld {
  /** The key of the server's address. */
  readonly server: string;
  readonly trusts: TrustBook;
  /** Of the certificate of this connection. Undefined without TLS. */
  readonly certificate: () => Uint8Array | undefined;
  /** How this client is logged in. Undefined without a connection. */
  readonly as: () => 'account' | 'guest' | undefined;
  readonly connections: () => Promise<number | undefined> | undefined;
  /** The devices of the own account. Undefined where they are not known. */
  readonly account?: () => Promise<readonly ListedDevice[] | undefined> | undefined;
}

/** A device of the own account, by its chain. */
export interface ListedDevice {
  readonly key: Uint8Array;
  /** Absent for the first one. */
  readonly form: DeviceForm | undefined;
  /** Days by the server's clock, in milliseconds since 1970: when it became one, and when it was here last. */
  readonly since: number | undefined;
  readonly seen: number | undefined;
  /** Whether it is connected now. */
  readonly isHere: boolean;
  readonly isThis: boolean;
}

/** This device, and its server. Keys are Ed25519 public keys. */
export interface OwnDevice {
  readonly key: Uint8Array;
  readonly file: DeviceFile | undefined;
  readonly as: 'account' | 'guest' | undefined;
  /** How many programs are logged in with this account, this one included. Undefined if the server does not say. */
  readonly programs: number | undefined;
  /** The identity of the server that this device remembers. Undefined if it never logged in to an account there. */
  readonly serverIdentity: Uint8Array | undefined;
  readonly serverCertificate: Uint8Array | undefined;
  /** Those of the account, this one among them; undefined where they are not known, or of a guest. */
  readonly devices: readonly ListedDevice[] | undefined;
}

/** Another person's device, as this one knows it. */
export interface PeerDevice {
  readonly key: Uint8Array;
  /** `compared`: by both people. `changed`: `other` is a later key that nobody here has decided about. */
  readonly standing: 'compared' | 'seen' | 'changed';
  /** When the key was remembered or compared, in milliseconds since 1970. Undefined if unknown. */
  readonly since: number | undefined;
  readonly other: Uint8Array | undefined;
  /** How many devices the account has, by what this one has seen of its chain. */
  readonly count: number;
}

export class Devices {
  /** The keys of the own devices as they were listed last: a person names one by its number there. */
  #listed: readonly Uint8Array[] = [];
  readonly #ports: DevicePorts;
  readonly #world: DeviceWorld;

  constructor(ports: DevicePorts, world: DeviceWorld) {
    this.#ports = ports;
    this.#world = world;
  }

  /** Rejects if the stored data cannot be read. */
  async own(): Promise<OwnDevice> {
    const { device, deviceFile, knownServers } = this.#ports;
    const { server, as, certificate, connections } = this.#world;
    const isAccount = as() === 'account';
    const [file, serverIdentity, programs, devices] = await Promise.all([
      deviceFile?.(),
      knownServers.identityOf(server),
      isAccount ? connections() : undefined,
      isAccount ? this.#world.account?.() : undefined,
    ]);
    this.#listed = devices?.map(({ key }) => key) ?? [];
    return {
      key: device.publicKey,
      file,
      as: as(),
      programs,
      serverIdentity,
      serverCertificate: certificate(),
      devices,
    };
  }

  /** The key of the device with a number of the last list, or of a list that is made now. */
  async numbered(number: number): Promise<Uint8Array | undefined> {
    if (this.#listed.length === 0) await this.own();
    return this.#listed[number - 1];
  }

  /** The device of `user`. Undefined if no key of theirs was seen yet. Rejects like `own`. */
  async of(user: string): Promise<PeerDevice | undefined> {
    const trust = this.#world.trusts.of(user);
    const pin = await trust.pin();
    if (pin === undefined) return undefined;
    const inQuestion = await trust.keyInQuestion();
    const other =
      inQuestion !== undefined && !equalBytes(inQuestion.key, pin.key) ? inQuestion.key : undefined;
    const standing = other !== undefined ? 'changed' : pin.verified ? 'compared' : 'seen';
    const count = (await trust.account())?.devices.length ?? 1;
    return { key: pin.key, standing, since: await this.#ports.pins.since?.(user), other, count };
  }
}
