// Private messages between two people, end-to-end encrypted, over version 1's own lines only [7.5]: the key is an MLS
// KeyPackage, the session key a Welcome, the message an MLS PrivateMessage. One Messenger serves one login; its
// sessions end with it. The device's key and the pins of others' keys last longer.
//
//   const messenger = new Messenger({ suite, device, me, wire, pins, timers, now, random, emit, shown });
//   messenger.send('bob', 'hello'); // -> the text's id, or why not
//   messenger.receivedPm(from, payload); // PM from payload
//   messenger.receivedKeyRequest(from, ts); // REQUEST_PUBLIC_KEY @from ts
//   messenger.receivedKey(from, key, ts); // PUBLIC_KEY @from key ts
//   messenger.noSuchUser(); // -SOFT_ERR no such user!
//   await messenger.close(); // the connection has ended, or the user logs out
//
// All events go through `emit` (events.ts). `send` returns at once; `sent`, `delivered` or `not-delivered` follow for
// each text. Decisions about keys: `trust`, `distrust`, `safetyNumber`, `markVerified`. Only `sendUnencrypted` sends
// without encryption. It must not know sockets, files or screens.
import { encodeUtf8, formatHex } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { refuse, type Refusal } from '../../../e2ee/refusal.ts';
import type { LiveConversation } from './live-conversation.ts';
import { LiveConversations } from './live-conversations.ts';
import { MessengerContext, type MessengerContextPorts } from './messenger-context.ts';
import { textIdBytes } from './frame/frame-sizes.ts';
import { markCompared, numberOf, type SafetyNumber } from '../trust/key-checks.ts';
import type { KeyStanding } from '../trust/key-events.ts';
import { IssuedKeyPackages } from './issued-key-packages.ts';
import * as limits from './limits.ts';
import type { LiveContent } from './live-outbox.ts';
import { FrameReceiver } from './frame/frame-receiver.ts';
import { SerialQueue } from '../queue/serial-queue.ts';

export type { MessengerEvent } from './events.ts';
export { maxTextBytes } from './limits.ts';
export type { PrivateWire } from './ports.ts';

/** The suite, the device, the user's name, and the ports. */
export type MessengerOptions = MessengerContextPorts;

type SendRefusal = Refusal<'closed' | 'self' | 'empty' | 'too-long' | 'too-many-waiting'>;

export class Messenger {
  readonly #requests: MessengerContext;
  readonly #queue: SerialQueue;
  readonly #keyStock: IssuedKeyPackages;
  readonly #conversations: LiveConversations;
  readonly #receiver: FrameReceiver;
  #isClosed = false;

