// The private conversation with one person [7.5]: its texts on the way out, its sessions, and what is done
// when something does not arrive. Works on whole steps; all of them run one after the other (Desk.run), so
// that nothing here needs to fear another step in the middle of its own.
//
// Invariants: nothing leaves unsealed; nothing is sealed for a key that is not the usable one of `trust`;
// every text either gets its receipt or is told as not delivered. It must not know lines or other people.
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { readKeyPackage } from '../../e2ee/key-package.ts';
import { open, seal, type PairSession } from '../../e2ee/pair-session.ts';
import { startSession } from '../../e2ee/start-session.ts';
import { sealHashOf, type Desk } from './desk.ts';
import type { CannotEncryptReason, NotDeliveredReason } from './events.ts';
import { decodeFrame, encodeFrame, type Frame, type FrameBody } from './frame.ts';
import { HeldLines, type HeldLine } from './held-lines.ts';
import { KeyRequest, type HandshakeReason } from './key-request.ts';
import * as limits from './limits.ts';
import { Outbox, type OutgoingText } from './outbox.ts';
import { PeerLogins } from './peer-logins.ts';
import { Receipts } from './receipts.ts';
import { Recovery } from './recovery.ts';
import { SentSeals } from './sent-seals.ts';
import { SessionBook, type SessionEntry } from './session-book.ts';
import { Trust } from './trust.ts';

export class Conversation {
  readonly user: string;
  readonly trust: Trust;
  readonly outbox = new Outbox();
  /** "No such user!" came while this person was among several whom it could be about. */
  maybeMissing = false;
  readonly #desk: Desk;
  readonly #book = new SessionBook();
  readonly #seals = new SentSeals();
  readonly #logins = new PeerLogins();
  readonly #keyRequest: KeyRequest;
  readonly #receipts: Receipts;
  readonly #held: HeldLines;
  readonly #recovery: Recovery;
  #cancelOverdue: (() => void) | undefined;
  #rotateNotBeforeMs = 0;

  constructor(desk: Desk, user: string) {
    this.#desk = desk;
    this.user = user;
    this.trust = new Trust(user, desk.pins, (event) => desk.tell(event));
    this.#keyRequest = new KeyRequest(desk, user, (why) => this.#keyNotGiven(why));
    this.#receipts = new Receipts(desk, () => this.#giveReceipts());
    this.#held = new HeldLines(desk, (line) => this.unreadable(line.bytes));
    this.#recovery = new Recovery(desk, () => this.#tellUnreadable('it could not be got again'));
  }

  /** Nothing is going on: forgetting this conversation loses nothing but the session. */
  get isIdle(): boolean {
    const quiet = this.outbox.size === 0 && this.#receipts.isEmpty && this.#held.isEmpty;
    return quiet && !this.#keyRequest.isOpen && !this.#recovery.isOpen;
  }

