// The private conversation with one person [7.5]: which session its texts use, what the peer's messages mean, and what
// to do if something does not arrive. Works in whole steps. All of them run one after the other (MessengerContext.run),
// so no step can interrupt another.
//
// Invariants: nothing is sent unencrypted; nothing is encrypted for a key that is not the usable one of `trust`; every
// text either gets its receipt or is reported as not delivered. It must not know lines or other people. Over 300 lines,
// because the steps depend on each other; independent parts have their own files.
import { encodeBase64url } from '../../../lib/base64url.ts';
import type { PeerKeyPackage } from '../../../e2ee/key-package.ts';
import { open, type PairSession } from '../../../e2ee/pair-session.ts';
import { startSession } from '../../../e2ee/start-session.ts';
import { sealHashOf, type MessengerContext } from './messenger-context.ts';
import type { KeyStanding } from '../trust/key-events.ts';
import type { RenewalReason } from './events.ts';
import { agoMs } from '../../connection/steady-time.ts';
import { decodeFrame, type LiveFrame } from './frame/live-frame.ts';
import { FrameSender } from './frame/frame-sender.ts';
import { HeldLines, type HeldLine } from './held-lines.ts';
import { readKeyAnswer, type CannotEncrypt } from './key-answer.ts';
import { KeyRequest, type HandshakeReason } from './key-request.ts';
import { rotateAfterMs, rotateAfterTexts, rotateRetryMs } from './limits.ts';
import { LiveOutbox, type LiveContent } from './live-outbox.ts';
import { PeerLogins } from './peer-logins.ts';
import { LiveReceipts } from './live-receipts.ts';
import { Recovery } from './recovery.ts';
import { SessionBook, type SessionEntry } from './session-book.ts';
import type { Trust } from '../trust/trust.ts';

export class LiveConversation {
  readonly user: string;
  readonly trust: Trust;
  readonly outbox: LiveOutbox;
  /** Whether "no such user!" came while this person was among several to whom it could refer. */
  maybeMissing = false;
  readonly #requests: MessengerContext;
  readonly #sender: FrameSender;
  readonly #book: SessionBook;
  readonly #logins = new PeerLogins();
  readonly #keyRequest: KeyRequest;
  readonly #receipts: LiveReceipts;
  readonly #held: HeldLines;
  readonly #recovery: Recovery;
  #rotatedAtMs = -Infinity;

  constructor(requests: MessengerContext, user: string) {
    this.#requests = requests;
    this.user = user;
    this.trust = requests.trusts.of(user);
    this.outbox = new LiveOutbox(requests, user, () => this.#receiptOverdue());
    this.#sender = new FrameSender(requests, user);
    this.#book = new SessionBook(requests, user);
    this.#keyRequest = new KeyRequest(requests, user, (why) => this.#keyNotGiven(why));
    this.#receipts = new LiveReceipts(requests, () => this.giveReceipts());
    this.#held = new HeldLines(requests, (line) => this.unreadable(line.bytes));
    this.#recovery = new Recovery(requests, () =>
      this.#tellUnreadable('it could not be got again'),
    );
  }

  /** Whether nothing is in progress: forgetting this conversation loses nothing but the session. */
  get isIdle(): boolean {
    const quiet = this.outbox.size === 0 && this.#receipts.isEmpty && this.#held.isEmpty;
    return quiet && !this.#keyRequest.isOpen && !this.#recovery.isOpen;
  }

