// The sessions with one person, and which of them to write in. Both sides eventually know the same sessions and order
// them alike, so they choose the same one without negotiation: the highest generation first, and of equal ones (both
// people began at the same moment) the smaller group id. A starter uses one generation more than any session that it
// knows.
import { equalBytes } from '../../../lib/bytes.ts';
import type { PairSession } from '../../../e2ee/pair-session.ts';
import type { MessengerContext } from './messenger-context.ts';
import { maxSessions } from './limits.ts';

export interface SessionEntry {
  session: PairSession;
  /** Zero in a session of the peer until its first message says it. */
  generation: number;
  /** The token of the Welcome, sent with every message until the peer has shown that it has joined. */
  welcome: string | undefined;
  /** Whether the peer certainly cannot read it, or did not confirm in time. */
  dead: boolean;
  /** The peer's login for this session, once known. */
  peerIncarnation: string | undefined;
  ownTexts: number;
  readonly madeAtMs: number;
}

// The field in a frame has four bytes. If a peer has used them all, the order of the ids decides.
const maxGeneration = 0xffff_ffff;

export class SessionBook {
  readonly #requests: MessengerContext;
  readonly #user: string;
  #entries: SessionEntry[] = [];
  #highestGeneration = 0;

  constructor(requests: MessengerContext, user: string) {
    this.#requests = requests;
    this.#user = user;
  }

  /** Adds a session: an own one with its Welcome, one of the peer without. If there are too many, one is forgotten. */
  add(session: PairSession, welcome: string | undefined): SessionEntry {
    const next = Math.min(this.#highestGeneration + 1, maxGeneration);
    const entry: SessionEntry = {
      session,
      generation: welcome === undefined ? 0 : next,
      welcome,
      dead: false,
      peerIncarnation: undefined,
      ownTexts: 0,
      madeAtMs: this.#requests.now(),
    };
    this.#entries.push(entry);
    this.reorder();
    this.#requests.groups.set(session.groupId, this.#user);
    if (this.#entries.length > maxSessions) {
      const dead = this.#entries.findLastIndex((other) => other.dead);
      const last = this.#entries.findLastIndex((other) => other !== entry);
      const [forgotten] = this.#entries.splice(dead === -1 ? last : dead, 1);
      if (forgotten !== undefined) this.#requests.groups.delete(forgotten.session.groupId);
    }
    return entry;
  }

  /** Sorts the sessions again, after a generation became known. */
  reorder(): void {
    this.#entries.sort(
      (a, b) => b.generation - a.generation || (a.session.groupId < b.session.groupId ? -1 : 1),
    );
    const highest = this.#entries[0]?.generation ?? 0;
    this.#highestGeneration = Math.max(this.#highestGeneration, highest);
  }

  /** The session to write in to a peer whose trusted key is `key`. */
  current(keys: readonly Uint8Array[] | undefined): SessionEntry | undefined {
    return this.#entries.find((entry) => !entry.dead && this.isOf(entry, keys));
  }

  /** Whether the peer's key in a session is one of `keys`. */
  isOf(entry: SessionEntry, keys: readonly Uint8Array[] | undefined): boolean {
    return keys?.some((key) => equalBytes(entry.session.peerKey, key)) === true;
  }

  get(groupId: string): SessionEntry | undefined {
    return this.#entries.find(({ session }) => session.groupId === groupId);
  }

  /** Marks the sessions for which `isLost` is true as dead, and returns the ids of those that were alive. */
  bury(isLost: (entry: SessionEntry) => boolean): ReadonlySet<string> {
    const lost = this.#entries.filter((entry) => !entry.dead && isLost(entry));
    for (const entry of lost) entry.dead = true;
    return new Set(lost.map(({ session }) => session.groupId));
  }

  clear(): void {
    for (const { session } of this.#entries) this.#requests.groups.delete(session.groupId);
    this.#entries = [];
  }
}
