// The login of one connection, turn by turn: as a guest with HELO, or to an account with EHLO if the server has
// accounts. Owns which line of the server is expected next; any other is not believed. A guest asks for the server's
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
  /** The account to log in to, if the server has accounts. Without it, or elsewhere, the login is as a guest. */
  readonly account?: AccountWish | undefined;
}

export interface LoginPorts {
  readonly random: RandomBytes;
  readonly knownServers: KnownServers;
  /** A guest checks a server's proof with this. */
  readonly suite: Suite;
}

/**
 * How much is proven of what the server says now. `nothing`; `here`: the server has proven its identity, and this is
 * its turn; `bound`: also, nobody in between can have sent it.
 */
export type Proven = 'nothing' | 'here' | 'bound';

/** The length of a public key: a guest has none, and sends random bytes. */
export const deviceBytes = 32;

export interface LoginHandlers {
  /** Sends a line. */
  readonly write: (line: string) => void;
  /** Ends the connection, with this reason. */
  readonly abort: (reason: CloseReason) => void;
  readonly loggedIn: (username: Username, as: 'account' | 'guest') => void;
  /** Whether the login still continues. */
  readonly goesOn: () => boolean;
}

export class LoginTurns {
  readonly #settings: LoginSettings;
  readonly #ports: LoginPorts;
  readonly #handlers: LoginHandlers;
  #challenge: ServerChallenge | undefined;
  #check: ServerCheck | undefined;
  #features: ReadonlySet<string> = new Set();
  #awaited: 'nothing' | 'confirmation' | 'challenge' | 'welcome' = 'nothing';
  #welcome: ExtendedEventOf<'WELCOME'> | undefined;

  constructor(settings: LoginSettings, ports: LoginPorts, handlers: LoginHandlers) {
    this.#settings = settings;
    this.#ports = ports;
    this.#handlers = handlers;
  }

  /** Whether the connection uses the extended protocol. */
  get isExtended(): boolean {
    if (this.#challenge === undefined) return false;
    return this.#settings.account !== undefined || this.#awaited === 'challenge';
  }

  /** How much is proven of the server's answers before the end of the login. */
  get proven(): Proven {
    if (this.#awaited !== 'welcome') return 'nothing';
    return this.#check?.isBound === true ? 'bound' : 'here';
  }

  /** Whether this device has logged in to the account here before. */
  get isKnown(): boolean {
    return this.#settings.account?.isKnown === true || this.#check?.cameAs === 'account';
  }

  /** The server's WELCOME at the login to an account. Undefined for guests. */
  get welcome(): ExtendedEventOf<'WELCOME'> | undefined {
    return this.#welcome;
  }

  /** The server has greeted. `proof` has its identity, `check` the expected one. */
  begin(features: ReadonlySet<string>, proof: ServerProof, check: ServerCheck): void {
    this.#check = check;
    this.#features = features;
    const { account: wish } = this.#settings;
    const hasAccounts = features.has('ehlo');
    if (wish !== undefined) {
      if (hasAccounts) this.#ask(wish.suite, wish.device.publicKey, proof, check);
      // An attacker in between may have cut it out of the greeting: a person with an account must not silently become a
      // guest.
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
      // If the certificate is right, no proof is needed: TLS may end in front of the server.
      const isEnough = checked.ok || (checked.error.code === 'unproven' && !check.mustProve);
      if (isEnough) this.#comeAsGuest();
      else this.#handlers.abort(checked.error);
      return;
    }
    if (!checked.ok) {
      this.#handlers.abort(checked.error);
      return;
    }
    const line = await proofLine(wish, checked.value, this.#features);
    if (!this.#handlers.goesOn()) return;
    this.#awaited = 'welcome';
    this.#handlers.write(line);
  }

  /** Whether this line of the server is expected now. A server that sends another one does not speak this protocol. */
  #isInTurn(said: 'confirmation' | 'challenge' | 'welcome'): boolean {
    if (this.#awaited !== said) {
      this.#handlers.abort({ code: 'not-a-chat-server' });
      return false;
    }
    this.#awaited = 'nothing';
    return true;
  }
}
