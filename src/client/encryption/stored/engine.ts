// Private messages between accounts: which session encrypts what, what came and could be decrypted, and which records
// change by it. The log of a conversation is ordered, complete and without repeats, so there are no receipts, no
// timers and no outbox here: records in, an answer and changes out.
//
// Three rules for callers. ONE CALL AT A TIME: two at once would use one key twice (it throws). Changes hold in
// memory at once, and are STORED, WITH WHAT THEY BELONG TO, BEFORE anything of it is sent or shown; several calls may
// share one write. When a write fails, `reload` what is stored before anything else, and repeat those calls: nothing
// has been sent.
//
// Nothing that the server or a peer sends makes it throw, and nothing is ever encrypted for a key that is not the
// pinned one. It must not know lines, logs or the history.
import { encodeBase64url } from '../../../lib/base64url.ts';
import { invariant } from '../../../lib/invariant.ts';
import { ok, type Result } from '../../../lib/result.ts';
import {
  decodePendingKeyPackage,
  encodePendingKeyPackage,
} from '../../../e2ee/key-package-record.ts';
import { createKeyPackage } from '../../../e2ee/key-package.ts';
import { refuse, type Refusal } from '../../../e2ee/refusal.ts';
import type { KeyStanding } from '../trust/key-events.ts';
import { markCompared, numberOf, type SafetyNumber } from '../trust/key-checks.ts';
import type { Trust } from '../trust/trust.ts';
import type { ClientChange, SealedRecord } from '../../store/store-port.ts';
import type { DirectFrame } from './direct-frame.ts';
import { Keyring, type DirectPorts, type DirectRecords } from './keyring.ts';
import { askFor, type OutboxDraft } from './outgoing.ts';
import { openFrom, type OpenOutcome } from './reader.ts';
import {
  deviceChanged,
  keyArrived,
  keyUnavailable,
  sealFor,
  stored,
  type KeyOutcome,
  type SealOutcome,
} from './writer.ts';

export type { DirectFrame } from './direct-frame.ts';
export type { DirectPorts, DirectRecords } from './keyring.ts';
export { askBurst, maxDirectTextBytes } from './limits.ts';
export { frameOf, newMessageId, sayAgain, type OutboxDraft } from './outgoing.ts';
export type { OpenOutcome } from './reader.ts';
export type { KeyOutcome, SealOutcome } from './writer.ts';