  constructor(options: MessengerOptions) {
    const { suite, device, me, now, emit } = options;
    this.#queue = new SerialQueue(limits.maxWaitingBytes, (cause) => {
      emit({ type: 'fault', cause });
    });
    this.#requests = new MessengerContext(options, (task) => {
      if (!this.#isClosed) this.#queue.add(task);
    });
    this.#keyStock = new IssuedKeyPackages(suite, device, me, now());
    this.#conversations = new LiveConversations(this.#requests);
    this.#receiver = new FrameReceiver(this.#requests, this.#conversations, this.#keyStock);
  }

  /** Sends `text` to `to`, encrypted or not at all. The id identifies it in the events that follow. */
  send(to: string, text: string): Result<string, SendRefusal> {
    const bytes = encodeUtf8(text).length;
    const sent = this.#enqueue(to, bytes, (id) => ({ kind: 'text', id, text }));
    if (sent.ok) this.#requests.trusts.of(to).wanted();
    return sent;
  }

  /**
   * Sends a note to the client of `to`: everything about texts applies, but the person does not see it. `own-note`
   * events report its state.
   */
  sendNote(to: string, bytes: Uint8Array): Result<string, SendRefusal> {
    return this.#enqueue(to, bytes.length, (id) => ({ kind: 'note', id, bytes }));
  }

  /**
   * Sends ONE text unencrypted: the server and everybody on the way can read it, and nothing proves who wrote it.
   * Refused for people with whom messages were encrypted before (a key of theirs is pinned).
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
      const conversation = this.#conversations.open(to);
      if (conversation === undefined) {
        return refuse('too-many-waiting', 'too many texts are not delivered yet; wait for some');
      }
      if ((await conversation.trust.pin()) !== undefined) {
        return refuse('encrypted-before', 'messages with this person were encrypted before');
      }
      this.#requests.lineTo(to);
      this.#requests.wire.privateMessage(to, text);
      return ok(undefined);
    });
  }

  /** `PM from payload` came. */
  receivedPm(from: string, payload: string): void {
    this.#offer(from, payload.length, () => this.#receiver.receive(from, payload));
  }

  /** `REQUEST_PUBLIC_KEY @from timestamp` came. Answered with a new key package, within limits. */
  receivedKeyRequest(from: string, timestamp: string): void {
    if (from === this.#requests.me || !/^\S{1,64}$/.test(timestamp)) return;
    this.#offer(from, timestamp.length, async () => {
      const token = await this.#keyStock.issue(from, this.#requests.now());
      if (token === undefined) return;
      this.#requests.lineTo(from);
      this.#requests.wire.publicKey(from, token, timestamp);
    });
  }

  /** `PUBLIC_KEY @from key timestamp` came. Ignored if it was not requested, or is late. */
  receivedKey(from: string, key: string, timestamp: string): void {
    this.#offer(from, key.length, async () => {
      const asked = this.#requests.questions.get(timestamp);
      if (asked === undefined) return;
      if (asked === from) await this.#conversations.get(from)?.keyArrived(key, timestamp);
      else this.#receiver.suspect(from, `a key came in answer to a question to ${asked}`);
    });
  }

  /** `-SOFT_ERR no such user!` came in answer to one of this Messenger's lines. */
  noSuchUser(): void {
    this.#requests.run(async () => {
      this.#conversations.someoneIsMissing(this.#requests.now());
    });
  }

  /** The list of users came that `listUsers` had requested. */
  listed(names: readonly string[]): void {
    this.#requests.run(async () => {
      this.#conversations.listed(new Set(names));
    });
  }

  /** The current state of a key for `user`. */
  async keyStanding(user: string, key: Uint8Array): Promise<KeyStanding> {
    const standing = await this.#about(user, async ({ trust }) => ok(await trust.standingOf(key)));
    return standing.ok ? standing.value : 'changed';
  }

  /** Accepts the changed key of `user`: held texts are sent, and the key replaces the pinned one. */
  trust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async ({ trust }) => trust.isBlocked && trust.accept(false));
  }

  /** Keeps the pinned key of `user`: texts go only to its holder. */
  distrust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async ({ trust }) => trust.keepPinned());
  }

  /** The number to compare with `user` over another channel: a call, or in person. */
  safetyNumber(user: string): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
    return this.#about(user, ({ trust }) => numberOf(this.#requests, user, trust));
  }

  /**
   * The person compared `digits` with `user`, and they were the same. Refused if they are not the digits of the key in
   * question (any more). This also accepts a changed key.
   */
  markVerified(
    user: string,
    digits: string,
  ): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
    return this.#about(user, async (conversation) => {
      const compared = await markCompared(this.#requests, user, conversation.trust, digits);
      if (compared.ok) await conversation.decided();
      return compared;
    });
  }

  /** The person decided about a key of `user` elsewhere, in the shared book: held texts continue. */
  decided(user: string): void {
    this.#requests.run(async () => this.#conversations.get(user)?.decided());
  }

  /**
   * Ends the login: due receipts are sent, undelivered texts are reported, keys are wiped, and nothing happens
   * afterwards. If the connection still exists, its last lines are sent before this resolves.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    // A person who wrote a moment ago must not believe that it never arrived.
    for (const conversation of this.#conversations.all()) {
      this.#queue.add(() => conversation.giveReceipts());
    }
    const closed = this.#inTurn(async () => {
      this.#conversations.close();
      this.#keyStock.clear();
    });
    this.#isClosed = true;
    await closed;
  }

  /** Resolves when everything that arrived so far was handled. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #enqueue(
    to: string,
    bytes: number,
    content: (id: string) => LiveContent,
  ): Result<string, SendRefusal> {
    const refused = this.#mayNotSend(to, bytes);
    if (refused !== undefined) return err(refused);
    const conversation = this.#conversations.open(to);
    if (conversation === undefined || conversation.outbox.size >= limits.maxQueuedTexts) {
      return refuse('too-many-waiting', 'too many texts are not delivered yet; wait for some');
    }
    const id = formatHex(this.#requests.random(textIdBytes));
    conversation.outbox.add(content(id), bytes);
    this.#requests.run(() => conversation.pump());
    return ok(id);
  }

  #mayNotSend(to: string, bytes: number): SendRefusal | undefined {
    if (this.#isClosed) return { code: 'closed', reason: 'not logged in any more' };
    if (to === this.#requests.me) {
      return { code: 'self', reason: 'a private message to yourself would go nowhere' };
    }
    if (bytes === 0) return { code: 'empty', reason: 'there is no text' };
    if (bytes > limits.maxTextBytes) {
      return { code: 'too-long', reason: `a text has at most ${limits.maxTextBytes} bytes` };
    }
    if (this.#conversations.waitingBytes + bytes > limits.maxQueuedBytes) {
      return { code: 'too-many-waiting', reason: 'too much text is not delivered yet' };
    }
    return undefined;
  }

  #decide(
    user: string,
    decision: (conversation: LiveConversation) => Promise<boolean>,
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

  #about<T, Code extends string>(
    user: string,
    act: (conversation: LiveConversation) => Promise<Result<T, Refusal<Code>>>,
  ): Promise<Result<T, Refusal<Code | 'no-key'>>> {
    return this.#inTurn(async () => {
      const conversation = this.#conversations.open(user);
      return conversation === undefined
        ? refuse('no-key', 'too many conversations are under way')
        : act(conversation);
    });
  }

  #offer(from: string, bytes: number, task: () => Promise<void>): void {
    if (this.#isClosed) return;
    this.#queue.offer(bytes, async () => {
      this.#conversations.heardFrom(from);
      await task();
    });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.add(async () => {
        await task().then(resolve, reject);
      });
    });
  }
}
