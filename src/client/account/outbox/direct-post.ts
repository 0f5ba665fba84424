// Private texts on their way from the outbox to the wire: encrypted in a session with the person, with a key requested
// if there is none, and passed to the live conversation if the name turns out to be a guest's. Encrypted bytes are on
// the disk before they are sent. Each person has their own order, and waits for nobody else.

import type { Username } from '../../../wire/text.ts';
import { frameOf, type DirectEngine, type SealOutcome } from '../../encryption/stored/engine.ts';
import { isAboutFile, isAmendment, isKeptFile, isMessage, isSilent } from '../../content.ts';
import type { OwnContent, PrivateEvent } from '../../client-event.ts';
import type { NoteNews } from '../../files/notes/note-news.ts';
import type { WallClock, Timers } from '../../ports.ts';
import type { RequestAnswer, PendingRequests } from '../../pending-requests.ts';
import type { ClientChange, HistoryRecord } from '../../store/store-port.ts';
import type { PrivateRooms } from '../groups/private-rooms.ts';
import type { StoreWriter } from '../store-writer.ts';
import { keyRetryMs, maxSealBatch } from '../limits.ts';
import type { OutboxEntry, Outbox, SendFailure } from './outbox.ts';
import { ownOf } from './own-entries.ts';

/** The longest time between two requests for a key. It grows with each failure. */
const longestKeyRetryMs = 60_000;

export interface DirectPostPorts {
  readonly me: Username;
  readonly engine: Pick<DirectEngine, 'seal' | 'keyArrived' | 'keyUnavailable' | 'retryAt'>;
  readonly outbox: Outbox;
  readonly writer: StoreWriter;
  readonly timers: Timers;
  readonly now: WallClock;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
  /** Whether that name has an account: then nobody else can have it. */
  readonly isAccount: (user: Username) => boolean;
  readonly foundAccount: (user: Username) => void;
  /** The history's message for an own text. */
  readonly messageOf: (entry: OutboxEntry) => HistoryRecord;
  /** The rooms of private conversations; undefined where they are not for this connection. */
  readonly rooms: Pick<PrivateRooms, 'isUsed' | 'seal' | 'wanted'> | undefined;
  /** Passes on a text to a person without an account. It has left the outbox. */
  readonly toGuest: (user: Username, own: OwnContent) => void;
  /** The same of a note about a file. */
  readonly noteElsewhere: (user: Username, id: string, note: Uint8Array) => void;
  readonly note: (news: NoteNews) => void;
  readonly refused: (entry: OutboxEntry, failure: SendFailure) => void;
  /** Whether nothing is to be sealed before the person has decided about the server. */
  readonly isServerHeld?: (() => Promise<boolean>) | undefined;
  readonly emit: (event: PrivateEvent) => void;
  /** Something waits for the person now, or went to a live conversation. */
  readonly moved: () => void;
}

interface Addressee {
  /** Until the answer has had its turn: texts with an earlier turn would else ask for a second key, for a needless session. */
  isAsking: boolean;
  /** Failed requests for a key in a row. */
  failures: number;
  cancelRetry: (() => void) | undefined;
  /** The ids of texts of which the person knows that they wait. */
  readonly told: Set<string>;
  /** Whether a changed key waits for the person's decision. */
  isHeld: boolean;
}

const notForGuests = 'only what is said among accounts can be changed, and this is a guest';

export class DirectPost {
  readonly #ports: DirectPostPorts;
  readonly #addressees = new Map<Username, Addressee>();
  #requests: PendingRequests | undefined;
  #handing = 0;

  constructor(ports: DirectPostPorts) {
    this.#ports = ports;
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
  }

