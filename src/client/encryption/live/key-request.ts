// Requests a key package from one person [7.5]: at most one request at a time, answered within five seconds or not at
// all, and not too often, whatever goes wrong around it.
import type { MessengerContext } from './messenger-context.ts';
import type { RenewalReason } from './events.ts';
import { handshakeBurst, handshakeEveryMs, keyAnswerTimeoutMs } from './limits.ts';
import { RateLimit } from '../queue/rate-limit.ts';

/** Why a session is made: there is none, the old one has been used long enough, or it does not work. */
export type HandshakeReason = 'first' | 'rotation' | RenewalReason;

export class KeyRequest {
  readonly #requests: MessengerContext;
  readonly #user: string;
  readonly #unanswered: (why: HandshakeReason) => Promise<void>;
  readonly #limit: RateLimit;
  #asking:
    | { readonly timestamp: string; readonly why: HandshakeReason; readonly cancel: () => void }
    | undefined;

  constructor(
    requests: MessengerContext,
    user: string,
    unanswered: (why: HandshakeReason) => Promise<void>,
  ) {
    this.#requests = requests;
    this.#user = user;
    this.#unanswered = unanswered;
    this.#limit = new RateLimit(handshakeBurst, handshakeEveryMs, requests.now());
  }

  get isOpen(): boolean {
    return this.#asking !== undefined;
  }

  /** Whether sending waits for the requested session. */
  get isUrgent(): boolean {
    return this.#asking !== undefined && this.#asking.why !== 'rotation';
  }

  /** Sends a request, unless one is open already. False if that would be too often. */
  open(why: HandshakeReason): boolean {
    if (this.#asking !== undefined) {
      // A session that was requested for a rotation may turn out to be needed.
      if (this.#asking.why === 'rotation') this.#asking = { ...this.#asking, why };
      return true;
    }
    if (!this.#limit.take(this.#requests.now())) return false;
    const timestamp = this.#requests.askKey(this.#user);
    const cancel = this.#requests.timers.after(keyAnswerTimeoutMs, () => {
      this.#requests.run(async () => {
        const why = this.close(timestamp);
        if (why !== undefined) await this.#unanswered(why);
      });
    });
    this.#asking = { timestamp, why, cancel };
    return true;
  }

  /** Closes the open request (with `timestamp`, only if it is that one), and returns why it was opened. */
  close(timestamp?: string): HandshakeReason | undefined {
    const asking = this.#asking;
    if (asking === undefined || (timestamp !== undefined && asking.timestamp !== timestamp)) {
      return undefined;
    }
    asking.cancel();
    this.#requests.questions.delete(asking.timestamp);
    this.#asking = undefined;
    return asking.why;
  }
}
