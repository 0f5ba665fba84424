// The login of one connection, turn by turn: as a guest with HELO, or to an account with EHLO if the server has
// accounts. Owns what the server has to say next; anything out of turn is not believed. A guest asks for the server's
// proof too, if only that vouches for its certificate, or if it is not known yet. account-login.ts has the extended
// login, server-check.ts the expected server.

import type { Suite } from '../../e2ee/suite.ts';
import { formatCommand } from '../../wire/commands.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import type { KnownServers, RandomBytes, ServerProof } from '../ports.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { proofLine, ServerChallenge, type AccountWish } from './account-login.ts';
import type { ServerCheck } from './server-check.ts';

export interface LoginSettings {
  readonly address: ServerAddress;
  readonly username: Username;
  /** To log in to an account where the server has them; otherwise, and elsewhere, one comes as a guest. */
  readonly account?: AccountWish | undefined;
}

export interface LoginPorts {
  readonly random: RandomBytes;
  readonly knownServers: KnownServers;
  /** What a guest checks a server's proof with. */
  readonly suite: Suite;
}

/**
 * How much of what the server says now is proven: `nothing`; `here`: it has proven its identity, and speaks in its turn;
 * `bound`: and nobody in between can have said it.
 */
export type Proven = 'nothing' | 'here' | 'bound';

/** Long enough to be a public key: a guest has none to show. */
export const deviceBytes = 32;

export interface LoginHandlers {
  /** Sends a line. */
  readonly write: (line: string) => void;
  /** The server is not spoken to any more. */
  readonly abort: (reason: CloseReason) => void;
  readonly loggedIn: (username: Username, as: 'account' | 'guest') => void;
  /** Whether the login still goes on. */
  readonly goesOn: () => boolean;
}

export class LoginTurns {
  readonly #settings: LoginSettings;
  readonly #ports: LoginPorts;
  readonly #handlers: LoginHandlers;
  #challenge: ServerChallenge | undefined;
  #check: ServerCheck | undefined;
  #awaited: 'nothing' | 'confirmation' | 'challenge' | 'welcome' = 'nothing';
  #welcome: ExtendedEventOf<'WELCOME'> | undefined;

  constructor(settings: LoginSettings, ports: LoginPorts, handlers: LoginHandlers) {
    this.#settings = settings;
    this.#ports = ports;
    this.#handlers = handlers;
  }

  /** Whether the server is spoken to in the extended protocol. */
  get isExtended(): boolean {
    if (this.#challenge === undefined) return false;
    return this.#settings.account !== undefined || this.#awaited === 'challenge';
  }

  /** Of what the server says against the login. */
  get proven(): Proven {
    if (this.#awaited !== 'welcome') return 'nothing';
    return this.#check?.isBound === true ? 'bound' : 'here';
  }

  /** Whether this device has been in with this account here. */
  get isKnown(): boolean {
    return this.#settings.account?.isKnown === true || this.#check?.cameAs === 'account';
  }

  /** What the server said at the login to an account; undefined for guests. */
  get welcome(): ExtendedEventOf<'WELCOME'> | undefined {
    return this.#welcome;
  }

  /** The server has greeted. `proof` is who it is, `check` whether it is who it should be. */
  begin(features: ReadonlySet<string>, proof: ServerProof, check: ServerCheck): void {
    this.#check = check;
    const { account: wish } = this.#settings;
    const hasAccounts = features.has('ehlo');
    if (wish !== undefined) {
      if (hasAccounts) this.#ask(wish.suite, wish.device.publicKey, proof, check);
      // Somebody in between may have cut it out of the greeting: an account is not turned into a guest in silence.
      else if (check.identity !== undefined || this.isKnown)
        this.#handlers.abort({ code: 'accounts-gone' });
      else if (check.mustProve) this.#handlers.abort(check.refusal);
      else this.#comeAsGuest();
    } else if (hasAccounts && (check.mustProve || check.isWorthProving)) {
      const { suite, random } = this.#ports;
      this.#ask(suite, random(deviceBytes), proof, check);
    } else if (check.mustProve) this.#handlers.abort(check.refusal);
    else this.#comeAsGuest();
  }

  /** `+OK HELO`. */
  confirmed(username: Username): void {
    if (this.#isInTurn('confirmation')) this.#handlers.loggedIn(username, 'guest');
  }

  challenged(challenge: ExtendedEventOf<'CHALLENGE'>): void {
    if (this.#isInTurn('challenge')) void this.#answer(challenge);
  }

  welcomed(welcome: ExtendedEventOf<'WELCOME'>): void {
    if (!this.#isInTurn('welcome')) return;
    this.#welcome = welcome;
    this.#handlers.loggedIn(welcome.user, 'account');
  }

  #comeAsGuest(): void {
    this.#awaited = 'confirmation';
    this.#handlers.write(formatCommand({ verb: 'HELO', username: this.#settings.username }));
  }

  #ask(suite: Suite, device: Uint8Array, proof: ServerProof, check: ServerCheck): void {
    const asking = { username: this.#settings.username, suite, device, proof };
    this.#challenge = new ServerChallenge(asking, check, this.#ports.random);
    this.#awaited = 'challenge';
    this.#handlers.write(this.#challenge.hello);
  }

  async #answer(challenge: ExtendedEventOf<'CHALLENGE'>): Promise<void> {
    const check = this.#check;
    const checked = await this.#challenge?.check(challenge);
    if (!this.#handlers.goesOn() || checked === undefined || check === undefined) return;
    const { account: wish } = this.#settings;
    if (wish === undefined) {
      // Where the certificate is right, nothing hangs on a proof: TLS may end in front of the server.
      const isEnough = checked.ok || (checked.error.code === 'unproven' && !check.mustProve);
      if (isEnough) this.#comeAsGuest();
      else this.#handlers.abort(checked.error);
      return;
    }
    if (!checked.ok) {
      this.#handlers.abort(checked.error);
      return;
    }
    const line = await proofLine(wish, checked.value);
    if (!this.#handlers.goesOn()) return;
    this.#awaited = 'welcome';
    this.#handlers.write(line);
  }

  /** Whether the server says what it is to say now; a server that says something else is none of this protocol. */
  #isInTurn(said: 'confirmation' | 'challenge' | 'welcome'): boolean {
    if (this.#awaited !== said) {
      this.#handlers.abort({ code: 'not-a-chat-server' });
      return false;
    }
    this.#awaited = 'nothing';
    return true;
  }
}
