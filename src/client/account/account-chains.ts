// The chains of accounts as this client knows them (wire/statements): its own, which it leaves at a server that has
// none; and others', which it requests, verifies, and compares with their pins. The server vouches for nothing. A
// chain pins nobody: what is pinned is the device key, from which the chain hangs.

import { isSignedBy, signWithDevice } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { foldChain, isDeviceOf, type AccountChain } from '../../wire/statements/account-chain.ts';
import {
  encodeLink,
  linkToSign,
  parseLink,
  rootContent,
  type ChainLink,
} from '../../wire/statements/chain-link.ts';
import {
  checkStatementLater,
  type Checked,
  type LaterStatementCiphers,
} from '../../wire/statements/statement.ts';
import type { Username } from '../../wire/text.ts';
import type { GroupPorts } from '../encryption/group/ports.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { TrustBook } from '../encryption/trust/trust-book.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { HashSha256 } from '../ports.ts';

/** A chain whose links have been verified. */
export interface VerifiedChain {
  readonly chain: AccountChain;
  readonly root16: Uint8Array;
  /** The key of the root: the one that others pin. */
  readonly deviceKey: Uint8Array;
  /** As on the wire, the root first. */
  readonly links: readonly string[];
}

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
}

/**
 * The time of a root. Not the present: Ed25519 signs the same bytes in the same way, so a device that has lost
 * everything but its key makes the same root again, and is the same account to the groups that it is in.
 */
const rootTime = 0;

export class AccountChains {
  readonly #ports: AccountChainPorts;
  readonly #ciphers: LaterStatementCiphers;
  #requests: PendingRequests | undefined;
  #own: Promise<VerifiedChain> | undefined;

  constructor(ports: AccountChainPorts) {
    const { suite, sha256 } = ports;
    this.#ports = ports;
    this.#ciphers = {
      verify: (key, bytes, signature) => isSignedBy(suite, key, bytes, signature),
      sha256,
    };
  }

  /** Leaves the root at a server that has none. A server that says nothing of chains does not know them. */
  login(requests: PendingRequests, { links }: ExtendedEventOf<'WELCOME'>): void {
    this.#requests = requests;
    if (links === 0) void this.#leave(requests);
    if (links !== undefined && links > 0) void this.#compare(requests);
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** The chain of this account. */
  own(): Promise<VerifiedChain> {
    this.#own ??= this.#makeOwn();
    return this.#own;
  }

  /** What sealed groups need of it. */
  get forGroups(): Pick<GroupPorts, 'ciphers' | 'account'> {
    return { ciphers: this.#ciphers, account: () => this.own() };
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
    const found = await this.#verified(user, links);
    const key = decodeBase64url(device);
    if (found === undefined || key === undefined || !isDeviceOf(found.chain, key)) {
      return err('not-valid');
    }
    const trust = this.#ports.trusts.of(user);
    const isPinned = (await trust.pin()) !== undefined;
    const standing = isPinned ? await trust.judge(found.deviceKey) : 'unknown';
    return ok({ ...found, standing, hasRooms: rooms });
  }

  async #leave(requests: PendingRequests): Promise<void> {
    const { links } = await this.own();
    const [link = ''] = links;
    // Without an answer the next login tries again.
    requests.ask('CHAIN', { link }, () => {});
  }

  /** What the server has holds if this device has signed it: the device may have made it on another system. */
  async #compare(requests: PendingRequests): Promise<void> {
    const { me, device } = this.#ports;
    const answer = await requests.asking('ACCOUNT', { user: me });
    if (!answer.ok) return;
    const stored = await this.#verified(me, answer.value.links);
    if (stored !== undefined && equalBytes(stored.deviceKey, device.publicKey)) {
      this.#own = Promise.resolve(stored);
    }
  }

  async #makeOwn(): Promise<VerifiedChain> {
    const { me, suite, device } = this.#ports;
    const content = rootContent(me as Username, device.publicKey, rootTime);
    const signature = await signWithDevice(suite, device, linkToSign(content));
    const own = await this.#verified(me, [encodeBase64url(encodeLink(content, signature))]);
    invariant(own, 'a device signs a valid root');
    return own;
  }

  /** The chain of `links`; undefined where they are none of `user`. */
  async #verified(user: string, links: readonly string[]): Promise<VerifiedChain | undefined> {
    const checked: Checked<ChainLink>[] = [];
    for (const text of links) {
      const bytes = decodeBase64url(text);
      const link = bytes && parseLink(bytes);
      const valid = link && (await checkStatementLater(link, this.#ciphers));
      if (valid === undefined) return undefined;
      checked.push(valid);
    }
    const folded = foldChain(checked);
    const root = checked[0]?.body;
    if (!folded.ok || root?.kind !== 'root' || folded.value.name !== user) return undefined;
    const chain = folded.value;
    return { chain, root16: chain.root16, deviceKey: root.device, links };
  }
}
