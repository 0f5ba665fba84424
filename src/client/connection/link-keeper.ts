// One server, one connection after the other: when a link is lost, it reconnects after a delay (backoff.ts), until the
// person leaves or is refused. Owns what is retried and what is not, and the ways to log in to a server that does not
// know the name yet: with a code, or as a guest. Messages on a link pass through unread.

import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import type { Command } from '../../wire/commands.ts';
import { disconnect } from '../../wire/replies.ts';
import { backoffMs } from './backoff.ts';
import type { ClientState, CloseReason, GuestReason } from '../client-state.ts';
import type { AccountWish } from '../login/account-login.ts';
import { serverKeyOf } from './server-address.ts';
import { ServerLink, type LinkPorts, type LinkSettings, type ServerEvent } from './server-link.ts';

/** After a connection of at least this time the next wait is the shortest again. */
export const steadyMs = 10_000;
/** After a suspension the next attempt is at most this far away. */
const longestSliceMs = 2_000;
/** Between two attempts that a person brings about: whoever types against a server that is down asks no more often. */
export const hurriedEveryMs = 3_000;
/** After a successful login of any length, the next wait is no longer than that of this attempt: 2 s. */
const attemptAfterLogin = 2;

export interface KeeperSettings extends LinkSettings {
  /** Whether to reconnect after a lost connection. */
  readonly reconnects?: boolean;
  /**
   * Whether to retry the first connection too. For a known account, because the device's data can be read meanwhile,
   * and messages wait.
   */
  readonly triesFromStart?: boolean;
}

export interface KeeperPorts extends LinkPorts {
  /**
   * Asks the person for a one-time code, because the server requires one from new people, or refused the last one.
   * Undefined: the person becomes a guest if `orGuest`, and leaves otherwise.
   */
  readonly askInvite?: (why: 'needed' | 'invalid', orGuest: boolean) => Promise<string | undefined>;
}

export interface KeeperHandlers {
  /** The next connection waits for this promise: by then everything of the last one has ended. */
  onState(state: ClientState): void | Promise<void>;
  onRemembered(fingerprint: Uint8Array): void;
  onGuest(reason: GuestReason): void;
  onEvent(event: ServerEvent): void;
  onExtended(event: ExtendedEvent): void;
  onDrain(): void;
  /** The server should be sent something harmless that it answers. */
  onSilence(): void;
}

/** Refusals of a login that has worked before and will work again. */
const passing: ReadonlySet<string> = new Set([
  // For a guest's own name, as long as the server has not noticed the end of the last connection.
  'user-logged-in',
  'server-full',
  'too-many-connections',
  'too-many-logins',
  'too-much-unfinished',
  // The server's disk, or connections of this account that the server still counts.
  'store-failed',
  'account-busy',
]);

type InviteRefusal = 'invite-needed' | 'invite-invalid' | 'registration-closed';

export class LinkKeeper {
  readonly #settings: KeeperSettings;
  readonly #ports: KeeperPorts;
  readonly #handlers: KeeperHandlers;
  #link: ServerLink;
  #account: AccountWish | undefined;
  /** The state between two links, and at the end. */
  #rest: ClientState | undefined;
  #cancelWait: () => void = () => {};
  /** The wait for the next attempt, once everything of the last link has ended. */
  #waiting: { until: number } | undefined;
  /** When the last attempt began, but for the first. */
  #againAt: number | undefined;
  #attempt = 0;
  /** When this link logged in. */
  #openedAt: number | undefined;
  #wasIn = false;
  /** Whether no identity of this server was known when this client began. */
  #isFirstContact = false;
  #hasQuit = false;
  #isPaused = false;

  constructor(settings: KeeperSettings, ports: KeeperPorts, handlers: KeeperHandlers) {
    this.#settings = settings;
    this.#ports = ports;
    this.#handlers = handlers;
    this.#account = settings.account;
    this.#link = this.#dial();
  }

  get state(): ClientState {
    return this.#rest ?? this.#link.state;
  }

  get fingerprint(): Uint8Array | undefined {
    return this.#link.fingerprint;
  }

  /** What the server said at the last login to an account. */
  get welcome(): ExtendedEventOf<'WELCOME'> | undefined {
    return this.#link.welcome;
  }

  get unsentBytes(): number {
    return this.#rest === undefined ? this.#link.unsentBytes : 0;
  }

  send(command: Command): void {
    this.#link.send(command);
  }

  write(line: string): void {
    this.#link.write(line);
  }

