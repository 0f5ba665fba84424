// The chains of accounts as this client knows them (wire/statements): its own (own-chain.ts); and others', which it
// requests, verifies, and compares with their pins. The server vouches for nothing. A chain pins nobody: what is pinned
// is the key of the root, from which the chain hangs.

import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { isDeviceOf, type AccountChain } from '../../wire/statements/account-chain.ts';
import type { LaterStatementCiphers } from '../../wire/statements/statement.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import type { GroupPorts } from '../encryption/group/ports.ts';
import type { OwnChainNews } from '../encryption/trust/device-news.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { TrustBook } from '../encryption/trust/trust-book.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { AccountDirectory } from './directory/account-directory.ts';
import type { HashSha256, Timers, WallClock } from '../ports.ts';
import { HeardRevokes, type HeardRevokesPorts } from './heard-revokes.ts';
import { lookUpMs } from './limits.ts';
import { OwnChain } from './own-chain.ts';
import { statementCiphers, verifiedChain, type VerifiedChain } from './verified-chain.ts';

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
  /** Which it has is confirmed for the first time in this run. */
  readonly confirmed: () => void;
  readonly timers: Timers;
  /** What is kept of revokes of others, and who hears of one. */
  readonly revokes: Omit<HeardRevokesPorts, 'me'>;
  /** Nothing waits for a decision about the key of that person any more: it is one of their devices. */
  readonly explained?: (user: Username) => void;
  /** What the server says of devices; undefined where nothing is compared. Made after this. */
  readonly directory?: () => Pick<AccountDirectory, 'expect' | 'swappedKey'> | undefined;
}

export class AccountChains {
  readonly #ports: AccountChainPorts;
  readonly #ciphers: LaterStatementCiphers;
  #requests: PendingRequests | undefined;
  #knowsChains = false;
  readonly #revokes: HeardRevokes;
  /** Whose chain was looked for, and no server has answered: asked for at the next login. */
  readonly #unanswered = new Set<Username>();
  #waiting: (() => void)[] = [];
  #isClosed = false;
  readonly own: OwnChain;

  constructor(ports: AccountChainPorts) {
    const { suite, sha256, trusts } = ports;
    this.#ports = ports;
    this.#ciphers = statementCiphers(suite, sha256);
    this.#revokes = new HeardRevokes({ me: ports.me, ...ports.revokes });
    this.own = new OwnChain({ ...ports, ciphers: this.#ciphers, store: trusts.chains });
    trusts.findsChains({
      find: (user) => this.#find(user),
      ownRoot: async () => (await this.own.get()).chain.rootKey,
      isTheirs: (user, key) => this.#isTheirs(user, key),
      explained: (name) => {
        const user = parseUsername(name);
        if (user !== undefined) this.#ports.explained?.(user);
      },
    });
  }

  login(requests: PendingRequests, welcome: ExtendedEventOf<'WELCOME'>): void {
    this.#requests = requests;
    this.#knowsChains = welcome.links !== undefined;
    this.own.login(requests, welcome);
    this.#goOn();
    for (const user of this.#unanswered) void this.of(user);
    this.#unanswered.clear();
  }

  logout(): void {
    this.#requests = undefined;
    this.own.logout();
  }

  /** Nobody logs in any more: nothing waits for that. */
  close(): void {
    this.#isClosed = true;
    this.#goOn();
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** What sealed groups need of it. */
  get forGroups(): Pick<GroupPorts, 'ciphers' | 'account' | 'latest' | 'others' | 'heard'> {
    const { own } = this;
    return {
      ciphers: this.#ciphers,
      account: () => own.get(),
      latest: () => own.latest,
      others: () => this.#revokes.all,
      heard: (account) => this.#revokes.note(account),
    };
  }

  /** The chain of `user`. A key that is not the pinned one is announced as changed. */
  async of(user: Username): Promise<Result<PeerChain, ChainFailure>> {
    const expected = await this.#ports.directory?.()?.expect(user);
    const answer = await this.#requests?.asking('ACCOUNT', { user });
    if (answer === undefined) return err('gone');
    if (!answer.ok) {
      const { code } = answer.error;
      return err(code === 'gone' ? code : code === 'no-such-account' ? 'no-account' : 'refused');
    }
    const { device, links, rooms = false } = answer.value;
    const found = await verifiedChain(this.#ciphers, user, links);
    if (found === undefined && links.length > 0) return err('not-valid');
    if ((await expected?.(hashesOf(found))) === false) return err('not-valid');
    if (found !== undefined) this.#revokes.note(found);
    if (device === undefined || links.length === 0) return err('no-chain');
    const key = decodeBase64url(device);
    if (found === undefined || key === undefined || !isDeviceOf(found.chain, key)) {
      return err('not-valid');
    }
    return ok({ ...found, standing: await this.#standing(user, found, key), hasRooms: rooms });
  }

  async #standing(
    user: Username,
    { chain }: VerifiedChain,
    key: Uint8Array,
  ): Promise<PeerChain['standing']> {
    const trust = this.#ports.trusts.of(user);
    if ((await trust.pin()) === undefined) return 'unknown';
    if (await trust.meet(chain)) return trust.standingOf(key);
    await trust.judge(chain.rootKey);
    return 'changed';
  }

  /**
   * The chain of a person with whom a key was not known. Where the connection ends first, the next login asks again: that
   * nobody has answered says nothing of the key. Nothing waits long for a server that does not answer.
   */
  async #find(name: string): Promise<AccountChain | undefined> {
    const user = parseUsername(name);
    if (user === undefined || !this.#knowsChains) return undefined;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const cancel = this.#ports.timers.after(lookUpMs, () => {
        isOver = true;
        this.#unanswered.add(user);
        resolve(undefined);
      });
      const lookUp = async (): Promise<AccountChain | undefined> => {
        for (;;) {
          const requests = this.#requests;
          const found = await this.#lookUp(user);
          if (found !== 'gone') return found;
          if (this.#requests === requests && !this.#isClosed)
            await new Promise<void>((again) => this.#waiting.push(again));
          if (isOver || this.#isClosed) return undefined;
        }
      };
      lookUp().then(resolve, reject).finally(cancel);
    });
  }

  async #lookUp(user: Username): Promise<AccountChain | 'gone' | undefined> {
    const expected = await this.#ports.directory?.()?.expect(user);
    const answer = await this.#requests?.asking('ACCOUNT', { user });
    if (answer === undefined) return 'gone';
    if (!answer.ok) return answer.error.code === 'gone' ? 'gone' : undefined;
    const { links } = answer.value;
    const found = await verifiedChain(this.#ciphers, user, links);
    if (found === undefined && links.length > 0) return undefined;
    if ((await expected?.(hashesOf(found))) === false) return undefined;
    if (found !== undefined) this.#revokes.note(found);
    return found?.chain;
  }

  /** Whether a key that somebody is met with for the first time is one of their devices, as far as anybody says. */
  async #isTheirs(user: string, key: Uint8Array): Promise<boolean> {
    const directory = this.#ports.directory?.();
    const chain = directory && (await this.#find(user));
    if (directory === undefined || chain === undefined) return true;
    const isKnown = [...chain.devices, ...chain.revoked].some((one) => equalBytes(one.key, key));
    return isKnown || directory.swappedKey(user);
  }
}

function hashesOf(found: VerifiedChain | undefined): readonly Uint8Array[] {
  return found?.chain.steps.map(({ hash }) => hash) ?? [];
}
