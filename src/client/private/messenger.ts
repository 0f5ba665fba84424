// Private messages between two people, end-to-end encrypted, over nothing but the seed's own lines [7.5]:
// the key is an MLS KeyPackage, the session key a Welcome, the message an MLS PrivateMessage. One Messenger
// serves one login; its sessions end with it. The device's key and the pins of others' keys last longer.
//
//   const messenger = new Messenger({ suite, device, me, wire, pins, timers, now, random, tell, shown });
//   messenger.send('bob', 'hello');              // -> the text's id, or why not
//   messenger.receivedPm(from, payload);         // PM from payload
//   messenger.receivedKeyRequest(from, ts);      // REQUEST_PUBLIC_KEY @from ts
//   messenger.receivedKey(from, key, ts);        // PUBLIC_KEY @from key ts
//   messenger.noSuchUser();                      // -SOFT_ERR no such user!
//   await messenger.close();                     // the connection is gone, or the user logs out
//
// Everything that happens is told through `tell` (events.ts). `send` returns at once; `sent`, `delivered` or
// `not-delivered` follow for each text. What to do about keys: `trust`, `distrust`, `safetyNumber`,
// `markVerified`. In the clear goes only what `sendUnencrypted` is called with.
// It must not know sockets, files or screens.
import { encodeUtf8, equalBytes, formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Device } from '../../e2ee/device.ts';
import { joinSession, type SealedWelcome } from '../../e2ee/join-session.ts';
import type { Refusal } from '../../e2ee/refusal.ts';
import { refuse } from '../../e2ee/refusal.ts';
import { safetyNumber } from '../../e2ee/safety-number.ts';
import type { Suite } from '../../e2ee/suite.ts';
import type { Clock, RandomBytes, Timers } from '../ports.ts';
import { Conversation } from './conversation.ts';
import type { Desk } from './desk.ts';
import type { MessengerEvent } from './events.ts';
import { incarnationBytes, textIdBytes } from './frame.ts';
import type { HeldLine } from './held-lines.ts';
import { KeyStock } from './key-stock.ts';
import * as limits from './limits.ts';
import { MissingUser } from './missing-user.ts';
import { readPayload } from './payload.ts';
import type { PinStore, PrivateWire } from './ports.ts';
import { RateLimit } from './rate-limit.ts';
import { SerialQueue } from './serial-queue.ts';
import { ShownTexts } from './shown-texts.ts';

export type { MessengerEvent } from './events.ts';
export { maxTextBytes } from './limits.ts';
export type { Pin, PinStore, PrivateWire } from './ports.ts';
export { ShownTexts } from './shown-texts.ts';

export interface MessengerOptions {
  readonly suite: Suite;
  readonly device: Device;
  /** The name under which this login is known. */
  readonly me: string;
  readonly wire: PrivateWire;
  readonly pins: PinStore;
  readonly timers: Timers;
  readonly now: Clock;
  readonly random: RandomBytes;
  /** Takes the events in order. Must not throw. */
  readonly tell: (event: MessengerEvent) => void;
  /** Hand the same one to each Messenger of a program: no text is then shown twice across reconnects. */
  readonly shown?: ShownTexts;
}

export interface SafetyNumber {
  /** Twelve groups of five digits, the same on both sides. */
  readonly digits: string;
  /** These digits were compared before, and the key is still the same. */
  readonly isVerified: boolean;
  /** The number is of a changed key, which waits for `trust`, `distrust` or `markVerified`. */
  readonly isChanged: boolean;
}

type SendRefusal = Refusal<'closed' | 'self' | 'empty' | 'too-long' | 'too-many-waiting'>;

export class Messenger {
  readonly #options: MessengerOptions;
  readonly #desk: Desk;
  readonly #queue: SerialQueue;
  readonly #keyStock: KeyStock;
  readonly #missing = new MissingUser();
  readonly #conversations = new Map<string, Conversation>();
  readonly #groups = new Map<string, string>();
  readonly #requests = new Map<string, string>();
  readonly #recoveries: RateLimit;
  #lastTimestamp = 0;
  #heldLines = 0;
  #isClosed = false;

