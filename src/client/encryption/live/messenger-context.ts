// What all conversations of one Messenger share: its ports, the limits over all people, and whom a session or a request
// belongs to. Internal to this folder.
import { formatHex } from '../../../lib/bytes.ts';
import type { Device } from '../../../e2ee/device.ts';
import { digest, type Suite } from '../../../e2ee/suite.ts';
import type { WallClock, RandomBytes, Timers } from '../../ports.ts';
import type { MessengerEvent } from './events.ts';
import { incarnationBytes, sealHashBytes } from './frame/frame-sizes.ts';
import { maxHeldLines, recoveryBurst, recoveryEveryMs } from './limits.ts';
import { MissingUser } from './missing-user.ts';
import type { PinStore } from '../trust/pin-store.ts';
import type { PrivateWire } from './ports.ts';
import { RateLimit } from '../queue/rate-limit.ts';
import { ShownTexts } from '../shown-texts.ts';
import { TrustBook } from '../trust/trust-book.ts';

export interface MessengerContextPorts {
  readonly suite: Suite;
  readonly device: Device;
  /** The name of this login. */
  readonly me: string;
  readonly wire: PrivateWire;
  readonly pins: PinStore;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  /** Receives the events in order. Must not throw. */
  readonly emit: (event: MessengerEvent) => void;
  /** The state of keys, if shared with others. Otherwise this Messenger makes its own over `pins`. */
  readonly trusts?: TrustBook;
  /** Pass the same one to each Messenger of a program: then no text is shown twice across reconnects. */
  readonly shown?: ShownTexts;
}

export class MessengerContext {
  readonly suite: Suite;
  readonly device: Device;
  readonly me: string;
  readonly wire: PrivateWire;
  readonly trusts: TrustBook;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly emit: (event: MessengerEvent) => void;
  readonly shown: ShownTexts;
  /** Runs `task` in its turn, after all before it. Everything asynchronous goes through here. */
  readonly run: (task: () => Promise<void>) => void;
  /** This login, in hex: new and random for each Messenger. */
  readonly incarnation: string;
  readonly missing = new MissingUser();
  /** To whom the session of a group id belongs. */
  readonly groups = new Map<string, string>();
  /** Who was asked for a key, by the timestamp of the request. */
  readonly questions = new Map<string, string>();
  readonly #recoveries: RateLimit;
  #lastTimestamp = 0;
  #heldLines = 0;

  constructor(ports: MessengerContextPorts, run: (task: () => Promise<void>) => void) {
    this.suite = ports.suite;
    this.device = ports.device;
    this.me = ports.me;
    this.wire = ports.wire;
    this.trusts = ports.trusts ?? new TrustBook(ports.pins, ports.emit);
    this.timers = ports.timers;
    this.now = ports.now;
    this.random = ports.random;
    this.emit = ports.emit;
    this.shown = ports.shown ?? new ShownTexts();
    this.run = run;
    this.incarnation = formatHex(ports.random(incarnationBytes));
    this.#recoveries = new RateLimit(recoveryBurst, recoveryEveryMs, ports.now());
  }

  /** A line to `user` is about to be sent. */
  lineTo(user: string): void {
    this.missing.sent(user, this.now());
  }

  /** Requests a key from `user`. The answer has the returned timestamp. */
  askKey(user: string): string {
    // Milliseconds, and never the same twice: it alone identifies the answer [7.5].
    this.#lastTimestamp = Math.max(this.now(), this.#lastTimestamp + 1);
    const timestamp = String(this.#lastTimestamp);
    this.questions.set(timestamp, user);
    this.lineTo(user);
    this.wire.requestPublicKey(user, timestamp);
    return timestamp;
  }

  /** Whether a handshake or request because of unreadable lines is within the limits. Counts it. */
  mayRecover(): boolean {
    return this.#recoveries.take(this.now());
  }

  /** Whether one more line may wait for its Welcome. Counts it. Each true result needs one `letGo`. */
  mayHold(): boolean {
    if (this.#heldLines >= maxHeldLines) return false;
    this.#heldLines += 1;
    return true;
  }

  letGo(): void {
    this.#heldLines -= 1;
  }
}

/** What identifies an encrypted message in a resend frame. */
export async function sealHashOf(suite: Suite, bytes: Uint8Array): Promise<string> {
  return formatHex((await digest(suite, bytes)).subarray(0, sealHashBytes));
}
