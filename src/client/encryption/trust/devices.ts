// What a person can see of devices: this one and its server, and those of others as this one knows them. Read-only.
// An account has one device (docs/E2EE.md), so a name stands for its key.

import type { Device } from '../../../e2ee/device.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import type { KnownServers } from '../../ports.ts';
import type { PinStore } from './pin-store.ts';
import type { TrustBook } from './trust-book.ts';

/** Where the secret key of this device is kept. */
export interface DeviceFile {
  readonly path: string;
  /** When it was written, in milliseconds since 1970. */
  readonly since: number;
}

export interface DevicePorts {
  readonly device: Device;
  readonly knownServers: KnownServers;
  readonly pins: PinStore;
  /** Undefined where the key is not kept in a file. */
  readonly deviceFile?: () => Promise<DeviceFile | undefined>;
}

/** What only the client knows. */
export interface DeviceWorld {
  /** The key of the server's address. */
  readonly server: string;
  readonly trusts: TrustBook;
  /** Of the certificate of this connection; undefined without TLS. */
  readonly certificate: () => Uint8Array | undefined;
  /** As what this client is in; undefined without a connection. */
  readonly as: () => 'account' | 'guest' | undefined;
  readonly connections: () => Promise<number | undefined> | undefined;
}

/** This device, and the server that it is in at. Keys are Ed25519 public keys. */
export interface OwnDevice {
  readonly key: Uint8Array;
  readonly file: DeviceFile | undefined;
  readonly as: 'account' | 'guest' | undefined;
  /** How many programs are in with this account, this one among them; undefined where the server does not say. */
  readonly programs: number | undefined;
  /** What this device remembers the server by; undefined where it never logged in to an account there. */
  readonly serverIdentity: Uint8Array | undefined;
  readonly serverCertificate: Uint8Array | undefined;
}

/** The device of somebody else, as this one knows it. */
export interface PeerDevice {
  readonly key: Uint8Array;
  /** `compared`: both people have; `changed`: `other` is what came since, which nobody here has decided about. */
  readonly standing: 'compared' | 'seen' | 'changed';
  /** When the key was remembered, or compared, in milliseconds since 1970; undefined where that is not known. */
  readonly since: number | undefined;
  readonly other: Uint8Array | undefined;
}

export class Devices {
  readonly #ports: DevicePorts;
  readonly #world: DeviceWorld;

  constructor(ports: DevicePorts, world: DeviceWorld) {
    this.#ports = ports;
    this.#world = world;
  }

  /** Rejects where what is kept cannot be read. */
  async own(): Promise<OwnDevice> {
    const { device, deviceFile, knownServers } = this.#ports;
    const { server, as, certificate, connections } = this.#world;
    const isAccount = as() === 'account';
    const [file, serverIdentity, programs] = await Promise.all([
      deviceFile?.(),
      knownServers.identityOf(server),
      isAccount ? connections() : undefined,
    ]);
    return {
      key: device.publicKey,
      file,
      as: as(),
      programs,
      serverIdentity,
      serverCertificate: certificate(),
    };
  }

  /** The device of `user`; undefined where no key of theirs was seen yet. Rejects as `own`. */
  async of(user: string): Promise<PeerDevice | undefined> {
    const trust = this.#world.trusts.of(user);
    const pin = await trust.pin();
    if (pin === undefined) return undefined;
    const inQuestion = await trust.keyInQuestion();
    const other =
      inQuestion !== undefined && !equalBytes(inQuestion.key, pin.key) ? inQuestion.key : undefined;
    const standing = other !== undefined ? 'changed' : pin.verified ? 'compared' : 'seen';
    return { key: pin.key, standing, since: await this.#ports.pins.since?.(user), other };
  }
}
