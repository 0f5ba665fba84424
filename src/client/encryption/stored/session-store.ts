// The stored sessions with everybody, and which of them to write in. Returns its changes, to be stored. It must not
// know keys or texts.
//
// Both sides write in the session whose Welcome is last in the log: both see the same log, so they choose the same one
// without negotiation. A session whose Welcome is not stored yet will come after all that are, so its maker prefers it.
import { equalBytes } from '../../../lib/bytes.ts';
import type { ClientChange, SessionRecord } from '../../store/store-port.ts';
import { doubted, keptSessionOf, recordOf, type KeptSession } from './kept-session.ts';
import { maxPeople, maxSessions, supersededSessionMs } from './limits.ts';

export class SessionStore {
  readonly #byGroup = new Map<string, KeptSession>();
  readonly #byPeer = new Map<string, KeptSession[]>();
  /** Unreadable records: they count as lost, and are deleted later. */
  readonly #damaged: string[] = [];

  constructor(records: readonly SessionRecord[]) {
    for (const record of records) {
      const kept = keptSessionOf(record);
      if (kept === undefined) this.#damaged.push(record.groupId);
      else this.#set(kept);
    }
  }

  get(groupId: string): KeptSession | undefined {
    return this.#byGroup.get(groupId);
  }

  /** The session to write in to `peer`, whose trusted keys are `keys`. */
  current(peer: string, keys: readonly Uint8Array[]): KeptSession | undefined {
    return this.#byPeer
      .get(peer)
      ?.find(
        ({ use, peerKey }) => use === 'writable' && keys.some((key) => equalBytes(peerKey, key)),
      );
  }

  /** The first number of the log for which this device wrote to `key` of `peer`. */
  since(peer: string, key: Uint8Array): number | undefined {
    const numbers = (this.#byPeer.get(peer) ?? [])
      .filter(({ peerKey }) => equalBytes(peerKey, key))
      .flatMap(({ since }) => (since === undefined ? [] : [since]));
    return numbers.length === 0 ? undefined : Math.min(...numbers);
  }

  /** The number of the last Welcome of `peer`'s sessions; 0 if there is none. */
  lastOrder(peer: string): number {
    return Math.max(0, ...(this.#byPeer.get(peer) ?? []).map(({ order }) => order ?? 0));
  }

  /** Adds a session, or replaces the one with its group id. */
  put(kept: KeptSession): ClientChange[] {
    this.#set(kept);
    const changes: ClientChange[] = [{ type: 'session', session: recordOf(kept) }];
    const sessions = this.#byPeer.get(kept.peer) ?? [];
    const last = sessions.findLast(({ groupId }) => groupId !== kept.groupId);
    if (sessions.length > maxSessions && last !== undefined) changes.push(this.remove(last));
    if (this.#byPeer.size > maxPeople) changes.push(...this.#forgetSomebodyBut(kept.peer));
    return changes;
  }

  remove({ groupId, peer }: KeptSession): ClientChange {
    this.#byGroup.delete(groupId);
    const left = (this.#byPeer.get(peer) ?? []).filter((other) => other.groupId !== groupId);
    if (left.length === 0) this.#byPeer.delete(peer);
    else this.#byPeer.set(peer, left);
    return { type: 'session-removed', groupId };
  }

  /**
   * The peer requested messages in the session `asking`: earlier sessions that this device made may be for lost keys.
   */
  doubt(asking: KeptSession): ClientChange[] {
    const doubtful = (this.#byPeer.get(asking.peer) ?? []).filter(
      (kept) => kept.madeBy === 'me' && kept.use === 'writable' && byUse(kept, asking) < 0,
    );
    return doubtful.flatMap((kept) => this.put(doubted(kept)));
  }

  /** A new session is about to be made: own ones that the server has not seen yet are not used for writing any more. */
  supersede(peer: string): ClientChange[] {
    const unseen = (this.#byPeer.get(peer) ?? []).filter(({ order }) => order === undefined);
    return unseen.flatMap((kept) =>
      kept.ownTexts === 0 ? [this.remove(kept)] : this.put(doubted(kept)),
    );
  }

  /**
   * The log with `peer` ends at `last` now, and its numbers continue from there. Own sessions with a later Welcome are
   * doubtful until the peer writes in them: whether the Welcome was read before it was lost is unknown here.
   */
  restarted(peer: string, last: number): ClientChange[] {
    const behind = (this.#byPeer.get(peer) ?? []).filter(
      ({ order = 0, since = 0 }) => order > last || since > last,
    );
    return behind.flatMap((kept) =>
      this.put({
        ...(kept.madeBy === 'me' && (kept.order ?? 0) > last ? doubted(kept) : kept),
        order: kept.order === undefined ? undefined : Math.min(kept.order, last),
        since: kept.since === undefined ? undefined : Math.min(kept.since, last + 1),
      }),
    );
  }

  /** No existing session is used for writing any more: new ones come before them. */
  spend(): ClientChange[] {
    return [...this.#byGroup.values()].flatMap((kept) => {
      const order = kept.order ?? this.lastOrder(kept.peer) + 1;
      return this.put({ ...kept, order, welcome: undefined, use: 'spent' });
    });
  }

  /** Forgets sessions that were replaced long ago. */
  tidy(nowMs: number): ClientChange[] {
    const old = [...this.#byPeer.values()].flatMap(([current, ...others]) => {
      const isSettled = current?.order !== undefined;
      return isSettled && current.madeAt <= nowMs - supersededSessionMs ? others : [];
    });
    const damaged = this.#damaged.splice(0);
    return [
      ...old.map((kept) => this.remove(kept)),
      ...damaged.map((groupId) => ({ type: 'session-removed' as const, groupId })),
    ];
  }

  #set(kept: KeptSession): void {
    this.#byGroup.set(kept.groupId, kept);
    const others = (this.#byPeer.get(kept.peer) ?? []).filter(
      ({ groupId }) => groupId !== kept.groupId,
    );
    this.#byPeer.set(kept.peer, [...others, kept].sort(byUse));
  }

  #forgetSomebodyBut(peer: string): ClientChange[] {
    let oldest: readonly KeptSession[] = [];
    let oldestAt = Infinity;
    for (const [name, sessions] of this.#byPeer) {
      const newestAt = Math.max(...sessions.map(({ madeAt }) => madeAt));
      if (name === peer || newestAt >= oldestAt) continue;
      oldest = sessions;
      oldestAt = newestAt;
    }
    return oldest.map((kept) => this.remove(kept));
  }
}

/** The one to write in comes first. After a restart of the log several may have one number: then the ids decide. */
function byUse(a: KeptSession, b: KeptSession): number {
  if (a.order !== b.order) return (b.order ?? Infinity) - (a.order ?? Infinity);
  if (a.order === undefined && a.madeAt !== b.madeAt) return b.madeAt - a.madeAt;
  return a.groupId < b.groupId ? -1 : 1;
}
