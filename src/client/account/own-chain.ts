// The chain of this account: left at a server that has none, fetched when it has grown, and held against what this device
// has seen of it before, which it keeps. The server cannot take links away or show another chain: then what is known here
// holds, and the person is told. This device signs new links here: one that adds a device, one that
// revokes one, one that names the recovery key.

import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { isDeviceOf, relateChains } from '../../wire/statements/account-chain.ts';
import {
  rootContent,
  type DeviceForm,
  type LinkBody,
  type RevokeReason,
} from '../../wire/statements/chain-link.ts';
import type { LaterStatementCiphers } from '../../wire/statements/statement.ts';
import type { Username } from '../../wire/text.ts';
import { deviceChanges, type OwnChainNews } from '../encryption/trust/device-news.ts';
import type { KnownChain, PinStore } from '../encryption/trust/pin-store.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';
import type { WallClock } from '../ports.ts';
import { maxLinkTries } from './limits.ts';
import { signedLink } from './signed-link.ts';
import { verifiedChain, withLinks, type VerifiedChain } from './verified-chain.ts';

export interface OwnChainPorts {
  readonly me: string;
  readonly suite: Suite;
  readonly device: Device;
  readonly now: WallClock;
  readonly ciphers: LaterStatementCiphers;
  /** Where the chain is kept. */
  readonly store: Pick<PinStore, 'chain' | 'putChain'>;
  readonly news: (news: OwnChainNews) => void;
  /** The account has other devices than before. */
  readonly changed: (own: VerifiedChain) => void;
  /**
   * A server has confirmed for the first time in this run what was known of it. The run before may have ended when a device
   * was revoked, and before what follows from that was done.
   */
  readonly confirmed: () => void;
}

/** Why no link was put behind the chain. */
export type LinkFailure =
  | RequestFailure['code']
  | 'no-consent' // the new device has not signed
  | 'not-valid'; // the server shows a chain that is none of this device, or contradicts what is known here

/** The body of a link that is to stand behind the link with the hash `prev`; undefined where there is to be none. */
type LinkMaker = (prev: Uint8Array) => Promise<LinkBody | undefined>;

/**
 * The time of a root. Not the present: Ed25519 signs the same bytes in the same way, so a device that has lost
 * everything but its key makes the same root again, and is the same account to the groups that it is in.
 */
const rootTime = 0;

/** What came of asking the server for the own chain. `gone`: no answer came, or it could not be kept. */
export type Refreshed = 'answered' | 'refused' | 'gone';

