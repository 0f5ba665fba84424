// Private messages between accounts: which session encrypts what, which messages arrived and could be decrypted, and
// which records change by it. The log of a conversation is ordered, complete and without repeats, so there are no
// receipts, no timers and no outbox here: records in, an answer and changes out.
//
// Three rules for callers. ONE CALL AT A TIME: two at once would use one key twice (it throws). Changes hold in memory
// at once, and must be STORED, TOGETHER WITH WHAT THEY BELONG TO, BEFORE anything of it is sent or shown; several calls
// may share one write. When a write fails, `reload` the stored state before anything else, and repeat those calls:
// nothing has been sent.
//
// Nothing that the server or a peer sends makes it throw, and nothing is ever encrypted for a key that is not the
// pinned one. It must not know lines, logs or the history.
import type { Ability } from '../../../e2ee/client-config.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';
import { invariant } from '../../../lib/invariant.ts';
import { ok, type Result } from '../../../lib/result.ts';
import {
  decodePendingKeyPackage,
  encodePendingKeyPackage,
} from '../../../e2ee/key-package-record.ts';
import { createKeyPackage, says } from '../../../e2ee/key-package.ts';
import { refuse, type Refusal } from '../../../e2ee/refusal.ts';
import type { KeyStanding } from '../trust/key-events.ts';
import { markCompared, numberOf, type SafetyNumber } from '../trust/key-checks.ts';
import type { KeyDecision, Trust } from '../trust/trust.ts';
import type { ClientChange, SealedRecord } from '../../store/store-port.ts';
import type { MessageFrame } from '../message-frame.ts';
import { Keyring, type DirectPorts, type DirectRecords } from './keyring.ts';
import { askFor, type OutboxDraft } from './outgoing.ts';
import { isSealedForThis, openFrom, saidInRoom, type OpenOutcome } from './reader.ts';
import {
  deviceChanged,
  keyArrived,
  isPeerAble,
  keyUnavailable,
  sealFor,
  stored,
  type KeyOutcome,
  type SealOutcome,
} from './writer.ts';

export type { MessageFrame } from '../message-frame.ts';
export type { DirectPorts, DirectRecords } from './keyring.ts';
export { askBurst, maxDirectTextBytes } from './limits.ts';
export { frameOf, newMessageId, sayAgain, type OutboxDraft } from './outgoing.ts';
export type { OpenOutcome } from './reader.ts';
export type { KeyOutcome, SealOutcome } from './writer.ts';

/** Own key packages for the server, in base64url. Send them after `changes` are stored. */
export interface MadePackages {
  readonly packages: readonly string[];
  readonly lastResort: string | undefined;
  readonly changes: readonly ClientChange[];
}

export class DirectEngine {
  readonly #keyring: Keyring;
  #isBusy = false;

  /** `records` are those that a client starts with. */
  constructor(ports: DirectPorts, records: DirectRecords) {
    this.#keyring = new Keyring(ports, records);
  }

  /** Continues from the stored state, after changes could not be stored. */
  reload(records: DirectRecords): void {
    this.#atOnce(() => this.#keyring.reload(records));
  }

  /**
   * The stored state is a restored older copy: the server knows messages of ours that it does not have. Its keys may
   * have been used since, so nothing more is encrypted in the existing sessions, and new ones are made. The old ones
   * stay for reading, because messages may wait at the server. Must be called before anything is encrypted.
   */
  restoredFromCopy(): ClientChange[] {
    const { sessions, packages } = this.#keyring;
    return this.#atOnce(() => [...sessions.spend(), ...packages.unstock()]);
  }

  // ---- own key packages ---------------------------------------------------------------------------------

  /** Whether a last resort should be left at the server: there is none, or it has been used for long. */
  needsLastResort(): boolean {
    return this.#keyring.packages.needsLastResort(this.#keyring.now);
  }