  logout(): void {
    this.#requests = undefined;
    for (const { cancelRetry } of this.#addressees.values()) cancelRetry?.();
    this.#addressees.clear();
  }

  /** Texts that have left the outbox, and are not in the live conversation yet. */
  get handing(): number {
    return this.#handing;
  }

  /** Whether texts for `user` wait for the person's decision about a key. */
  isHeld(user: Username): boolean {
    return this.#addressees.get(user)?.isHeld === true;
  }

  /** What is sealed for the room with `user` waits for the person's decision about a key. */
  held(user: Username): void {
    this.#blocked(user, 'key-changed', '');
  }

  /** Call when something for `user` may be ready to be encrypted: for the room of the two, or in their session. */
  post(user: Username): void {
    // What the own devices say to each other goes by their room alone: no key that a server gives for the own name counts.
    if (user === this.#ports.me) return;
    this.#ports.work(() => this.#sealFor(user));
  }

  async #sealFor(user: Username): Promise<void> {
    const { engine, outbox, rooms, writer } = this.#ports;
    const drafts = outbox.book.draftsFor(user);
    if (drafts.length > 0 && (await this.#ports.isServerHeld?.()) === true) {
      this.#addressee(user).isHeld = true;
      this.#ports.moved();
      return;
    }
    if (drafts.length > 0) {
      this.#addressee(user).isHeld = false;
      if (rooms !== undefined && (await rooms.isUsed(user))) {
        await rooms.seal(user);
        return;
      }
    }
    const sealed: OutboxEntry[] = [];
    const elsewhere: OutboxEntry[] = [];
    const changes: ClientChange[] = [];
    let isStopped = false;
    for (const entry of drafts.slice(0, maxSealBatch)) {
      const frame = frameOf(entry.record);
      const outcome: SealOutcome =
        frame === undefined
          ? { kind: 'too-long' }
          : await engine.seal(user, frame, entry.record.onlyFor);
      if (outcome.kind === 'sealed') {
        changes.push(...outcome.changes, ...outbox.seal(entry, outcome.sealed));
        if (isMessage(entry.record.content)) {
          changes.push({ type: 'message', message: this.#ports.messageOf(entry) });
        }
        sealed.push(entry);
        if (outcome.wantsKey) this.#ask(user);
      } else if (outcome.kind === 'not-known-there' && isAmendment(entry.record.content)) {
        this.#refuse(entry, 'no-such-account', notForGuests);
      } else if (outcome.kind === 'not-known-there') {
        changes.push(outbox.settle(entry));
        elsewhere.push(entry);
      } else if (outcome.kind === 'too-long') {
        this.#refuse(entry, 'malformed', 'that text cannot be encrypted');
      } else if (outcome.kind === 'other-device') {
        const text = `it was said to an earlier key of ${user} and is not sent again`;
        this.#refuse(entry, 'device-changed', text);
      } else {
        isStopped = true;
        if (outcome.kind === 'needs-key') this.#ask(user);
        else this.#blocked(user, outcome.why, outcome.detail);
        break;
      }
    }
    if (changes.length > 0) await writer.write(changes);
    outbox.written(sealed);
    if (sealed.length > 0) rooms?.wanted(user);
    for (const entry of elsewhere) this.#passOn(user, entry);
    if (!isStopped && drafts.length > maxSealBatch) this.post(user);
  }

  #ask(user: Username): void {
    const addressee = this.#addressee(user);
    const requests = this.#requests;
    if (addressee.isAsking || addressee.cancelRetry !== undefined || requests === undefined) return;
    addressee.isAsking = true;
    requests.ask('TAKE_KEY', { user }, (answer) => {
      this.#ports.work(() => {
        addressee.isAsking = false;
        return this.#answered(user, answer);
      });
    });
  }

  async #answered(user: Username, answer: RequestAnswer<'TAKE_KEY'>): Promise<void> {
    const { engine, writer } = this.#ports;
    if (!answer.ok) {
      await this.#noKey(user, answer.error);
      return;
    }
    this.#ports.foundAccount(user);
    this.#addressee(user).failures = 0;
    const arrived = await engine.keyArrived(user, answer.value.package, answer.value.device);
    if (arrived.kind === 'blocked') {
      this.#blocked(user, arrived.why, arrived.detail);
      return;
    }
    await writer.write(arrived.changes);
    await this.#sealFor(user);
  }

