// Leaving, for lines and for the full screen alike: waits for running transfers and pending texts, up to a time limit.
// Leaving a second time ends at once. Prints nothing itself.

import type { ChatClient } from '../client/chat-client.ts';
import type { Transfer } from '../client/files/transfer.ts';
import { isUnderWay } from '../client/wording/file-progress.ts';

/**
 * How long to wait for private texts: a little longer than the client waits for a key or a receipt, so that the reason
 * is known by then.
 */
const settleMs = 6_000;

export interface ExitWaitPorts {
  readonly client: () => Pick<ChatClient, 'abort' | 'quit' | 'settled' | 'textsUnderWay'>;
  readonly transfers: () => readonly Transfer[];
  /** Tells the person what is waited for: this many files or texts. */
  readonly waitsFor: (what: 'files' | 'texts', count: number) => void;
}

export class ExitWait {
  readonly #ports: ExitWaitPorts;
  #hasBegun = false;
  #moved: () => void = () => {};

  constructor(ports: ExitWaitPorts) {
    this.#ports = ports;
  }

  /** Whether leaving has begun. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Leaves when everything sent has arrived. The second time, at once. */
  begin(): void {
    if (this.#hasBegun) {
      this.#ports.client().abort();
      return;
    }
    this.#hasBegun = true;
    void this.#leaveWhenSettled();
  }

  /** A file has made progress, or none is left. */
  fileMoved(): void {
    this.#moved();
  }

  async #leaveWhenSettled(): Promise<void> {
    const { client, waitsFor } = this.#ports;
    // Transfers that wait for a person can continue another time.
    const underWay = (): number => this.#ports.transfers().filter(isUnderWay).length;
    if (underWay() > 0) waitsFor('files', underWay());
    while (underWay() > 0) await new Promise<void>((resolve) => (this.#moved = resolve));
    const { textsUnderWay } = client();
    if (textsUnderWay > 0) waitsFor('texts', textsUnderWay);
    await client().settled(settleMs);
    await client().quit();
  }
}