  constructor(options: MessengerOptions) {
    const { suite, device, me, tell, now } = options;
    this.#options = options;
    this.#queue = new SerialQueue(limits.maxWaitingBytes, (cause) => {
      tell({ type: 'fault', cause });
    });
    this.#keyStock = new KeyStock(suite, device, me, now());
    this.#recoveries = new RateLimit(limits.recoveryBurst, limits.recoveryEveryMs, now());
    this.#desk = this.#makeDesk();
  }

  /** Sends `text` to `to`, encrypted or not at all. The id stands for it in the events that follow. */
  send(to: string, text: string): Result<string, SendRefusal> {
    const bytes = encodeUtf8(text).length;
    const refused = this.#mayNotSend(to, bytes);
    if (refused !== undefined) return err(refused);
    const conversation = this.#conversation(to);
    if (conversation === undefined || conversation.outbox.size >= limits.maxQueuedTexts) {
      return refuse('too-many-waiting', 'too many texts are not delivered yet; wait for some');
    }
    const id = formatHex(this.#options.random(textIdBytes));
    conversation.outbox.add(id, text, bytes);
    this.#desk.run(() => conversation.pump());
    return ok(id);
  }

  /**
   * Sends ONE text in the clear: the server and everybody on the way can read it, and nothing proves who
   * wrote it. Refused for people with whom messages were encrypted before [a key is pinned].
   */
  sendUnencrypted(
    to: string,
    text: string,
  ): Promise<Result<undefined, SendRefusal | Refusal<'encrypted-before' | 'not-one-line'>>> {
    return this.#inTurn(async () => {
      const refused = this.#mayNotSend(to, encodeUtf8(text).length);
      if (refused !== undefined) return err(refused);
      if (/[\r\n\0]/.test(text)) {
        return refuse('not-one-line', 'a text in the clear is one line');
      }
      if ((await this.#conversation(to)?.trust.pin()) !== undefined) {
        return refuse('encrypted-before', 'messages with this person were encrypted before');
      }
      this.#desk.lineTo(to);
      this.#options.wire.privateMessage(to, text);
      return ok(undefined);
    });
  }

  /** `PM from payload` came. */
  receivedPm(from: string, payload: string): void {
    this.#offer(payload.length, () => this.#takeLine(from, payload));
  }

  /** `REQUEST_PUBLIC_KEY @from timestamp` came. Answered with a fresh key package, within limits. */
  receivedKeyRequest(from: string, timestamp: string): void {
    if (from === this.#options.me || !/^\S{1,64}$/.test(timestamp)) return;
    this.#offer(timestamp.length, async () => {
      this.#heardFrom(from);
      const token = await this.#keyStock.issue(from, this.#options.now());
      if (token === undefined) return;
      this.#desk.lineTo(from);
      this.#options.wire.publicKey(from, token, timestamp);
    });
  }

  /** `PUBLIC_KEY @from key timestamp` came. Unasked or late ones are ignored. */
  receivedKey(from: string, key: string, timestamp: string): void {
    this.#offer(key.length, async () => {
      this.#heardFrom(from);
      const asked = this.#requests.get(timestamp);
      if (asked === undefined) return;
      if (asked === from) await this.#conversations.get(from)?.keyArrived(key, timestamp);
      else this.#suspect(from, `a key of ${from} came in answer to a question to ${asked}`);
    });
  }

  /** `-SOFT_ERR no such user!` came in answer to one of this Messenger's lines. */
  noSuchUser(): void {
    this.#desk.run(async () => {
      const candidates = this.#missing.candidates(this.#options.now());
      for (const user of candidates) {
        const conversation = this.#conversations.get(user);
        if (conversation === undefined) continue;
        conversation.maybeMissing = true;
        if (candidates.length > 1) continue;
        this.#missing.heardFrom(user);
        conversation.missing();
      }
    });
  }

  /** Accepts the changed key of `user`: held texts go out, and the key is pinned in place of the old one. */
  trust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async ({ trust }) => trust.isBlocked && trust.accept(false));
  }

  /** Keeps to the pinned key of `user`: held texts wait for, and go to, nobody but its holder. */
  distrust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async ({ trust }) => trust.keepPinned());
  }

  /** The number to compare with `user` over another way: a call, or in person. */
  safetyNumber(user: string): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
    return this.#inTurn(() => this.#safetyNumber(user));
  }

  /**
   * The person compared `digits` with `user` and they were the same. Refused where they are not the digits of
   * the key in question (any more). A changed key is accepted with it.
   */
  markVerified(
    user: string,
    digits: string,
  ): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
    return this.#inTurn(async () => {
      const number = await this.#safetyNumber(user);
      if (!number.ok) return number;
      if (number.value.digits !== digits) {
        return refuse('other-key', 'the key is another one by now: compare again');
      }
      const conversation = this.#conversation(user);
      await conversation?.trust.accept(true);
      await conversation?.decided();
      return ok(undefined);
    });
  }

  /**
   * Ends the login: receipts that are due go out where the connection still stands, undelivered texts are told as such,
   * keys are wiped, nothing happens afterwards.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const closed = this.#inTurn(async () => {
      for (const conversation of this.#conversations.values()) await conversation.finish();
      this.#keyStock.clear();
    });
    this.#isClosed = true;
    await closed;
  }

  /** Resolves when everything that came so far has been worked on. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  // ---- lines ------------------------------------------------------------------------------------------

  async #takeLine(from: string, payload: string): Promise<void> {
    this.#heardFrom(from);
    const read = readPayload(payload);
    if (read.kind === 'plaintext') {
      this.#options.tell({ type: 'plaintext', from, text: payload });
      return;
    }
    if (from === this.#options.me) return;
    if (read.kind === 'damaged') {
      await this.#conversation(from)?.unreadable(read.bytes);
      return;
    }
    const owner = this.#groups.get(read.message.groupId);
    if (owner === from) await this.#conversations.get(from)?.receive(read);
    else if (owner !== undefined) {
      this.#suspect(from, `a message of the conversation with ${owner} came under another name`);
    } else if (read.welcome !== undefined) await this.#enter(from, read, read.welcome);
    else await this.#conversation(from)?.hold(read);
  }

  /** A Welcome: into the conversation that its maker began, if all names and keys are in order. */
  async #enter(from: string, line: HeldLine, welcome: SealedWelcome): Promise<void> {
    const conversation = this.#conversation(from);
    const issued = this.#keyStock.find(welcome.reference);
    if (conversation === undefined) return;
    if (issued === undefined) {
      await conversation.unreadable(line.bytes);
      return;
    }
    if (issued.asker !== from) {
      this.#suspect(from, `${from} answers with a key that was made for ${issued.asker}`);
      return;
    }
    const { suite, device, me } = this.#options;
    const joined = await joinSession(suite, device, me, issued.keyPackage, welcome, from);
    if (!joined.ok) {
      if (joined.error.code === 'wrong-peer') this.#suspect(from, 'the sender is somebody else');
      else await conversation.unreadable(line.bytes);
      return;
    }
    this.#keyStock.drop(welcome.reference);
    const { groupId } = joined.value;
    if (this.#groups.has(groupId)) {
      this.#suspect(from, 'it claims to be a conversation that exists already');
      return;
    }
    await conversation.joined(joined.value);
    if (line.message.groupId === groupId) await conversation.receive(line);
    else await conversation.hold(line);
    await conversation.settle(groupId);
  }

  #heardFrom(user: string): void {
    this.#missing.heardFrom(user);
    const conversation = this.#conversations.get(user);
    if (conversation !== undefined) conversation.maybeMissing = false;
  }

  #suspect(from: string, reason: string): void {
    this.#options.tell({ type: 'suspicious', from, reason });
  }

  // ---- keys -------------------------------------------------------------------------------------------

  #decide(
    user: string,
    decision: (conversation: Conversation) => Promise<boolean>,
  ): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#inTurn(async () => {
      const conversation = this.#conversations.get(user);
      if (conversation === undefined || !(await decision(conversation))) {
        return refuse('nothing-to-decide', `no changed key of ${user} waits for a decision`);
      }
      await conversation.decided();
      return ok(undefined);
    });
  }

  async #safetyNumber(user: string): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
    const { suite, device, me } = this.#options;
    const trust = this.#conversation(user)?.trust;
    const inQuestion = await trust?.keyInQuestion();
    const pin = await trust?.pin();
    if (inQuestion === undefined || pin === undefined) {
      return refuse('no-key', `no key of ${user} is known yet: exchange a message first`);
    }
    const mine = { user: me, key: device.publicKey };
    const digits = await safetyNumber(suite, mine, { user, key: inQuestion.key });
    const isChanged = !equalBytes(inQuestion.key, pin.key);
    return ok({ digits, isVerified: inQuestion.verified, isChanged });
  }

  // ---- inside -----------------------------------------------------------------------------------------

  #mayNotSend(to: string, bytes: number): SendRefusal | undefined {
    if (this.#isClosed) return { code: 'closed', reason: 'not logged in any more' };
    if (to === this.#options.me) {
      return { code: 'self', reason: 'a private message to yourself would go nowhere' };
    }
    if (bytes === 0) return { code: 'empty', reason: 'there is no text' };
    if (bytes > limits.maxTextBytes) {
      return { code: 'too-long', reason: `a text has at most ${limits.maxTextBytes} bytes` };
    }
    let waiting = bytes;
    for (const { outbox } of this.#conversations.values()) waiting += outbox.bytes;
    if (waiting <= limits.maxQueuedBytes) return undefined;
    return { code: 'too-many-waiting', reason: 'too much text is not delivered yet' };
  }

  /** The conversation with `user`; undefined where there are too many and none of them is idle. */
  #conversation(user: string): Conversation | undefined {
    let conversation = this.#conversations.get(user);
    if (conversation === undefined) {
      if (this.#conversations.size >= limits.maxConversations) {
        const idle = [...this.#conversations.values()].find(({ isIdle }) => isIdle);
        if (idle === undefined) return undefined;
        idle.close();
        this.#conversations.delete(idle.user);
      }
      conversation = new Conversation(this.#desk, user);
    }
    // Set again, it stands last: the first are those that were not touched for longest.
    this.#conversations.delete(user);
    this.#conversations.set(user, conversation);
    return conversation;
  }

  #offer(bytes: number, task: () => Promise<void>): void {
    if (!this.#isClosed) this.#queue.offer(bytes, task);
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.add(async () => {
        await task().then(resolve, reject);
      });
    });
  }

  #makeDesk(): Desk {
    const { suite, device, me, wire, timers, pins, now, tell, random } = this.#options;
    return {
      suite,
      device,
      me,
      wire,
      timers,
      pins,
      tell,
      now,
      incarnation: formatHex(random(incarnationBytes)),
      shown: this.#options.shown ?? new ShownTexts(),
      run: (task) => {
        if (!this.#isClosed) this.#queue.add(task);
      },
      lineTo: (user) => {
        this.#missing.sent(user, now());
      },
      askKey: (user) => {
        // Milliseconds, and never the same twice: the answer is known by it alone.
        this.#lastTimestamp = Math.max(now(), this.#lastTimestamp + 1);
        const timestamp = String(this.#lastTimestamp);
        this.#requests.set(timestamp, user);
        this.#missing.sent(user, now());
        wire.requestPublicKey(user, timestamp);
        return timestamp;
      },
      forgetAsked: (timestamp) => {
        this.#requests.delete(timestamp);
      },
      assignGroup: (groupId, user) => {
        if (user === undefined) this.#groups.delete(groupId);
        else this.#groups.set(groupId, user);
      },
      mayRecover: () => this.#recoveries.take(now()),
      mayHold: () => {
        if (this.#heldLines >= limits.maxHeldLines) return false;
        this.#heldLines += 1;
        return true;
      },
      letGo: () => {
        this.#heldLines -= 1;
      },
    };
  }
}