  async #noKey(
    user: Username,
    failure: Extract<RequestAnswer<'TAKE_KEY'>, { ok: false }>['error'],
  ): Promise<void> {
    const { engine, outbox, isAccount } = this.#ports;
    switch (failure.code) {
      case 'gone':
        return;
      case 'no-such-account':
        if (!isAccount(user)) {
          await this.#handOver(user);
          return;
        }
        // Another person could take the name now, and must not get what was meant for its holder.
        for (const entry of outbox.book.draftsFor(user)) this.#ports.refused(entry, failure);
        return;
      default:
        if (failure.code === 'no-key') this.#ports.foundAccount(user);
        if (outbox.book.draftsFor(user).length === 0) engine.keyUnavailable(user);
        else this.#retryLater(user, failure.retryMs);
    }
  }

  /** Nobody has registered that name: if somebody uses it now, it is a guest. */
  async #handOver(user: Username): Promise<void> {
    const { outbox, writer } = this.#ports;
    const all = outbox.book.draftsFor(user);
    const drafts = all.filter(({ record }) => !isAmendment(record.content));
    for (const entry of all) {
      if (isAmendment(entry.record.content)) this.#refuse(entry, 'no-such-account', notForGuests);
    }
    // Between the two they still count as on their way.
    this.#handing += drafts.length;
    const changes = drafts.map((entry) => outbox.settle(entry));
    await writer.write(changes);
    for (const entry of drafts) this.#passOn(user, entry);
    this.#handing -= drafts.length;
    this.#ports.moved();
  }

  /** It has left the outbox. That a file is offered is of no use without the stored engine. */
  #passOn(user: Username, entry: OutboxEntry): void {
    const { localId, content } = entry.record;
    if (content.kind === 'file-note') this.#ports.noteElsewhere(user, localId, content.note);
    if (isKeptFile(content)) {
      const reason = 'cannot-encrypt';
      this.#ports.note({ type: 'own-note', id: localId, fate: 'not-delivered', reason });
    }
    const isOther = content.kind === 'group-step' || isAboutFile(content);
    const own = isOther ? undefined : ownOf(entry);
    if (own !== undefined) this.#ports.toGuest(user, own);
  }

  #retryLater(user: Username, retryMs = 0): void {
    const addressee = this.#addressee(user);
    const ms = Math.min(longestKeyRetryMs, (keyRetryMs / 10) * 2 ** addressee.failures);
    addressee.failures += 1;
    this.#after(addressee, user, Math.max(retryMs, ms));
  }

  #blocked(
    user: Username,
    why: Extract<SealOutcome, { kind: 'blocked' }>['why'],
    detail: string,
  ): void {
    const { engine, now, outbox, emit, note } = this.#ports;
    const addressee = this.#addressee(user);
    const untold = outbox.book
      .draftsFor(user)
      .filter(({ record }) => !addressee.told.has(record.localId));
    const waiting = untold.filter(({ record }) => !isSilent(record.content));
    for (const { record } of untold) {
      const { localId: id, content } = record;
      addressee.told.add(id);
      if (why !== 'key-changed') continue;
      const isOfTransfer = content.kind === 'file-note' || isKeptFile(content);
      if (isOfTransfer) note({ type: 'own-note', id, fate: 'held' });
      else if (!isSilent(content) && !isAboutFile(content)) emit({ type: 'held', to: user, id });
    }
    if (why === 'key-changed') {
      addressee.isHeld = true;
      this.#ports.moved();
      return;
    }
    if (waiting.length > 0) {
      emit({ type: 'cannot-encrypt', to: user, reason: 'key-refused', detail });
    }
    const at = engine.retryAt(user);
    this.#after(addressee, user, Math.max(keyRetryMs, (at ?? 0) - now()));
  }

  #after(addressee: Addressee, user: Username, ms: number): void {
    addressee.cancelRetry?.();
    addressee.cancelRetry = this.#ports.timers.after(ms, () => {
      addressee.cancelRetry = undefined;
      this.post(user);
    });
  }

  #refuse(entry: OutboxEntry, code: SendFailure['code'], text: string): void {
    this.#ports.refused(entry, {
      code,
      text,
      expected: undefined,
      retryMs: undefined,
    });
  }

  #addressee(user: Username): Addressee {
    const known = this.#addressees.get(user);
    if (known !== undefined) return known;
    const made = {
      isAsking: false,
      failures: 0,
      cancelRetry: undefined,
      told: new Set<string>(),
      isHeld: false,
    };
    this.#addressees.set(user, made);
    return made;
  }
}