export class OwnChain {
  readonly #ports: OwnChainPorts;
  #requests: PendingRequests | undefined;
  /** What is known of it. While a server is asked, its answer. */
  #own: Promise<VerifiedChain> | undefined;
  #latest: VerifiedChain | undefined;
  /** One step after the other: each stands on what is known before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: OwnChainPorts) {
    this.#ports = ports;
  }

  /** A server that says nothing of chains does not know them. */
  login(requests: PendingRequests, { links }: ExtendedEventOf<'WELCOME'>): void {
    this.#requests = requests;
    if (links === undefined) return;
    // Until the answer is here nothing is signed in the name of the account: this device may not be the root's.
    const step = this.#step(() => (links === 0 ? this.#leave(requests) : this.#compare(requests)));
    this.#own = step.then(async (own) => own ?? (await this.#kept()));
    this.#own.catch(() => {});
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** The server has more links by now. */
  async grown(): Promise<Refreshed> {
    const requests = this.#requests;
    if (requests === undefined) return 'gone';
    const step = this.#step(async () => {
      const answer = await requests.asking('ACCOUNT', { user: this.#ports.me });
      if (!answer.ok) return answer.error.code === 'gone' ? 'gone' : 'refused';
      await this.#judge(requests, answer.value.links);
      return 'answered';
    });
    return step.catch(() => 'gone');
  }

  /** The chain as a server has confirmed it; undefined before. */
  get latest(): VerifiedChain | undefined {
    return this.#latest;
  }

  /** The chain as it is known here. */
  get(): Promise<VerifiedChain> {
    this.#own ??= this.#kept();
    return this.#own;
  }

  /** Whether that is the key, base64url, of another device that the account has. */
  async isSibling(device: string): Promise<boolean> {
    const key = decodeBase64url(device);
    if (key === undefined || equalBytes(key, this.#ports.device.publicKey)) return false;
    return isDeviceOf((await this.get()).chain, key);
  }

  /**
   * Adds a device. `consent`: the new device's signature of `consentToSign(prev, key, form)`; it is asked for again where
   * another device has put a link behind the chain meanwhile.
   */
  add(
    key: Uint8Array,
    form: DeviceForm,
    consent: (prev: Uint8Array) => Promise<Uint8Array | undefined>,
  ): Promise<Result<VerifiedChain, LinkFailure>> {
    return this.#extend(async (prev) => {
      const signature = await consent(prev);
      return signature && { kind: 'add', key, consent: signature, form };
    });
  }

  /** Revokes a device, which is none of the account from then on. */
  revoke(key: Uint8Array, why: RevokeReason): Promise<Result<VerifiedChain, LinkFailure>> {
    return this.#extend(async () => ({ kind: 'revoke', key, why }));
  }

  /** Names the recovery key. The first one this device names; another in its place only the one that holds, `by`. */
  nameRecovery(key: Uint8Array, by?: Device): Promise<Result<VerifiedChain, LinkFailure>> {
    return this.#extend(async () => ({ kind: 'recovery', key }), by);
  }

  async #extend(
    make: LinkMaker,
    by: Device = this.#ports.device,
  ): Promise<Result<VerifiedChain, LinkFailure>> {
    for (let tries = 0; tries < maxLinkTries; tries++) {
      const own = await this.#step(() => this.#current());
      if (!own.ok) return own;
      // A new device may take its time, or be gone: nobody waits for it but whoever links it.
      const body = await make(hashOfLast(own.value));
      if (body === undefined) return err('no-consent');
      const done = await this.#step(() => this.#put(own.value, body, by));
      if (done.ok || done.error !== 'stale') return done;
    }
    return err('stale');
  }

  async #current(): Promise<Result<VerifiedChain, LinkFailure>> {
    const requests = this.#requests;
    if (requests === undefined) return err('gone');
    const own = await this.#compare(requests);
    if (own !== undefined) return ok(own);
    return err(this.#requests === requests ? 'not-valid' : 'gone');
  }

