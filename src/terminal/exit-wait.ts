// Leaving, for lines and for the full screen alike: waits for running transfers and pending texts, up to a time
// limit; leaving a second time ends at once. Prints nothing itself.

import type { ChatClient } from '../client/chat-client.ts';
import type { Transfer } from '../client/files/transfer.ts';
import { isUnderWay } from '../client/wording/file-progress.ts';

/**
 * For private texts to arrive before leaving: a little longer than the Messenger waits for a key or a receipt, so that
 * the reason is known by then.
 */
const settleMs = 6_000;

export interface ExitWaitPorts {
  readonly client: () => Pick<ChatClient, 'abort' | 'quit' | 'settled' | 'textsUnderWay'>;
  readonly transfers: () => readonly Transfer[];
  /** The person is to know what is waited for: so many files, or texts. */
  readonly waitsFor: (what: 'files' | 'texts', count: number) => void;
}

export class ExitWait {
  readonly #ports: ExitWaitPorts;
  #hasBegun = false;
  #moved: () => void = () => {};

  constructor(ports: ExitWaitPorts) {
    this.#ports = ports;
  }

  /** Whether somebody is leaving. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Leaves when what was said has arrived; the second time, at once. */
  begin(): void {
    if (this.#hasBegun) {
      this.#ports.client().abort();
      return;
    }
    this.#hasBegun = true;
    void this.#leaveWhenSettled();
  }

  /** A file has moved, or there are none any more. */
  fileMoved(): void {
    this.#moved();
  }

  async #leaveWhenSettled(): Promise<void> {
    const { client, waitsFor } = this.#ports;
    // Those that wait for somebody go on another time.
    const underWay = (): number => this.#ports.transfers().filter(isUnderWay).length;
    if (underWay() > 0) waitsFor('files', underWay());
    while (underWay() > 0) await new Promise<void>((resolve) => (this.#moved = resolve));
    const { textsUnderWay } = client();
    if (textsUnderWay > 0) waitsFor('texts', textsUnderWay);
    await client().settled(settleMs);
    await client().quit();
  }
}
