// A server that keeps files, in memory, for people with transfers (file-world.ts). Chunks are not encrypted here, and each
// has the salt that it was sent under: a table of salts that does not fit it shows at the receiver.
import type { KeptFileContent } from '../../../src/client/files/file-content.ts';
import type { KeptFiles } from '../../../src/client/files/kept/kept-files.ts';
import type { KeptNews } from '../../../src/client/files/notes/note-news.ts';
import { chunkCount } from '../../../src/e2ee/files/file-layout.ts';
import { keptLength, keptOffset } from '../../../src/e2ee/files/kept-layout.ts';
import { err, ok } from '../../../src/lib/result.ts';
import { formatPlace, type Place } from '../../../src/wire/extended/names.ts';
import type { FailureCode } from '../../../src/wire/extended/failures.ts';
import type { Username } from '../../../src/wire/text.ts';
import type { NoteProgress } from '../../../src/client/files/notes/note-post.ts';

/** The message about a file that the server keeps. */
export interface SaidParcel {
  readonly kind: 'said';
  readonly news: KeptNews;
}

/** What the server knows of a person. */
export interface KeptPerson {
  readonly name: Username;
  readonly key: Uint8Array;
  readonly login: number;
  readonly transfers: unknown;
  readonly inbox: {
    push(parcel: SaidParcel | { readonly kind: 'fate'; readonly event: NoteProgress }): unknown;
  };
  /** What is kept for them until it was delivered. */
  readonly kept: { push(parcel: SaidParcel): unknown };
}

/** What it needs of the world around it. */
export interface KeptWorld {
  readonly people: ReadonlyMap<string, KeptPerson>;
  readonly keptPorts: Map<number, string>;
  openPort(): number;
  /** Ends whatever moves of a file. */
  cutKept(id: string): void;
}

export interface KeptChunk {
  readonly content: Buffer;
  readonly salt: string;
}

interface Kept {
  readonly owner: string;
  readonly place: string;
  bytes: number;
  chunks: KeptChunk[];
  /** Its content, once it is whole. */
  size: number | undefined;
  isSaid: boolean;
  /** Who has yet to take it. */
  readonly due: Set<string>;
}

export class KeptServer {
  readonly #world: KeptWorld;
  readonly files = new Map<string, Kept>();
  /** Who is in each group. */
  readonly groups = new Map<string, readonly string[]>();
  /** Bytes that each person may keep. */
  quota = Number.MAX_SAFE_INTEGER;
  /** People whose programs know nothing of kept files. */
  readonly unable = new Set<string>();

  constructor(world: KeptWorld) {
    this.#world = world;
  }

  /** The server as one login sees it. */
  of(person: KeptPerson): KeptFiles {
    const { login } = person;
    const isHere = () => person.login === login && person.transfers !== undefined;
    const later = async <T>(answer: () => T) => {
      await Promise.resolve();
      return isHere() ? ok(answer()) : err({ code: 'gone' } as const);
    };
    const refused = (code: FailureCode) =>
      err({ code, text: code, expected: undefined, retryMs: undefined });
    return {
      upload: async (place, id, rest) => {
        const gone = await later(() => {});
        if (!gone.ok) return gone;
        if (!this.#members(place).includes(person.name)) return refused('not-a-member');
        const known = this.files.get(id);
        const have = known === undefined ? 0 : this.#have(known);
        if (rest === undefined || known?.isSaid === true) {
          return ok({ have, isSaid: known?.isSaid === true, to: undefined });
        }
        const others = [...this.files.entries()].filter(
          ([other, { owner }]) => other !== id && owner === person.name,
        );
        const used = others.reduce((sum, [, { bytes }]) => sum + bytes, 0);
        if (used + rest.bytes > this.quota) return refused('file-quota');
        if (rest.from > have) return refused('file-shorter');
        const kept = known ?? this.#begin(person.name, place, id);
        this.#world.cutKept(id);
        kept.bytes = rest.bytes;
        kept.chunks = kept.chunks.filter((_, number) => keptOffset(number) < rest.from);
        kept.size = undefined;
        return ok({ have: rest.from, isSaid: false, to: this.#port(id) });
      },
      fetch: async (id, from) => {
        const gone = await later(() => {});
        if (!gone.ok) return gone;
        const kept = this.files.get(id);
        if (kept?.isSaid !== true || from > this.#have(kept)) return refused('file-gone');
        return ok(this.#port(id));
      },
      taken: async (id) => {
        const answer = await later(() => this.#taken(person.name, id));
        return answer.ok;
      },
      drop: (id) => {
        if (!isHere() || this.files.get(id)?.owner !== person.name) return;
        this.#world.cutKept(id);
        this.files.delete(id);
      },
      say: (place, messageId, file) => {
        if (isHere()) this.#say(person, place, messageId, file);
        return true;
      },
      isKnownTo: async (user) => !this.unable.has(user),
    };
  }

  #begin(owner: string, place: Place, id: string): Kept {
    const where = formatPlace(place);
    const made = { owner, place: where, bytes: 0, size: undefined, isSaid: false };
    const kept: Kept = { ...made, chunks: [], due: new Set() };
    this.files.set(id, kept);
    return kept;
  }

  #port(id: string): { port: number; opening: string } {
    const port = this.#world.openPort();
    this.#world.keptPorts.set(port, id);
    return { port, opening: '' };
  }

  #have({ chunks, size }: Kept): number {
    return size === undefined ? keptOffset(chunks.length) : keptLength(size);
  }

  /** One more chunk of a file of `size` bytes. */
  append(id: string, chunk: KeptChunk, size: number): void {
    const kept = this.files.get(id);
    kept?.chunks.push(chunk);
    if (kept?.chunks.length === chunkCount(size)) kept.size = size;
  }

  #members(place: Place): readonly string[] {
    if (place.kind !== 'group') return [...this.#world.people.keys()];
    return this.groups.get(place.group) ?? [];
  }

  /** The message waits for everybody, as notes do that are kept. */
  #say(person: KeptPerson, place: Place, messageId: string, file: KeptFileContent): void {
    const fate = (is: 'stored' | 'failed') =>
      void person.inbox.push({
        kind: 'fate',
        event: is === 'stored' ? { id: messageId, is } : { id: messageId, is, why: 'refused' },
      });
    const kept = this.files.get(file.upload);
    if (place.kind === 'direct' && this.unable.has(place.user)) {
      const event = { id: messageId, is: 'failed', why: 'cannot-encrypt' } as const;
      person.inbox.push({ kind: 'fate', event });
      return;
    }
    if (kept?.size === undefined) {
      fate('failed');
      return;
    }
    fate('stored');
    if (kept.isSaid) return;
    kept.isSaid = true;
    const to = place.kind === 'direct' ? [place.user] : this.#members(place);
    for (const name of to) {
      const other = this.#world.people.get(name);
      if (other === undefined || other === person) continue;
      kept.due.add(name);
      const standing = 'pinned' as const;
      const group = place.kind === 'group' ? { group: place.group } : {};
      const from = person.name;
      const news: KeptNews = {
        type: 'kept-file',
        from,
        ...group,
        file,
        standing,
        peerKey: person.key,
      };
      const parcel = { kind: 'said', news } as const;
      other.kept.push(parcel);
      if (other.transfers !== undefined) other.inbox.push(parcel);
    }
  }

  #taken(name: string, id: string): void {
    const kept = this.files.get(id);
    kept?.due.delete(name);
    if (kept?.isSaid === true && kept.due.size === 0) this.files.delete(id);
  }
}
