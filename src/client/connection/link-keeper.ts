// One server, one connection after the other: when a link is lost, it reconnects after a delay (backoff.ts), until
// the person leaves or is refused. Owns what is retried and what is not, and the ways to log in to a server that does
// not know the name yet: with a code, or as a guest. Messages on a link pass through unread.

import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import type { Command } from '../../wire/commands.ts';
import { backoffMs } from './backoff.ts';
import type { ClientState, CloseReason, GuestReason } from '../client-state.ts';
import type { AccountWish } from '../login/account-login.ts';
import { serverKeyOf } from './server-address.ts';
import { ServerLink, type LinkPorts, type LinkSettings, type ServerEvent } from './server-link.ts';

/** A connection that held for so long was a good one: the next wait is the shortest again. */
export const steadyMs = 10_000;
/** After a suspension the next attempt is at most so far away. */
const longestSliceMs = 2_000;
/** After a login that worked, however short it was, the next wait is no longer than that of this attempt: 2 s. */
const attemptAfterLogin = 2;

export interface KeeperSettings extends LinkSettings {
  /** Whether a connection that was lost is made anew. */
  readonly reconnects?: boolean;
  /** And, of a known account, also the first one: what is on the device can be read, and what is said waits. */
  readonly triesFromStart?: boolean;
}

export interface KeeperPorts extends LinkPorts {
  /**
   * Asks the person for a one-time code, because the server takes in nobody new without one, or did not know the last
   * one. Nothing: they come as a guest where `orGuest`, else not at all.
   */
  readonly askInvite?: (why: 'needed' | 'invalid', orGuest: boolean) => Promise<string | undefined>;
}

export interface KeeperHandlers {
  /** The next connection is not tried before the promise is kept: what was of the last one has ended then. */
  onState(state: ClientState): void | Promise<void>;
  onRemembered(fingerprint: Uint8Array): void;
  onGuest(reason: GuestReason): void;
  onEvent(event: ServerEvent): void;
  onExtended(event: ExtendedEvent): void;
  onDrain(): void;
  /** The server is to be asked something harmless that it answers. */
  onSilence(): void;
}

/** Refusals of a login that has worked before, and will again. */
const passing: ReadonlySet<string> = new Set([
  // A guest's own name, as long as the server has not noticed that the last connection is gone.
  'user-logged-in',
  'server-full',
  'too-many-connections',
  'too-many-logins',
  'too-much-unfinished',
  // The server's disk, or connections of this account that it still thinks are there.
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
  /** Between two links, and at the end of all. */
  #rest: ClientState | undefined;
  #cancelWait: () => void = () => {};
  #attempt = 0;
  /** When this link got in. */
  #openedAt: number | undefined;
  #wasIn = false;
  /** Of this server no identity was known when this client began. */
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

  /** Says goodbye [7.12], or stops trying. */
  quit(): void {
    this.#hasQuit = true;
    if (this.#rest === undefined) this.#link.quit();
    else this.#finish({ code: 'quit' });
  }

  /** Ends at once, without a word. */
  abort(): void {
    this.#hasQuit = true;
    if (this.#rest === undefined) this.#link.abort();
    else this.#finish({ code: 'quit' });
  }

  /** Ends at once, for a reason that lies with this client. */
  giveUp(reason: CloseReason): void {
    this.#hasQuit = true;
    if (this.#rest?.phase === 'closed') return;
    const link = this.#link;
    this.#finish(reason);
    link.abort();
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
        if (this.#aboutInvite(state.reason) === undefined) void this.#handlers.onState(state);
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
    else if (this.#isWorthTrying(reason)) await this.#wait(reason);
    else this.#finish(reason);
  }

  #isWorthTrying(reason: CloseReason): boolean {
    if (this.#settings.reconnects !== true || this.#hasQuit) return false;
    // Who never got in learns at once what is wrong.
    const isExpected = this.#settings.triesFromStart === true && this.#account?.isKnown === true;
    if (!this.#wasIn && !isExpected) return false;
    switch (reason.code) {
      case 'unreachable':
      case 'silent':
      case 'disconnected':
      case 'lost':
      case 'overlong-line':
      case 'stalled':
        return true;
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
    this.#sleep(Math.max(0, until - now()), until);
  }

  /** In slices: where the machine was suspended meanwhile, timers stand still, and the clock does not. */
  #sleep(leftMs: number, until: number): void {
    const { now, timers } = this.#ports;
    const slice = Math.min(leftMs, longestSliceMs);
    this.#cancelWait = timers.after(slice, () => {
      if (leftMs > slice && now() < until) this.#sleep(leftMs - slice, until);
      else this.#again();
    });
  }

  #again(): void {
    this.#rest = undefined;
    this.#link = this.#dial();
    void this.#handlers.onState(this.#link.state);
  }

  /** Who wanted an account and is in: with it, or without one where there are none. */
  #cameIn({ as, features }: Extract<ClientState, { readonly phase: 'open' }>): void {
    if (this.#account === undefined) return;
    if (as === 'account') {
      // From now on nothing that a server says makes a guest of them.
      this.#account = { ...this.#account, isKnown: true };
      void this.#remember('account');
    } else if (!features.has('ehlo')) {
      // Told once: a server that knows only version 1 is what it is.
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
      // The account's own store says it too; a guest is told again the next time.
    }
  }

  /** What a refusal says about new accounts; undefined where it says nothing, or nothing proves who says it. */
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

  async #askToComeIn(why: InviteRefusal, reason: CloseReason): Promise<void> {
    const link = this.#link;
    this.#isFirstContact ||= !link.wasIdentityKnown;
    // As if the connection had never been: the person is asked, and comes again.
    this.#rest = { phase: 'connecting' };
    const orGuest = this.#mayBeGuest(link);
    const { askInvite } = this.#ports;
    let invite: string | undefined;
    try {
      if (why !== 'registration-closed')
        invite = await askInvite?.(why === 'invite-invalid' ? 'invalid' : 'needed', orGuest);
    } catch {
      // Whoever asks says what went wrong. Nobody has said that a guest would do.
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
    // Who gives a code has taken the server for the right one: it goes to no other.
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
   * Whether what a server says may make a guest of this person: not where they have an account, nor where the server's
   * identity is known and anybody in between can have said it, unless they were told so before.
   */
  #mayBeGuest(link: ServerLink): boolean {
    if (link.cameAs === 'account') return false;
    return this.#isFirstContact || link.proven === 'bound' || link.cameAs === 'guest';
  }

  #finish(reason: CloseReason): void {
    this.#cancelWait();
    if (this.#rest?.phase === 'closed') return;
    this.#rest = { phase: 'closed', reason };
    void this.#handlers.onState(this.#rest);
  }
}