  /** Puts a link behind `own`. `stale`: another device has put one there meanwhile. */
  async #put(
    own: VerifiedChain,
    body: LinkBody,
    by: Device,
  ): Promise<Result<VerifiedChain, LinkFailure>> {
    const requests = this.#requests;
    if (requests === undefined) return err('gone');
    // What was learnt meanwhile stays, whatever the server takes.
    const known = await this.#known();
    if (known !== undefined && relateChains(known.chain, own.chain) !== 'same') return err('stale');
    const links = [...own.links, await this.#sign(own, body, by)];
    const { me, ciphers } = this.#ports;
    const next = await verifiedChain(ciphers, me, links);
    if (next === undefined) return err('link-refused');
    const answer = await requests.asking('CHAIN', { link: links.at(-1) ?? '' });
    return answer.ok ? ok(await this.#adopt(next, undefined)) : err(answer.error.code);
  }

  async #sign(own: VerifiedChain, body: LinkBody, by: Device): Promise<string> {
    const { suite, now } = this.#ports;
    const content = { prev: hashOfLast(own), at: now(), body, signer: by.publicKey };
    return encodeBase64url(await signedLink(suite, by, content));
  }

  /** The server has no chain: it gets the known one again, or a root of this device. */
  async #leave(requests: PendingRequests): Promise<VerifiedChain | undefined> {
    const known = await this.#known();
    if (known !== undefined && isDeviceOf(known.chain, this.#ports.device.publicKey)) {
      const { chain, links = [] } = known;
      if (links.length > 1) return this.#putBack(requests, withLinks(chain, links), []);
    }
    const own = await this.#makeRoot();
    // Without an answer the next login tries again.
    requests.ask('CHAIN', { link: own.links[0] ?? '' }, () => {});
    if (known === undefined || relateChains(known.chain, own.chain) === 'same') return own;
    this.#ports.news({ kind: 'reset' });
    return this.#keep(own);
  }

  /** Holds what the server has against what is known here. Undefined where that cannot be said, or is not to be believed. */
  async #compare(
    requests: PendingRequests,
    tries = maxLinkTries,
  ): Promise<VerifiedChain | undefined> {
    const answer = await requests.asking('ACCOUNT', { user: this.#ports.me });
    return answer.ok ? this.#judge(requests, answer.value.links, tries) : undefined;
  }

  /** The same of `links`, which the server has shown. */
  async #judge(
    requests: PendingRequests,
    links: readonly string[],
    tries = maxLinkTries,
  ): Promise<VerifiedChain | undefined> {
    const { me, device, ciphers, news } = this.#ports;
    const shown = await verifiedChain(ciphers, me, links);
    const known = await this.#known();
    if (shown === undefined || !isDeviceOf(shown.chain, device.publicKey)) {
      news({ kind: 'not-in-it' });
      return undefined;
    }
    if (known === undefined) return this.#adopt(shown, undefined);
    const before = withLinks(known.chain, known.links ?? []);
    switch (relateChains(known.chain, shown.chain)) {
      case 'same':
        return this.#confirm(shown);
      case 'ahead':
      case 'prevails':
        return this.#adopt(shown, before);
      case 'behind':
        return this.#putBack(requests, before, shown.links, tries);
      case 'loses':
      case 'other-root':
      case 'split':
        news({ kind: 'contradicted' });
        return undefined;
    }
  }

  /** The server has lost links, or hides them: it gets them again, from each device that knows them, whoever is first. */
  async #putBack(
    requests: PendingRequests,
    known: VerifiedChain,
    shown: readonly string[],
    tries = maxLinkTries,
  ): Promise<VerifiedChain | undefined> {
    for (const link of known.links.slice(shown.length)) {
      const answer = await requests.asking('CHAIN', { link });
      if (answer.ok) continue;
      if (answer.error.code === 'stale' && tries > 1) return this.#compare(requests, tries - 1);
      if (answer.error.code === 'too-many-links') this.#ports.news({ kind: 'put-back-in-part' });
      else if (answer.error.code !== 'gone') this.#ports.news({ kind: 'taken-away' });
      return undefined;
    }
    this.#ports.news({ kind: 'put-back' });
    return this.#confirm(known);
  }

  async #adopt(own: VerifiedChain, before: VerifiedChain | undefined): Promise<VerifiedChain> {
    const changes = before === undefined ? [] : deviceChanges(before.chain, own.chain);
    await this.#keep(own);
    if (changes.length > 0) this.#ports.news({ kind: 'devices', changes });
    this.#ports.changed(own);
    return own;
  }

  async #keep(own: VerifiedChain): Promise<VerifiedChain> {
    const { chain, links } = own;
    await this.#ports.store.putChain(this.#ports.me, { chain, links, accepted: links.length });
    return this.#set(own);
  }

  #confirm(own: VerifiedChain): VerifiedChain {
    const isFirst = this.#latest === undefined;
    this.#set(own);
    if (isFirst) this.#ports.confirmed();
    return own;
  }

  #set(own: VerifiedChain): VerifiedChain {
    this.#own = Promise.resolve(own);
    this.#latest = own;
    return own;
  }

  /** What was seen of it before, without asking anybody. */
  async known(): Promise<VerifiedChain | undefined> {
    const known = await this.#known();
    return known && withLinks(known.chain, known.links ?? []);
  }

  async #known(): Promise<KnownChain | undefined> {
    return this.#ports.store.chain(this.#ports.me);
  }

  /** What is known without a server: the chain that was seen, or the root that this device makes. */
  async #kept(): Promise<VerifiedChain> {
    const known = await this.#known();
    return known?.links === undefined ? this.#makeRoot() : withLinks(known.chain, known.links);
  }

  async #makeRoot(): Promise<VerifiedChain> {
    const { me, suite, device, ciphers } = this.#ports;
    const content = rootContent(me as Username, device.publicKey, rootTime);
    const root = encodeBase64url(await signedLink(suite, device, content));
    const own = await verifiedChain(ciphers, me, [root]);
    invariant(own, 'a device signs a valid root');
    return own;
  }

  #step<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => {});
    return done;
  }
}

function hashOfLast({ chain }: VerifiedChain): Uint8Array {
  const last = chain.steps.at(-1);
  invariant(last, 'a chain has a root');
  return last.hash;
}
