// Asks one person for a key package [7.5]: at most one request at a time, answered within five seconds or not at all,
// and not too often, whatever goes wrong around it.
import type { MessengerContext } from './messenger-context.ts';
import type { RenewalReason } from './events.ts';
import { handshakeBurst, handshakeEveryMs, keyAnswerTimeoutMs } from './limits.ts';
import { RateLimit } from '../queue/rate-limit.ts';

/** Why a session is to be made: there is none, the old one has served long enough, or it does not work. */
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

  /** A session that works is being asked for, so that sending waits for it. */
  get isUrgent(): boolean {
    return this.#asking !== undefined && this.#asking.why !== 'rotation';
  }

  /** Asks, unless a request is open already. False where that would be too often. */
  open(why: HandshakeReason): boolean {
    if (this.#asking !== undefined) {
      // What began as a rotation may turn out to be needed.
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

  /** Ends the open request (the one with that timestamp, where given) and tells why it was opened. */
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
