// The sessions with one person, and which of them to write in. Both sides know the same sessions sooner or
// later and order them alike, so they end up writing in the same one without agreeing on it: the highest
// generation first, and of equal ones (both people began at the same moment) the smaller group id. A starter
// takes one generation more than any session that it knows.
import { equalBytes } from '../../lib/bytes.ts';
import type { PairSession } from '../../e2ee/pair-session.ts';
import { maxSessions } from './limits.ts';

export interface SessionEntry {
  session: PairSession;
  generation: number;
  /** The token of the Welcome, sent beside every message until the peer has shown that it is inside. */
  welcome: string | undefined;
  /** The peer is known to be unable to read it, or did not confirm in time. */
  dead: boolean;
  /** The login of the peer that is in it, once known. */
  peerIncarnation: string | undefined;
  ownTexts: number;
  readonly madeAtMs: number;
}

export class SessionBook {
  #entries: SessionEntry[] = [];
  #highestGeneration = 0;

  /** The generation of the next session to start. */
  nextGeneration(): number {
    // The field has four bytes; a peer that has used them up is left with the order of the ids.
    return Math.min(this.#highestGeneration + 1, 0xffff_ffff);
  }

  /** Adds a session and returns those that are forgotten for it. */
  add(entry: SessionEntry): readonly SessionEntry[] {
    this.#entries.push(entry);
    this.reorder();
    const forgotten: SessionEntry[] = [];
    while (this.#entries.length > maxSessions) {
      const dead = this.#entries.findLastIndex((other) => other.dead && other !== entry);
      const last = this.#entries.findLastIndex((other) => other !== entry);
      forgotten.push(...this.#entries.splice(dead === -1 ? last : dead, 1));
    }
    return forgotten;
  }

  /** Puts the sessions in order again, after a generation became known. */
  reorder(): void {
    this.#entries.sort(
      (a, b) => b.generation - a.generation || (a.session.groupId < b.session.groupId ? -1 : 1),
    );
    this.#highestGeneration = Math.max(this.#highestGeneration, this.#entries[0]?.generation ?? 0);
  }

  /** The session to write in to a peer whose trusted key is `key`. */
  current(key: Uint8Array): SessionEntry | undefined {
    return this.#entries.find(({ dead, session }) => !dead && equalBytes(session.peerKey, key));
  }

  get(groupId: string): SessionEntry | undefined {
    return this.#entries.find(({ session }) => session.groupId === groupId);
  }

  all(): readonly SessionEntry[] {
    return this.#entries;
  }
}
