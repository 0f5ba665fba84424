// The login of one connection, turn by turn: as a guest with HELO, or to an account with EHLO where the server has
// accounts. Owns what the server is to say next; whatever comes out of turn is not believed. What is said in the extended
// login is account-login.ts.

import { formatCommand } from '../../wire/commands.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import type { Username } from '../../wire/text.ts';
import type { CloseReason } from '../client-state.ts';
import type { KnownServers, RandomBytes, ServerProof } from '../ports.ts';
import { serverKeyOf, type ServerAddress } from '../server-address.ts';
import { AccountLogin, identityKnownAt, type AccountWish } from './account-login.ts';

export interface LoginSettings {
  readonly address: ServerAddress;
  readonly username: Username;
  /** To log in to an account where the server has them; otherwise, and elsewhere, one comes as a guest. */
  readonly account?: AccountWish | undefined;
}

export interface LoginPorts {
  readonly random: RandomBytes;
  readonly knownServers: KnownServers;
}

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
  #login: AccountLogin | undefined;
  #awaited: 'nothing' | 'confirmation' | 'challenge' | 'welcome' = 'nothing';
  #welcome: ExtendedEventOf<'WELCOME'> | undefined;

  constructor(settings: LoginSettings, ports: LoginPorts, handlers: LoginHandlers) {
    this.#settings = settings;
    this.#ports = ports;
    this.#handlers = handlers;
  }

  /** Whether the server is spoken to in the extended protocol. */
  get isExtended(): boolean {
    return this.#login !== undefined;
  }

  /** What the server said at the login to an account; undefined for guests. */
  get welcome(): ExtendedEventOf<'WELCOME'> | undefined {
    return this.#welcome;
  }

  /** The server has greeted. `proof` is who it is, `isVouchedFor`: the person has just vouched for its certificate. */
  begin(features: ReadonlySet<string>, proof: ServerProof, isVouchedFor: boolean): void {
    const { account: wish, address, username } = this.#settings;
    if (wish === undefined) this.#comeAsGuest();
    else if (!features.has('ehlo')) void this.#comeAsGuestIfNew();
    else {
      const options = { username, serverKey: serverKeyOf(address), wish, proof, isVouchedFor };
      this.#login = new AccountLogin(options, this.#ports);
      this.#awaited = 'challenge';
      this.#handlers.write(this.#login.hello);
    }
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

  /**
   * The server has no accounts. Where it had some at an earlier visit, somebody in between may have cut that out of the
   * greeting: an account is not turned into a guest in silence.
   */
  async #comeAsGuestIfNew(): Promise<void> {
    const known = await identityKnownAt(serverKeyOf(this.#settings.address), this.#ports);
    if (!this.#handlers.goesOn()) return;
    if (!known.ok) this.#handlers.abort(known.error);
    else if (known.value === undefined) this.#comeAsGuest();
    else this.#handlers.abort({ code: 'accounts-gone' });
  }

  async #answer(challenge: ExtendedEventOf<'CHALLENGE'>): Promise<void> {
    const answer = await this.#login?.answer(challenge);
    if (!this.#handlers.goesOn() || answer === undefined) return;
    if (answer.ok) {
      this.#awaited = 'welcome';
      this.#handlers.write(answer.value);
    } else this.#handlers.abort(answer.error);
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