  /** Sends what waits: in the session there is, or asks for the key to make one. */
  async pump(): Promise<void> {
    const waiting = this.outbox.waiting();
    if (waiting.length === 0 && !this.#recovery.hasQuestions) return;
    if (this.trust.isBlocked) this.#tellHeld();
    if (this.trust.isBlocked || this.#keyRequest.isUrgent) return;
    const entry = await this.#current();
    if (entry === undefined) {
      this.#ask(waiting.length > 0 ? 'first' : 'unreadable');
      return;
    }
    await this.#askAgain(entry);
    for (const text of waiting) await this.#sendText(entry, text);
    this.#rotateWhenDue(entry);
  }

  /** The answer to our key request came. */
  async keyArrived(token: string, timestamp: string): Promise<void> {
    const why = this.#keyRequest.close(timestamp);
    if (why === undefined) return;
    const nowMs = this.#desk.now();
    const bytes = decodeBase64url(token);
    if (bytes === undefined) {
      this.#cannotEncrypt('no-key-package', 'the key is of another kind of client');
      return;
    }
    const read = await readKeyPackage(this.#desk.suite, bytes, this.user, nowMs);
    if (!read.ok) {
      const foreign = read.error.code === 'malformed' || read.error.code === 'wrong-kind';
      this.#cannotEncrypt(foreign ? 'no-key-package' : 'key-refused', read.error.reason);
      return;
    }
    const standing = await this.trust.judge(read.value.peerKey);
    if (this.trust.isBlocked) {
      this.#tellHeld();
      return;
    }
    if (standing === 'changed') {
      this.#cannotEncrypt('key-refused', 'it is the key that was not trusted');
      return;
    }
    const isNeeded = this.outbox.waiting().length > 0 || this.#recovery.hasQuestions;
    if (!isNeeded && why !== 'rotation') return;
    const { suite, device, me } = this.#desk;
    const started = await startSession(suite, device, me, read.value, nowMs);
    if (!started.ok) {
      this.#cannotEncrypt('key-refused', started.error.reason);
      return;
    }
    const entry = this.#addSession(started.value.session, encodeBase64url(started.value.welcome));
    if (why !== 'first' && why !== 'rotation') {
      this.#desk.tell({ type: 'session-renewed', user: this.user, reason: why });
    }
    // The Welcome must reach the peer while its key package lives, so something always goes with it.
    if (isNeeded) await this.pump();
    else await this.#send(entry, { kind: 'receipt', ids: [] });
  }

  /** The peer made a session with us. Its key is judged here; the messages in it come through `receive`. */
  async joined(session: PairSession): Promise<void> {
    await this.trust.judge(session.peerKey);
    this.#addSession(session, undefined);
    if (this.trust.isBlocked) this.#tellHeld();
  }

  /** After the first message of a joined session: what waited for it, in both directions. */
  async settle(groupId: string): Promise<void> {
    for (const line of this.#held.take(groupId)) await this.receive(line);
    if ((await this.#current()) !== undefined) this.#keyRequest.close();
    await this.pump();
  }

  /** A message of one of our sessions. Repeats and reflections are dropped without a word. */
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
    await this.#take(entry, frame);
    await this.pump();
  }

  /** A message of a session that is not known: waits a moment for its Welcome. */
  async hold(line: HeldLine): Promise<void> {
    if (!this.#held.hold(line)) await this.unreadable(line.bytes);
  }

  /** A message that cannot be read: asks for what was in it. */
  async unreadable(bytes: Uint8Array): Promise<void> {
    const hash = await sealHashOf(this.#desk.suite, bytes);
    if (!this.#recovery.note(hash)) return;
    const blocked = this.trust.isBlocked || !this.#desk.mayRecover();
    if (blocked) {
      this.#recovery.giveUp();
      return;
    }
    const entry = await this.#current();
    // In a session whose Welcome may be lost, too, a question would be one more unreadable line.
    if (entry !== undefined && entry.welcome === undefined) await this.#askAgain(entry);
    else this.#ask('unreadable');
  }

  /** The server says that this person is not there: their sessions ended with their login. */
  missing(): void {
    this.#keyRequest.close();
    this.#recovery.giveUp();
    for (const entry of this.#book.all()) entry.dead = true;
    this.#giveUp(this.outbox.clear(), 'no-such-user');
  }

  /** The person in front accepted a key, or keeps to the pinned one: what was held goes on. */
  async decided(): Promise<void> {
    await this.#giveReceipts();
    await this.pump();
  }

  /** The login ends, and with a last word: or the other side would hold what was shown for not delivered. */
  async finish(): Promise<void> {
    await this.#giveReceipts();
    this.close();
  }

  /** The login ends, or this conversation is forgotten. */
  close(): void {
    this.#keyRequest.close();
    this.#receipts.stop();
    this.#held.stop();
    this.#recovery.stop();
    this.#cancelOverdue?.();
    for (const { session } of this.#book.all()) this.#desk.assignGroup(session.groupId, undefined);
    this.#giveUp(this.outbox.clear(), 'logged-out');
  }

  // ---- what the peer says -----------------------------------------------------------------------------

  async #take(entry: SessionEntry, frame: Frame): Promise<void> {
    const standing = await this.trust.judge(entry.session.peerKey);
    const { body } = frame;
    if (standing !== 'changed') this.#confirm(entry, frame);
    if (body.kind === 'text') {
      // Under a changed key it is shown, marked; its receipt waits for the decision (#giveReceipts).
      if (this.#desk.shown.add(this.user, body.id)) {
        const { id, text } = body;
        this.#desk.tell({ type: 'text', from: this.user, id, text, key: standing });
      }
      await this.#receipts.add(entry.session.groupId, body.id);
      return;
    }
    if (standing === 'changed') return;
    if (body.kind === 'resend') {
      await this.#sendAgain(entry, body.hashes);
      return;
    }
    for (const id of body.ids) {
      const text = this.outbox.deliver(id);
      if (text !== undefined) this.#desk.tell({ type: 'delivered', to: this.user, id });
    }
    this.#watchReceipts();
  }

  /** The peer can read and write this session. */
  #confirm(entry: SessionEntry, frame: Frame): void {
    entry.welcome = undefined;
    entry.generation = frame.generation;
    this.#book.reorder();
    const login = this.#logins.seen(frame.incarnation);
    entry.dead = login === 'past';
    entry.peerIncarnation = frame.incarnation;
    this.#recovery.settle();
    if (login !== 'next') return;
    this.#bury((other) => other.peerIncarnation !== undefined && other !== entry);
    this.#desk.tell({ type: 'session-renewed', user: this.user, reason: 'peer-restarted' });
  }

  /** The peer could not read messages of ours: those of other sessions are lost to them with the session. */
  async #sendAgain(entry: SessionEntry, hashes: readonly string[]): Promise<void> {
    const lost = new Set(hashes.map((hash) => this.#seals.sessionOf(hash)));
    lost.delete(entry.session.groupId);
    const buried = this.#bury(({ session }) => lost.has(session.groupId));
    for (const text of this.outbox.sent()) if (hashes.includes(text.sealHash)) this.#requeue(text);
    if (buried) {
      this.#desk.tell({ type: 'session-renewed', user: this.user, reason: 'unreadable' });
    }
    // They can read this session, so nothing needs to wait for another one. An answer comes in any case.
    this.#keyRequest.close();
    if (this.outbox.waiting().length === 0) await this.#send(entry, { kind: 'receipt', ids: [] });
  }

  // ---- what goes out ----------------------------------------------------------------------------------

  async #sendText(entry: SessionEntry, text: OutgoingText): Promise<void> {
    const { id } = text;
    text.sealHash = await this.#send(entry, { kind: 'text', id, text: text.text });
    text.state = 'sent';
    text.sends += 1;
    text.sentAtMs = this.#desk.now();
    text.sealedIn = entry.session.groupId;
    entry.ownTexts += 1;
    if (text.sends === 1) this.#desk.tell({ type: 'sent', to: this.user, id });
    this.#watchReceipts();
  }

  /** Seals and sends one frame; the result stands for it in a resend frame. */
  async #send(entry: SessionEntry, body: FrameBody): Promise<string> {
    const { incarnation, suite, wire } = this.#desk;
    const frame = encodeFrame({ incarnation, generation: entry.generation, body });
    const sealed = await seal(entry.session, frame);
    frame.fill(0);
    entry.session = sealed.session;
    const hash = await sealHashOf(suite, sealed.bytes);
    this.#seals.add(hash, entry.session.groupId);
    const token = encodeBase64url(sealed.bytes);
    this.#desk.lineTo(this.user);
    wire.privateMessage(
      this.user,
      entry.welcome === undefined ? token : `${token} ${entry.welcome}`,
    );
    return hash;
  }

  async #giveReceipts(): Promise<void> {
    // Nothing is sent to a changed key; what is due stays due until the decision.
    if (this.trust.isBlocked) return;
    const current = await this.#current();
    for (const [groupId, ids] of this.#receipts.take()) {
      const entry = this.#book.get(groupId);
      const trusted = entry !== undefined && (await this.#isTrusted(entry));
      // A session that is forgotten by now: any other will do. One of a key that was not trusted: none.
      const target = entry === undefined ? current : trusted ? entry : undefined;
      if (target !== undefined && ids.length > 0)
        await this.#send(target, { kind: 'receipt', ids });
    }
  }

  /** Asks for what could not be read, in a session that the peer can read. */
  async #askAgain(entry: SessionEntry): Promise<void> {
    const hashes = this.#recovery.takeQuestions();
    if (hashes.length > 0) await this.#send(entry, { kind: 'resend', hashes });
  }

  // ---- when no receipt comes --------------------------------------------------------------------------

  #watchReceipts(): void {
    this.#cancelOverdue?.();
    this.#cancelOverdue = undefined;
    const oldest = Math.min(...this.outbox.sent().map(({ sentAtMs }) => sentAtMs));
    if (oldest === Infinity) return;
    const wait = Math.max(0, oldest + limits.receiptTimeoutMs - this.#desk.now());
    this.#cancelOverdue = this.#desk.timers.after(wait, () => {
      this.#desk.run(() => this.#receiptOverdue());
    });
  }

  async #receiptOverdue(): Promise<void> {
    const latest = this.#desk.now() - limits.receiptTimeoutMs;
    if (this.outbox.sent().some(({ sentAtMs }) => sentAtMs <= latest)) {
      this.#bury(() => true);
      if (this.trust.isBlocked) this.#tellHeld();
      else if (this.outbox.waiting().length > 0) this.#ask('no-receipt');
    }
    this.#watchReceipts();
  }

  /** Marks sessions as of no use to the peer; what was sealed in them waits again. */
  #bury(isLost: (entry: SessionEntry) => boolean): boolean {
    const lost = this.#book.all().filter((entry) => !entry.dead && isLost(entry));
    for (const entry of lost) entry.dead = true;
    const groups = new Set(lost.map(({ session }) => session.groupId));
    for (const text of this.outbox.sent()) if (groups.has(text.sealedIn)) this.#requeue(text);
    return lost.length > 0;
  }

  #requeue(text: OutgoingText): void {
    text.state = 'waiting';
    if (text.sends < limits.maxSends) return;
    this.outbox.remove(text);
    this.#giveUp([text], 'no-receipt');
  }

  // ---- sessions ---------------------------------------------------------------------------------------

  async #current(): Promise<SessionEntry | undefined> {
    const key = await this.trust.usableKey();
    return key === undefined ? undefined : this.#book.current(key);
  }

