// Whether the first login attempt has succeeded or failed. What a new user types before that waits for it: otherwise
// it would be refused because there is no connection yet.

import type { ClientState } from '../client-state.ts';

export class FirstConnection {
  /** Resolves when the person has logged in, or there is no connection. */
  readonly decided: Promise<void>;
  #decide: () => void = () => undefined;

  constructor() {
    this.decided = new Promise((resolve) => (this.#decide = resolve));
  }

  /** The client's state has changed. */
  look(phase: ClientState['phase']): void {
    if (phase !== 'connecting' && phase !== 'greeting' && phase !== 'login') this.#decide();
  }
}