  /** Sends QUIT [7.12], or stops retrying. */
  quit(): void {
    this.#hasQuit = true;
    if (this.#rest === undefined) this.#link.quit();
    else this.#finish({ code: 'quit' });
  }

  /** Ends at once, without QUIT. */
  abort(): void {
    this.#hasQuit = true;
    if (this.#rest === undefined) this.#link.abort();
    else this.#finish({ code: 'quit' });
  }

  /** Ends at once, for a reason on this side. */
  giveUp(reason: CloseReason): void {
    this.#hasQuit = true;
    if (this.#rest?.phase === 'closed') return;
    const link = this.#link;
    this.#finish(reason);
    link.abort();
  }

  /**
   * Somebody is there, or the network is back: a lost connection is tried again at once, not when the wait is over. May be
   * called as often as a key is pressed.
   */
  hurry(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const { now } = this.#ports;
    const at = Math.max(now(), (this.#againAt ?? -Infinity) + hurriedEveryMs);
    if (at >= waiting.until) return;
    waiting.until = at;
    this.#cancelWait();
    if (at <= now()) this.#again();
    else this.#sleep(at - now(), waiting);
  }

  pause(): void {
    this.#isPaused = true;
    this.#link.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#link.resume();
  }

  #dial(): ServerLink {
    const { address, username } = this.#settings;
    const handlers = this.#handlers;
    const settings = { address, username, account: this.#account };
    return new ServerLink(settings, this.#ports, {
      onState: (state) => this.#moved(state),
      onRemembered: (fingerprint) => handlers.onRemembered(fingerprint),
      onEvent: (event) => handlers.onEvent(event),
      onExtended: (event) => handlers.onExtended(event),
      onDrain: () => handlers.onDrain(),
      onSilence: () => handlers.onSilence(),
    });
  }

  #moved(state: ClientState): void {
    switch (state.phase) {
      case 'closing':
        if (this.#aboutInvite(state.reason) !== undefined || this.#isLost(state.reason)) return;
        void this.#handlers.onState(state);
        return;
      case 'closed':
        void this.#closed(state.reason);
        return;
      case 'open':
        this.#openedAt = this.#ports.now();
        this.#wasIn = true;
        this.#cameIn(state);
        if (this.#isPaused) this.#link.pause();
        void this.#handlers.onState(state);
        return;
      default:
        void this.#handlers.onState(state);
    }
  }

  async #closed(reason: CloseReason): Promise<void> {
    const why = this.#hasQuit ? undefined : this.#aboutInvite(reason);
    if (why !== undefined) await this.#askToComeIn(why, reason);
    else if (this.#isLost(reason)) await this.#bringChain(reason);
    else if (this.#isWorthTrying(reason)) await this.#wait(reason);
    else this.#finish(reason);
  }

  #isWorthTrying(reason: CloseReason): boolean {
    if (this.#settings.reconnects !== true || this.#hasQuit) return false;
    // Without an earlier login, the person learns at once what is wrong.
    const isExpected = this.#settings.triesFromStart === true && this.#account?.isKnown === true;
    if (!this.#wasIn && !isExpected) return false;
    switch (reason.code) {
      case 'unreachable':
      case 'silent':
      case 'lost':
      case 'overlong-line':
      case 'stalled':
        return true;
      case 'disconnected':
        // The account is for another device now: this one would be asked for a code that is for that.
        return disconnect.parse(reason.text)?.code !== 'device-reset';
      case 'refused':
        return reason.during === 'login' && passing.has(reason.reply ?? '');
      case 'quit':
      case 'untrusted':
      case 'unproven':
      case 'accounts-gone':
      case 'store-failed':
      case 'not-a-chat-server':
        return false;
    }
  }

  async #wait(reason: CloseReason): Promise<void> {
    const { now, random } = this.#ports;
    if (this.#openedAt !== undefined) {
      const wasSteady = now() - this.#openedAt >= steadyMs;
      this.#attempt = wasSteady ? 0 : Math.min(this.#attempt, attemptAfterLogin);
    }
    this.#openedAt = undefined;
    const until = now() + backoffMs(this.#attempt, random);
    this.#attempt += 1;
    this.#rest = { phase: 'waiting', reason, until };
    await this.#handlers.onState(this.#rest);
    // The person may have left meanwhile.
    if (this.state.phase !== 'waiting') return;
    this.#waiting = { until };
    this.#sleep(Math.max(0, until - now()), this.#waiting);
  }

  /** In slices: while the machine is suspended, timers stop, and the clock does not. */
  #sleep(leftMs: number, waiting: { readonly until: number }): void {
    const { now, timers } = this.#ports;
    const slice = Math.min(leftMs, longestSliceMs);
    this.#cancelWait = timers.after(slice, () => {
      if (leftMs > slice && now() < waiting.until) this.#sleep(leftMs - slice, waiting);
      else this.#again();
    });
  }

  #again(): void {
    this.#againAt = this.#ports.now();
    this.#waiting = undefined;
    this.#rest = undefined;
    this.#link = this.#dial();
    void this.#handlers.onState(this.#link.state);
  }

  /** A person who wanted an account has logged in: with it, or without one if the server has none. */
  #cameIn({ as, features }: Extract<ClientState, { readonly phase: 'open' }>): void {
    if (this.#account === undefined) return;
    if (as === 'account') {
      // From now on nothing that a server says makes this person a guest.
      this.#account = { ...this.#account, isKnown: true, links: undefined };
      void this.#remember('account');
    } else if (!features.has('ehlo')) {
      // Reported once: a server that knows only version 1 stays that way.
      if (this.#link.cameAs !== 'guest') this.#handlers.onGuest('no-accounts');
      void this.#remember('guest');
    }
  }

  async #remember(as: 'account' | 'guest'): Promise<void> {
    const { address, username } = this.#settings;
    const { knownServers } = this.#ports;
    try {
      const serverKey = serverKeyOf(address);
      const before = await knownServers.cameAs(serverKey, username);
      if (before !== as) await knownServers.rememberCame(serverKey, username, as);
    } catch {
      // The account's own store says it too. A guest is told again the next time.
    }
  }

  /** What a refusal says about new accounts. Undefined if it says nothing, or its sender is not proven. */
  #aboutInvite(reason: CloseReason): InviteRefusal | undefined {
    if (reason.code !== 'refused' || reason.during !== 'login') return undefined;
    if (this.#account === undefined || this.#link.proven === 'nothing') return undefined;
    switch (reason.reply) {
      case 'invite-invalid':
        return this.#ports.askInvite === undefined ? undefined : reason.reply;
      case 'invite-needed':
      case 'registration-closed':
        return reason.reply;
      default:
        return undefined;
    }
  }

  /** Whether the server may have been put back to before this device was one of the account. It is asked once. */
  #isLost(reason: CloseReason): boolean {
    const isRefused = reason.code === 'refused' && reason.during === 'login';
    if (this.#hasQuit || !isRefused || reason.reply !== 'name-taken') return false;
    const { chain, links } = this.#account ?? {};
    const isProven = this.#link.proven !== 'nothing';
    return isProven && chain !== undefined && links === undefined;
  }

  /** The next login brings the links by which this device is one of the account. */
  async #bringChain(reason: CloseReason): Promise<void> {
    this.#rest = { phase: 'connecting' };
    const links = await this.#account?.chain?.().catch(() => undefined);
    if (this.#rest.phase !== 'connecting') return;
    if (links === undefined || this.#account === undefined) {
      this.#finish(reason);
      return;
    }
    this.#account = { ...this.#account, links };
    this.#rest = undefined;
    this.#link = this.#dial();
  }

  async #askToComeIn(why: InviteRefusal, reason: CloseReason): Promise<void> {
    const link = this.#link;
    this.#isFirstContact ||= !link.wasIdentityKnown;
    // As if the connection had never been: the person is asked, and connects again.
    this.#rest = { phase: 'connecting' };
    const orGuest = this.#mayBeGuest(link);
    const { askInvite } = this.#ports;
    let invite: string | undefined;
    try {
      if (why !== 'registration-closed')
        invite = await askInvite?.(why === 'invite-invalid' ? 'invalid' : 'needed', orGuest);
    } catch {
      // If the question fails, the person learns why. Nobody said that being a guest would do.
      this.#finish(reason);
      return;
    }
    if (this.#rest.phase !== 'connecting') return;
    if (invite !== undefined && this.#account !== undefined) {
      this.#account = { ...this.#account, invite };
    } else if (orGuest) {
      this.#account = undefined;
      this.#handlers.onGuest(why === 'registration-closed' ? why : 'invite-needed');
      await this.#remember('guest');
      if (this.#rest.phase !== 'connecting') return;
    } else {
      this.#finish(reason);
      return;
    }
    // A person who gives a code trusts this server: the code must not go to another one.
    const refusal = invite === undefined ? undefined : await link.remember();
    if (this.#rest.phase !== 'connecting') return;
    if (refusal !== undefined) {
      this.#finish(refusal);
      return;
    }
    this.#rest = undefined;
    this.#link = this.#dial();
  }

  /**
   * Whether a server's answer may make this person a guest. Not if they have an account, nor if the server's identity
   * is known and somebody in between can have sent the answer, unless they were a guest there before.
   */
  #mayBeGuest(link: ServerLink): boolean {
    if (link.cameAs === 'account') return false;
    return this.#isFirstContact || link.proven === 'bound' || link.cameAs === 'guest';
  }

  #finish(reason: CloseReason): void {
    this.#cancelWait();
    this.#waiting = undefined;
    if (this.#rest?.phase === 'closed') return;
    this.#rest = { phase: 'closed', reason };
    void this.#handlers.onState(this.#rest);
  }
}
