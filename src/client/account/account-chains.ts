// The chains of accounts as this client knows them (wire/statements): its own (own-chain.ts); and others', which it
// requests, verifies, and compares with their pins. The server vouches for nothing. A chain pins nobody: what is pinned
// is the key of the root, from which the chain hangs.

import { isSignedBy } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { isDeviceOf } from '../../wire/statements/account-chain.ts';
import type { LaterStatementCiphers } from '../../wire/statements/statement.ts';
import type { Username } from '../../wire/text.ts';
import type { GroupPorts } from '../encryption/group/ports.ts';
import type { OwnChainNews } from '../encryption/trust/device-news.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { TrustBook } from '../encryption/trust/trust-book.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { HashSha256, WallClock } from '../ports.ts';
import { OwnChain } from './own-chain.ts';
import { verifiedChain, type VerifiedChain } from './verified-chain.ts';

/** The chain of somebody else, and what this client knows of its key. `unknown`: nothing is pinned for that name. */
export interface PeerChain extends VerifiedChain {
  readonly standing: KeyStanding | 'unknown';
  /** Whether a device of theirs takes part in sealed private conversations. */
  readonly hasRooms: boolean;
}

export type ChainFailure =
  | 'no-account'
  | 'no-chain' // the account's device has not left one, or was reset
  | 'not-valid' // what the server shows is no chain of that account and its device
  | 'refused' // the server does not answer at the moment
  | 'gone'; // there is no connection

export interface AccountChainPorts {
  readonly me: string;
  readonly suite: Suite;
  readonly device: Device;
  readonly trusts: TrustBook;
  readonly sha256: HashSha256;
  readonly now: WallClock;
  /** What is new about the own devices. */
  readonly news: (news: OwnChainNews) => void;
  /** The own account has other devices than before. */
  readonly changed: (own: VerifiedChain) => void;
}

export class AccountChains {
  readonly #ports: AccountChainPorts;
  readonly #ciphers: LaterStatementCiphers;
  #requests: PendingRequests | undefined;
  readonly own: OwnChain;

  constructor(ports: AccountChainPorts) {
    const { suite, sha256, trusts } = ports;
    this.#ports = ports;
    this.#ciphers = {
      verify: (key, bytes, signature) => isSignedBy(suite, key, bytes, signature),
      sha256,
    };
    this.own = new OwnChain({ ...ports, ciphers: this.#ciphers, store: trusts.chains });
  }

  login(requests: PendingRequests, welcome: ExtendedEventOf<'WELCOME'>): void {
    this.#requests = requests;
    this.own.login(requests, welcome);
  }

  logout(): void {
    this.#requests = undefined;
    this.own.logout();
  }

  /** What sealed groups need of it. */
  get forGroups(): Pick<GroupPorts, 'ciphers' | 'account'> {
    return { ciphers: this.#ciphers, account: () => this.own.get() };
  }

  /** The chain of `user`. A key that is not the pinned one is announced as changed. */
  async of(user: Username): Promise<Result<PeerChain, ChainFailure>> {
    const answer = await this.#requests?.asking('ACCOUNT', { user });
    if (answer === undefined) return err('gone');
    if (!answer.ok) {
      const { code } = answer.error;
      return err(code === 'gone' ? code : code === 'no-such-account' ? 'no-account' : 'refused');
    }
    const { device, links, rooms = false } = answer.value;
    if (device === undefined || links.length === 0) return err('no-chain');
    const found = await verifiedChain(this.#ciphers, user, links);
    const key = decodeBase64url(device);
    if (found === undefined || key === undefined || !isDeviceOf(found.chain, key)) {
      return err('not-valid');
    }
    const trust = this.#ports.trusts.of(user);
    const isPinned = (await trust.pin()) !== undefined;
    const standing = isPinned ? await trust.judge(found.deviceKey) : 'unknown';
    return ok({ ...found, standing, hasRooms: rooms });
  }
}