/** Own key packages to be left at the server, in base64url, once `changes` are stored. */
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

  /** Goes on from what is stored, after changes could not be. */
  reload(records: DirectRecords): void {
    this.#atOnce(() => this.#keyring.reload(records));
  }

  /**
   * What is stored is an older copy, which somebody has put back: the server knows messages of ours that it does not.
   * Keys in it have been used since, so nothing is sealed any more in the sessions that are there; fresh ones are made.
   * They are kept for reading, for what waits at the server. To be called before anything is sealed.
   */
  restoredFromCopy(): ClientChange[] {
    const { sessions, packages } = this.#keyring;
    return this.#atOnce(() => [...sessions.spend(), ...packages.unstock()]);
  }

  // ---- own key packages ---------------------------------------------------------------------------------

  /** Whether a last resort is to be left at the server: none is there, or it has been in use for long. */
  needsLastResort(): boolean {
    return this.#keyring.packages.needsLastResort(this.#keyring.now);
  }

  /**
   * `count` fresh packages, and the last resort where that is asked for: the one that was made before and did not get
   * to the server, or a new one. About 3 ms of CPU each.
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
   * Forgets keys that nobody can use any more. Only when all conversations are read up to their ends: until then
   * something may wait at the server that needs them. Once a day is enough.
   */
  tidy(): ClientChange[] {
    return this.#atOnce(() => {
      const { packages, sessions, now } = this.#keyring;
      return [...packages.tidy(now), ...sessions.tidy(now)];
    });
  }

  // ---- writing ------------------------------------------------------------------------------------------

  /** Seals `frame` for `peer`. What is sealed is sent as it is, again and again, until the server has stored it. */
  seal(peer: string, frame: DirectFrame): Promise<SealOutcome> {
    return this.#alone(() => sealFor(this.#keyring, peer, frame));
  }

  /** A key package of `peer` came from the server, with the device that it says the package is of; both base64url. */
  keyArrived(peer: string, token: string, device: string): Promise<KeyOutcome> {
    return this.#alone(() => keyArrived(this.#keyring, peer, token, device));
  }

  /** The server has no key of `peer`, or gives none now. */
  keyUnavailable(peer: string): void {
    this.#atOnce(() => keyUnavailable(this.#keyring, peer));
  }

  /** When it makes sense to ask for a key of `peer` again, in milliseconds since 1970; undefined for now. */
  retryAt(peer: string): number | undefined {
    return this.#keyring.person(peer).retryAt(this.#keyring.now);
  }

  /**
   * The server has stored `sealed` for `peer` as the message `number`; undefined where it does not keep private
   * messages, and has passed it on. Any order, any repeat. Where it says that it had it before and not under which
   * number, this is for the own message in the log to tell.
   */
  stored(peer: string, sealed: SealedRecord, number: number | undefined): ClientChange[] {
    return this.#atOnce(() => stored(this.#keyring, peer, sealed, number));
  }

  /** The server refused `sealed`: `peer` has another device now. It must be sealed anew, with a key of that device. */
  deviceChanged(peer: string, sealed: SealedRecord): Promise<void> {
    return this.#alone(() => deviceChanged(this.#keyring, peer, sealed));
  }

  /** The log with `peer` is a new one (`last` 0), or the server has gone back to its message `last`. */
  logRestarted(peer: string, last: number): ClientChange[] {
    return this.#atOnce(() => this.#keyring.sessions.restarted(peer, last));
  }

  // ---- reading ------------------------------------------------------------------------------------------

  /**
   * Opens the message `number` of the log with `peer`, who wrote it. In the log's order, each once. Without a number
   * where the server does not keep private messages.
   */
  open(
    peer: string,
    number: number | undefined,
    sealed: string,
    welcome: string | undefined,
  ): Promise<OpenOutcome> {
    return this.#alone(() => openFrom(this.#keyring, peer, number, sealed, welcome));
  }

  /** Whether the message `number` of the log with `peer`, which the server has lost, is asked for again. */
  lost(peer: string, number: number): boolean {
    return this.#atOnce(() => this.#keyring.person(peer).note(number, this.#keyring.now));
  }

  /**
   * What is to be put into the outbox to ask for what could not be read since the last call: with the same write that
   * keeps what was opened.
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

  /** How a key stands for `user`, at this moment. */
  async keyStanding(user: string, key: Uint8Array): Promise<KeyStanding> {
    try {
      return await this.#trust(user).standingOf(key);
    } catch {
      // A pin that can't be read is no reason to trust.
      return 'changed';
    }
  }

  /** Accepts the changed key of `user`: it is pinned in place of the old one, and written to. */
  trust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async (trust) => trust.isBlocked && trust.accept(false));
  }

  /** Keeps to the pinned key of `user`: nothing is sealed for any other. */
  distrust(user: string): Promise<Result<undefined, Refusal<'nothing-to-decide'>>> {
    return this.#decide(user, async (trust) => trust.keepPinned());
  }

  /** The number to compare with `user` over another way: a call, or in person. */
  safetyNumber(user: string): Promise<Result<SafetyNumber, Refusal<'no-key'>>> {
    return numberOf(this.#keyring.ports, user, this.#trust(user));
  }

  /** As `markVerified` of the live messages: `digits` were compared, and a changed key is accepted with it. */
  async markVerified(
    user: string,
    digits: string,
  ): Promise<Result<undefined, Refusal<'no-key' | 'other-key'>>> {
    const compared = await markCompared(this.#keyring.ports, user, this.#trust(user), digits);
    if (compared.ok) this.#keyring.person(user).decided();
    return compared;
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
    const { ports, packages, now } = this.#keyring;
    const pending = await createKeyPackage(ports.suite, ports.device, ports.me, now);
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