  /**
   * Whether the packages at the server may be those of an earlier version, which say less than this one can. The latest
   * of them tells.
   */
  isStockOutdated(): Promise<boolean> {
    return this.#alone(async () => {
      const { able, ports, packages } = this.#keyring;
      const newest = packages.newest;
      const made =
        newest && (await decodePendingKeyPackage(ports.suite, ports.device, newest.keyPackage));
      return made?.ok === true && !able.every((ability) => says(made.value, ability));
    });
  }

  /**
   * `count` new packages and, if requested, the last resort: an earlier one that did not reach the server, or a new
   * one. About 3 ms of CPU each.
   */
  makePackages(count: number, withLastResort: boolean): Promise<MadePackages> {
    return this.#alone(async () => {
      const changes: ClientChange[] = [];
      const packages: string[] = [];
      for (let made = 0; made < count; made++)
        packages.push(await this.#makePackage(false, changes));
      const lastResort = withLastResort ? await this.#lastResort(changes) : undefined;
      return { packages, lastResort, changes };
    });
  }

  /** The server has the last resort of `makePackages`. */
  lastResortStocked(): ClientChange[] {
    return this.#atOnce(() => this.#keyring.packages.stocked());
  }

  /**
   * Forgets keys that nobody can use any more. Only when all conversations are read up to their ends: until then a
   * message that needs them may wait at the server. Once a day is enough.
   */
  tidy(): ClientChange[] {
    return this.#atOnce(() => {
      const { packages, sessions, now } = this.#keyring;
      return [...packages.tidy(now), ...sessions.tidy(now)];
    });
  }

  // ---- writing ------------------------------------------------------------------------------------------

  /**
   * Encrypts `frame` for `peer`; where `onlyFor` names a device, for no other. The result is sent unchanged, as often as
   * needed, until the server has stored it.
   */
  seal(peer: string, frame: MessageFrame, onlyFor?: string): Promise<SealOutcome> {
    return this.#alone(() => sealFor(this.#keyring, peer, frame, onlyFor));
  }

  /** A key package of `peer` came from the server, with the device that it is for; both base64url. */
  keyArrived(peer: string, token: string, device: string): Promise<KeyOutcome> {
    return this.#alone(() => keyArrived(this.#keyring, peer, token, device));
  }

  /** The server has no key of `peer`, or gives none now. */
  keyUnavailable(peer: string): void {
    this.#atOnce(() => keyUnavailable(this.#keyring, peer));
  }

  /** When a key of `peer` should be requested again, in milliseconds since 1970. Undefined: now. */
  retryAt(peer: string): number | undefined {
    return this.#keyring.person(peer).retryAt(this.#keyring.now);
  }

  /**
   * The server has stored `sealed` for `peer` as the message `number`. Undefined if it does not store private messages,
   * and has only delivered it. May be called in any order, and repeatedly. If the server had it before and does not say
   * the number, call this for the own message in the log instead.
   */
  stored(peer: string, sealed: SealedRecord, number: number | undefined): ClientChange[] {
    return this.#atOnce(() => stored(this.#keyring, peer, sealed, number));
  }

  /**
   * The server refused `sealed`: `peer` has another device now. It must be encrypted again, with a key of that device.
   */
  deviceChanged(peer: string, sealed: SealedRecord): Promise<void> {
    return this.#alone(() => deviceChanged(this.#keyring, peer, sealed));
  }

  /** Whether the client of `peer` can do that. Undefined without a session. */
  isPeerAble(peer: string, ability: Ability): Promise<boolean | undefined> {
    return this.#alone(() => isPeerAble(this.#keyring, peer, ability));
  }

  /** The log with `peer` is a new one (`last` 0), or the server was restored to its message `last`. */
  logRestarted(peer: string, last: number): ClientChange[] {
    return this.#atOnce(() => this.#keyring.sessions.restarted(peer, last));
  }

  // ---- reading ------------------------------------------------------------------------------------------

  /**
   * Decrypts the message `number` of the log with `peer`, who wrote it. Call in the log's order, once for each. Without
   * a number if the server does not store private messages.
   */
  open(
    peer: string,
    number: number | undefined,
    sealed: string,
    welcome: string | undefined,
  ): Promise<OpenOutcome> {
    return this.#alone(() => openFrom(this.#keyring, peer, number, sealed, welcome));
  }

  /** Whether a message is for this device, for all that this device knows. */
  isSealedForThis(sealed: string, welcome: string | undefined): Promise<boolean> {
    return this.#alone(async () => isSealedForThis(this.#keyring, sealed, welcome));
  }

  /** The same of a frame of `peer`, by `peerKey`, that was opened in the room of the two. */
  saidInRoom(
    peer: string,
    number: number | undefined,
    frame: MessageFrame,
    peerKey: Uint8Array,
  ): Promise<OpenOutcome> {
    return this.#alone(() => saidInRoom(this.#keyring, peer, number, frame, peerKey));
  }

  /** Whether to request again the message `number` of the log with `peer`, which the server has lost. */
  lost(peer: string, number: number): boolean {
    return this.#atOnce(() => this.#keyring.person(peer).note(number, this.#keyring.now));
  }

  /**
   * The entries for the outbox that request what could not be read since the last call. They must be in the write that
   * stores what was decrypted.
   */
  questions(): (OutboxDraft & { readonly peer: string })[] {
    return this.#atOnce(() =>
      [...this.#keyring.people()].flatMap(([peer, person]) =>
        askFor(this.#keyring.ports.random, person.takeUnread()).map((draft) => ({
          ...draft,
          peer,
        })),
      ),
    );
  }

  // ---- keys of others -----------------------------------------------------------------------------------

  /** The device that `peer` is known by, in base64url; undefined where none is. */
  async knownDevice(peer: string): Promise<string | undefined> {
    try {
      const pin = await this.#trust(peer).pin();
      return pin && encodeBase64url(pin.key);
    } catch {
      // A pin that can't be read names nobody.
      return undefined;
    }
  }

  /** The current state of a key for `user`. */
  async keyStanding(user: string, key: Uint8Array): Promise<KeyStanding> {
    try {
      return await this.#trust(user).standingOf(key);
    } catch {
      // If the pin cannot be read, the key is not trusted.
      return 'changed';
    }
  }

  /** Accepts the changed key of `user`: it replaces the pinned one, and is used from now on. */
  trust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async (trust) => trust.isBlocked && trust.accept(false));
  }

  /** Keeps the pinned key of `user`: nothing is encrypted for any other. */
  distrust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async (trust) => trust.keepPinned());
  }

  /** The number to compare with `user` over another channel: a call, or in person. */
  safetyNumber(user: string): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
    return numberOf(this.#keyring.ports, user, this.#trust(user));
  }

  /** Like `markVerified` of the live messages: `digits` were compared, and a changed key is accepted with it. */
  async markVerified(
    user: string,
    digits: string,
  ): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
    const compared = await markCompared(this.#keyring.ports, user, this.#trust(user), digits);
    if (compared.ok) this.#keyring.person(user).decided();
    return compared;
  }

  /** What this device knows of the key of `user`, for another one of this account; undefined of strangers. */
  async decisionAbout(user: string): Promise<KeyDecision | undefined> {
    try {
      return await this.#trust(user).decision();
    } catch {
      // A pin that can't be read says nothing.
      return undefined;
    }
  }

  /** Another device of this account has decided so. How the key stands by that; undefined where nothing is different. */
  async takeOver(user: string, decision: KeyDecision): Promise<KeyStanding | undefined> {
    try {
      const trust = this.#trust(user);
      if (!(await trust.takeOver(decision))) return undefined;
      this.#keyring.person(user).decided();
      return await trust.standingOf(decision.key);
    } catch {
      // A pin that can't be read is decided about here.
      return undefined;
    }
  }

  async #decide(
    user: string,
    decision: (trust: Trust) => Promise<boolean> | boolean,
  ): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    if (!(await decision(this.#trust(user)))) {
      return refuse('nothing-to-decide', `no changed key of ${user} waits for a decision`);
    }
    this.#keyring.person(user).decided();
    return ok(undefined);
  }

  #trust(user: string): Trust {
    return this.#keyring.person(user).trust;
  }

  async #makePackage(lastResort: boolean, changes: ClientChange[]): Promise<string> {
    const { able, ports, packages, now } = this.#keyring;
    const pending = await createKeyPackage(ports.suite, ports.device, ports.me, now, able);
    const { reference } = pending;
    const keyPackage = encodePendingKeyPackage(pending);
    const kept = { reference, lastResort, madeAt: now, stocked: false, entered: [], keyPackage };
    changes.push(...packages.put(kept));
    return encodeBase64url(pending.bytes);
  }

  async #lastResort(changes: ClientChange[]): Promise<string> {
    const { ports, packages, now } = this.#keyring;
    const made = packages.unstocked(now);
    const pending =
      made && (await decodePendingKeyPackage(ports.suite, ports.device, made.keyPackage));
    return pending?.ok ? encodeBase64url(pending.value.bytes) : this.#makePackage(true, changes);
  }

  async #alone<T>(task: () => Promise<T>): Promise<T> {
    invariant(!this.#isBusy, 'one call at a time: a key would be used twice');
    this.#isBusy = true;
    try {
      return await task();
    } finally {
      this.#isBusy = false;
    }
  }

  #atOnce<T>(task: () => T): T {
    invariant(!this.#isBusy, 'one call at a time: changes would be lost');
    return task();
  }
}
