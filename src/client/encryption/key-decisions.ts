// A person's decisions about the keys of others: compared numbers, changed keys accepted or not. They apply to an
// account's outbox as well as to live messages.

import { ok, type Result } from '../../lib/result.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import type { DirectEngine } from './stored/engine.ts';
import type { LiveMessages } from '../live-messages.ts';
import type { SafetyNumber } from './trust/key-checks.ts';

export interface KeyDecisionsPorts {
  /** The engine with the keys of accounts, if this client is logged in with one. */
  readonly keys: () => DirectEngine | undefined;
  /** Live private messages, if there are any. */
  readonly live: () => LiveMessages | undefined;
  /** Why there are none. */
  readonly noPrivate: () => 'not-open' | 'private-elsewhere';
  /** Held messages for `user` may continue. */
  readonly decided: (user: Username) => void;
}

type Decided = Result<undefined, CommandRefusal>;

export class KeyDecisions {
  readonly #ports: KeyDecisionsPorts;

  constructor(ports: KeyDecisionsPorts) {
    this.#ports = ports;
  }

  /** The number to compare with `user` over another channel: a call, or in person. */
  async safetyNumber(user: string): Promise<Result<SafetyNumber, CommandRefusal>> {
    const name = parseUsername(user);
    if (name === undefined) return refuseCommand('not-a-username');
    const { keys, live, noPrivate } = this.#ports;
    const kept = keys();
    if (kept === undefined) return live()?.safetyNumber(user) ?? refuseCommand(noPrivate());
    const number = await kept.safetyNumber(name);
    return number.ok ? number : refuseCommand(number.error.code);
  }

  /**
   * The person compared `digits` of a safety number with `user`, and they are the same. This also accepts a changed
   * key.
   */
  markVerified(user: string, digits: string): Promise<Decided> {
    return this.#decide(
      user,
      (name, keys) => keys.markVerified(name, digits),
      (side) => side.markVerified(user, digits),
    );
  }

  /** Accepts the changed key of `user`. Held messages are sent. */
  trust(user: string): Promise<Decided> {
    return this.#decide(
      user,
      (name, keys) => keys.trust(name),
      (side) => side.trust(user),
    );
  }

  /** Keeps the earlier key of `user`. Held messages wait for its holder. */
  distrust(user: string): Promise<Decided> {
    return this.#decide(
      user,
      (name, keys) => keys.distrust(name),
      (side) => side.distrust(user),
    );
  }

  async #decide(
    user: string,
    byAccount: (
      user: Username,
      keys: DirectEngine,
    ) => Promise<
      Result<undefined, { readonly code: 'no-key' | 'other-key' | 'nothing-to-decide' }>
    >,
    asGuest: (side: LiveMessages) => Promise<Decided>,
  ): Promise<Decided> {
    const name = parseUsername(user);
    if (name === undefined) return refuseCommand('not-a-username');
    const [keys, side] = [this.#ports.keys(), this.#ports.live()];
    if (keys === undefined) {
      return side === undefined ? refuseCommand(this.#ports.noPrivate()) : asGuest(side);
    }
    const decided = await byAccount(name, keys);
    if (!decided.ok) return refuseCommand(decided.error.code);
    side?.decided(name);
    this.#ports.decided(name);
    return ok(undefined);
  }
}