  async #isTrusted(entry: SessionEntry): Promise<boolean> {
    return (await this.trust.judge(entry.session.peerKey)) !== 'changed';
  }

  #addSession(session: PairSession, welcome: string | undefined): SessionEntry {
    const entry: SessionEntry = {
      session,
      generation: welcome === undefined ? 0 : this.#book.nextGeneration(),
      welcome,
      dead: false,
      peerIncarnation: undefined,
      ownTexts: 0,
      madeAtMs: this.#desk.now(),
    };
    for (const forgotten of this.#book.add(entry)) {
      this.#desk.assignGroup(forgotten.session.groupId, undefined);
    }
    this.#desk.assignGroup(session.groupId, this.user);
    return entry;
  }

  #rotateWhenDue(entry: SessionEntry): void {
    const nowMs = this.#desk.now();
    const isDue =
      entry.ownTexts >= limits.rotateAfterTexts || nowMs - entry.madeAtMs >= limits.rotateAfterMs;
    if (!isDue || entry.welcome !== undefined || nowMs < this.#rotateNotBeforeMs) return;
    this.#rotateNotBeforeMs = nowMs + limits.rotateRetryMs;
    this.#keyRequest.open('rotation');
  }

  #ask(why: HandshakeReason): void {
    if (this.#keyRequest.open(why)) return;
    this.#giveUp(this.#takeWaiting(), 'too-many-handshakes');
    this.#recovery.giveUp();
  }

  /** No answer to our key request. */
  async #keyNotGiven(why: HandshakeReason): Promise<void> {
    if ((await this.#current()) !== undefined) {
      await this.pump();
      return;
    }
    if (this.maybeMissing) this.#giveUp(this.#takeWaiting(), 'no-such-user');
    else if (why === 'no-receipt') this.#giveUp(this.#takeWaiting(), 'no-receipt');
    else this.#cannotEncrypt('no-answer', 'no key came within five seconds');
    this.#recovery.giveUp();
  }

  // ---- what the person is told ------------------------------------------------------------------------

  #cannotEncrypt(reason: CannotEncryptReason, detail: string): void {
    const waiting = this.#takeWaiting();
    if (waiting.length > 0) {
      this.#desk.tell({ type: 'cannot-encrypt', to: this.user, reason, detail });
    }
    this.#giveUp(waiting, 'cannot-encrypt');
    this.#recovery.giveUp();
  }

  #takeWaiting(): OutgoingText[] {
    const waiting = this.outbox.waiting();
    for (const text of waiting) this.outbox.remove(text);
    return waiting;
  }

  #giveUp(texts: readonly OutgoingText[], reason: NotDeliveredReason): void {
    for (const { id, text } of texts) {
      this.#desk.tell({ type: 'not-delivered', to: this.user, id, text, reason });
    }
    this.#watchReceipts();
  }

  #tellHeld(): void {
    for (const text of this.outbox.waiting()) {
      if (!text.isHeld) this.#desk.tell({ type: 'held', to: this.user, id: text.id });
      text.isHeld = true;
    }
  }

  #tellUnreadable(reason: string): void {
    this.#desk.tell({ type: 'unreadable', from: this.user, reason });
  }
}