  /** Sends what waits: in the current session, or after a key request for a new one. */
  async pump(): Promise<void> {
    const waiting = this.outbox.waiting();
    if (waiting.length === 0 && !this.#recovery.hasQuestions) return;
    if (this.trust.isBlocked) this.outbox.hold();
    if (this.trust.isBlocked || this.#keyRequest.isUrgent || !(await this.#pinIsReadable())) return;
    const entry = await this.#current();
    if (entry === undefined) {
      this.#ask(waiting.length > 0 ? 'first' : 'unreadable');
      return;
    }
    await this.#askAgain(entry);
    for (const text of waiting) {
      const hash = await this.#sender.send(entry, text.content);
      entry.ownTexts += 1;
      this.outbox.sent(text, entry.session.groupId, hash);
    }
    this.#rotateWhenDue(entry);
  }

  /** The peer made a session with us. Its key is judged here. The messages in it arrive through `receive`. */
  async joined(session: PairSession): Promise<void> {
    await this.trust.judge(session.peerKey);
    this.#book.add(session, undefined);
    if (this.trust.isBlocked) this.outbox.hold();
  }

  /** After the first message of a joined session: handles what waited for it, in both directions. */
  async settle(groupId: string): Promise<void> {
    for (const line of this.#held.take(groupId)) await this.receive(line);
    // The peer was faster: our own session is not needed any more.
    if ((await this.#current()) !== undefined) this.#keyRequest.close();
    await this.pump();
  }

  /** A message of one of our sessions. Repeats and our own messages are dropped silently. */
  async receive({ message, bytes }: HeldLine): Promise<void> {
    const entry = this.#book.get(message.groupId);
    if (entry === undefined) return;
    const opened = await open(entry.session, message);
    if (!opened.ok) {
      const { code } = opened.error;
      if (code !== 'already-read' && code !== 'own-message') await this.unreadable(bytes);
      return;
    }
    entry.session = opened.value.session;
    const frame = decodeFrame(opened.value.content);
    opened.value.content.fill(0);
    if (typeof frame === 'string') {
      const newer = frame === 'newer-version';
      this.#tellUnreadable(newer ? 'it was made by a newer version' : 'its inside is malformed');
      return;
    }
    await this.#apply(entry, frame);
    await this.pump();
  }

  /** A message of an unknown session: waits a moment for its Welcome. */
  async hold(line: HeldLine): Promise<void> {
    if (!this.#held.hold(line)) await this.unreadable(line.bytes);
  }

  /** A message that cannot be read: requests its content again. */
  async unreadable(bytes: Uint8Array): Promise<void> {
    const hash = await sealHashOf(this.#requests.suite, bytes);
    if (!this.#recovery.note(hash)) return;
    if (this.trust.isBlocked || !this.#requests.mayRecover()) {
      this.#recovery.giveUp();
      return;
    }
    const entry = await this.#current();
    // If the Welcome of a session may be lost, a request in it would be one more unreadable line.
    if (entry !== undefined && entry.welcome === undefined) await this.#askAgain(entry);
    else this.#ask('unreadable');
  }

  /** The server says that this person is offline: their sessions ended with their login. */
  missing(): void {
    this.#keyRequest.close();
    this.#recovery.giveUp();
    this.#book.bury(() => true);
    this.outbox.giveUpAll('no-such-user');
  }

  /** The person accepted a key, or keeps the pinned one: held texts continue. */
  async decided(): Promise<void> {
    await this.giveReceipts();
    await this.pump();
  }

  /** The login ends. */
  close(): void {
    this.#keyRequest.close();
    this.#receipts.stop();
    this.#held.stop();
    this.#recovery.stop();
    this.#book.clear();
    this.outbox.giveUpAll('logged-out');
  }

  // ---- making a session -------------------------------------------------------------------------------

  /** The answer to our key request came. */
  async keyArrived(token: string, timestamp: string): Promise<void> {
    const why = this.#keyRequest.close(timestamp);
    if (why === undefined) return;
    const read = await readKeyAnswer(this.#requests, this.user, token);
    if (!read.ok) {
      this.#cannotEncrypt(read.error);
      return;
    }
    const standing = await this.trust.judge(read.value.peerKey);
    if (this.trust.isBlocked) this.outbox.hold();
    else if (standing === 'changed') {
      this.#cannotEncrypt({ reason: 'key-refused', detail: 'it is the key not trusted before' });
    } else await this.#start(read.value, why);
  }

  async #start(peerPackage: PeerKeyPackage, why: HandshakeReason): Promise<void> {
    const isNeeded = this.outbox.waiting().length > 0 || this.#recovery.hasQuestions;
    if (!isNeeded && why !== 'rotation') return;
    const { suite, device, me, now } = this.#requests;
    const started = await startSession(suite, device, me, peerPackage, now());
    if (!started.ok) {
      this.#cannotEncrypt({ reason: 'key-refused', detail: started.error.reason });
      return;
    }
    const entry = this.#book.add(started.value.session, encodeBase64url(started.value.welcome));
    if (why !== 'first' && why !== 'rotation') this.#tellRenewed(why);
    // The Welcome must reach the peer before its key package expires, so something is always sent with it.
    if (isNeeded) await this.pump();
    else await this.#sender.send(entry, { kind: 'receipt', ids: [] });
  }

  /** No answer to our key request. */
  async #keyNotGiven(why: HandshakeReason): Promise<void> {
    if ((await this.#current()) !== undefined) {
      await this.pump();
      return;
    }
    if (this.maybeMissing) this.outbox.giveUpWaiting('no-such-user');
    else if (why === 'no-receipt') this.outbox.giveUpWaiting('no-receipt');
    else {
      this.#cannotEncrypt({ reason: 'no-answer', detail: 'no key came within five seconds' });
    }
    this.#recovery.giveUp();
  }

  #cannotEncrypt(why: CannotEncrypt): void {
    if (this.outbox.waiting().some(({ content }) => content.kind === 'text')) {
      this.#requests.emit({ type: 'cannot-encrypt', to: this.user, ...why });
    }
    this.outbox.giveUpWaiting('cannot-encrypt');
    this.#recovery.giveUp();
  }

  #ask(why: HandshakeReason): void {
    if (this.#keyRequest.open(why)) return;
    this.outbox.giveUpWaiting('too-many-handshakes');
    this.#recovery.giveUp();
  }

  #rotateWhenDue(entry: SessionEntry): void {
    const nowMs = this.#requests.now();
    const isDue =
      entry.ownTexts >= rotateAfterTexts || agoMs(entry.madeAtMs, nowMs) >= rotateAfterMs;
    if (!isDue || entry.welcome !== undefined || agoMs(this.#rotatedAtMs, nowMs) < rotateRetryMs)
      return;
    this.#rotatedAtMs = nowMs;
    this.#keyRequest.open('rotation');
  }

  // ---- what the peer says -----------------------------------------------------------------------------

  async #apply(entry: SessionEntry, frame: LiveFrame): Promise<void> {
    const standing = await this.trust.judge(entry.session.peerKey);
    const { body } = frame;
    if (standing !== 'changed') this.#confirm(entry, frame);
    if (body.kind === 'text' || body.kind === 'note') {
      this.#show(body, standing, entry.session.peerKey);
      // Also under a changed key: the receipt then waits for the decision (giveReceipts).
      await this.#receipts.add(entry.session.groupId, body.id);
    } else if (standing === 'changed') return;
    else if (body.kind === 'receipt') this.outbox.delivered(body.ids);
    else await this.#sendAgain(entry, body.hashes);
  }

  #show(content: LiveContent, key: KeyStanding, peerKey: Uint8Array): void {
    const from = this.user;
    const { id } = content;
    if (!this.#requests.shown.add(from, id)) return;
    if (content.kind === 'text') {
      this.#requests.emit({ type: 'text', from, id, text: content.text, key });
    } else this.#requests.emit({ type: 'note', from, id, bytes: content.bytes, key, peerKey });
  }

  /** The peer can read and write this session. */
  #confirm(entry: SessionEntry, frame: LiveFrame): void {
    entry.welcome = undefined;
    entry.generation = frame.generation;
    this.#book.reorder();
    const login = this.#logins.seen(frame.incarnation);
    entry.dead = login === 'past';
    entry.peerIncarnation = frame.incarnation;
    this.#recovery.settle();
    if (login !== 'next') return;
    this.#bury((other) => other.peerIncarnation !== undefined && other !== entry);
    this.#tellRenewed('peer-restarted');
  }

  /** The peer could not read messages of ours. With a session they also lost the other messages in it. */
  async #sendAgain(entry: SessionEntry, hashes: readonly string[]): Promise<void> {
    const lost = new Set(hashes.map((hash) => this.#sender.sessionOf(hash)));
    lost.delete(entry.session.groupId);
    const buried = this.#bury(({ session }) => lost.has(session.groupId));
    this.outbox.sendAgain(({ hash }) => hashes.includes(hash));
    if (buried) this.#tellRenewed('unreadable');
    // They get an answer in any case, so that they know that nothing more will come.
    if (this.outbox.waiting().length > 0) return;
    await this.#sender.send(entry, { kind: 'receipt', ids: [] });
  }

  // ---- what is due ------------------------------------------------------------------------------------

  /** Sends the due receipts, without waiting for more. */
  async giveReceipts(): Promise<void> {
    // Nothing is sent to a changed key. Due receipts wait for the decision.
    if (this.trust.isBlocked) return;
    const current = await this.#current();
    const trusted = await this.trust.usableKeys();
    for (const [groupId, ids] of this.#receipts.take()) {
      const entry = this.#book.get(groupId);
      const isTrusted = entry !== undefined && this.#book.isOf(entry, trusted);
      // If the session is forgotten, any other will do. If its key was not trusted, none.
      const target = entry === undefined ? current : isTrusted ? entry : undefined;
      if (target !== undefined) await this.#sender.send(target, { kind: 'receipt', ids });
    }
  }

  /** Requests what could not be read, in a session that the peer can read. */
  async #askAgain(entry: SessionEntry): Promise<void> {
    const hashes = this.#recovery.takeQuestions();
    if (hashes.length > 0) await this.#sender.send(entry, { kind: 'resend', hashes });
  }

  /** Texts were not confirmed in time: the session is not reliable. */
  async #receiptOverdue(): Promise<void> {
    this.#book.bury(() => true);
    this.outbox.sendAgain(() => true);
    if (this.trust.isBlocked) this.outbox.hold();
    else if (this.outbox.waiting().length > 0) this.#ask('no-receipt');
  }

  /** Marks sessions as useless to the peer. The texts encrypted in them wait again. */
  #bury(isLost: (entry: SessionEntry) => boolean): boolean {
    const lost = this.#book.bury(isLost);
    this.outbox.sendAgain(({ groupId }) => lost.has(groupId));
    return lost.size > 0;
  }

  async #current(): Promise<SessionEntry | undefined> {
    return this.#book.current(await this.trust.usableKeys());
  }

  /** If a pin exists and cannot be read, the answer must not be trusted. */
  async #pinIsReadable(): Promise<boolean> {
    try {
      await this.trust.pin();
      return true;
    } catch (cause) {
      this.#requests.emit({ type: 'fault', cause });
      const detail = 'the remembered key of this person cannot be read';
      this.#cannotEncrypt({ reason: 'key-refused', detail });
      return false;
    }
  }

  #tellRenewed(reason: RenewalReason): void {
    this.#requests.emit({ type: 'session-renewed', user: this.user, reason });
  }

  #tellUnreadable(reason: string): void {
    this.#requests.emit({ type: 'unreadable', from: this.user, reason });
  }
}
