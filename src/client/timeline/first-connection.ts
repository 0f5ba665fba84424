// Whether the first attempt to come in has been decided, one way or the other. What a newcomer types in the moment before
// waits for that: it would be refused for want of a connection that is there a blink later.

import type { ClientState } from '../client-state.ts';

export class FirstConnection {
  /** Resolves when the person is in, or it has turned out that there is no connection. */
  readonly decided: Promise<void>;
  #decide: () => void = () => undefined;

  constructor() {
    this.decided = new Promise((resolve) => (this.#decide = resolve));
  }

  /** The client is in another state. */
  look(phase: ClientState['phase']): void {
    if (phase !== 'connecting' && phase !== 'greeting' && phase !== 'login') this.#decide();
  }
}
