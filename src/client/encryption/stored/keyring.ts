// What writing and reading share: the ports, the records in use, and the people. Internal to this folder.
import type { Ability } from '../../../e2ee/client-config.ts';
import type { Device } from '../../../e2ee/device.ts';
import type { PairSession } from '../../../e2ee/pair-session.ts';
import { decodeSession, encodeSession } from '../../../e2ee/session-record.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import type { TrustBook } from '../trust/trust-book.ts';
import type { WallClock, RandomBytes } from '../../ports.ts';
import type { ClientChange, ClientRecords } from '../../store/store-port.ts';
import type { KeptSession } from './kept-session.ts';
import { maxPeople } from './limits.ts';
import { KeyPackageStore } from './key-package-store.ts';
import { DirectPeer } from './direct-peer.ts';
import { SessionStore } from './session-store.ts';

/** What this version can. Its leaves say it, and a session keeps what its peer has said. */
const ableHere: readonly Ability[] = ['fileNotes', 'keptFiles'];

export interface DirectPorts {
  readonly suite: Suite;
  readonly device: Device;
  /** The account's name. */
  readonly me: string;
  readonly now: WallClock;
  readonly random: RandomBytes;
  /** The state of keys: shared with the live private messages of this login. */
  readonly trusts: TrustBook;
  /** What this client can, where that is not all that this version can. */
  readonly able?: readonly Ability[];
}

/** The part of a client's first records that encryption needs. */
export type DirectRecords = Pick<ClientRecords, 'sessions' | 'packages'>;

export class Keyring {
  readonly ports: DirectPorts;
  sessions: SessionStore;
  packages: KeyPackageStore;
  readonly #people = new Map<string, DirectPeer>();
  /** The session that was put back last. It need not be decoded again if it is the next one too. */
  #last: { readonly bytes: Uint8Array; readonly session: PairSession } | undefined;

  constructor(ports: DirectPorts, records: DirectRecords) {
    this.ports = ports;
    this.sessions = new SessionStore(records.sessions);
    this.packages = new KeyPackageStore(records.packages);
  }

  get able(): readonly Ability[] {
    return this.ports.able ?? ableHere;
  }

  get now(): number {
    return this.ports.now();
  }

  /** Continues from `records`. Messages that could not be read are recorded again when they are decrypted again. */
  reload(records: DirectRecords): void {
    this.#last = undefined;
    this.sessions = new SessionStore(records.sessions);
    this.packages = new KeyPackageStore(records.packages);
    for (const person of this.#people.values()) person.takeUnread();
  }

  person(user: string): DirectPeer {
    const person = this.#people.get(user) ?? new DirectPeer(this.ports.trusts.of(user), this.now);
    this.#people.delete(user);
    this.#people.set(user, person);
    const [oldest] = this.#people.keys();
    if (this.#people.size > maxPeople && oldest !== undefined) this.#people.delete(oldest);
    return person;
  }

  people(): ReadonlyMap<string, DirectPeer> {
    return this.#people;
  }

  /** The session of `kept`, for one use. Undefined if it is unusable: then it counts as lost. */
  take(kept: KeptSession): PairSession | undefined {
    const last = this.#last;
    this.#last = undefined;
    if (last !== undefined && last.bytes === kept.session) return last.session;
    const { suite, device, me } = this.ports;
    const decoded = decodeSession(suite, device, me, kept.session);
    return decoded.ok && decoded.value.peer === kept.peer ? decoded.value : undefined;
  }

  /** Puts `kept` back, with its next session. */
  put(kept: KeptSession, session: PairSession): ClientChange[] {
    const bytes = encodeSession(session);
    this.#last = { bytes, session };
    return this.sessions.put({ ...kept, session: bytes });
  }
}
