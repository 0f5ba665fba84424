// A copy of a server's directory (wire/statements/directory.ts): its entries from the first one on, and the hash of each
// of its beginnings. Knows which links the list has of an account by now. Says nothing about who is right.

import { concatBytes, equalBytes, formatHex } from '../../../lib/bytes.ts';
import {
  directoryEntryBytes,
  directoryTag,
  directoryTagBytes,
  readDirectoryEntry,
} from '../../../wire/statements/directory.ts';
import { HashTree, type HashAtOnce } from '../../../wire/statements/tree-hash.ts';

export class DirectoryCopy {
  readonly #sha256: HashAtOnce;
  readonly #tree: HashTree;
  readonly #entries: Uint8Array[] = [];
  /** Of each account the numbers of its entries, by its tag. */
  readonly #byTag = new Map<string, number[]>();
  /** The numbers of the entries that say that the server was put back. */
  readonly #putBacks: number[] = [];

  /** Lists that go on in another way, made once each. */
  readonly #branches = new WeakMap<object, HashTree>();

  constructor(sha256: HashAtOnce, bytes: Uint8Array = new Uint8Array()) {
    this.#sha256 = sha256;
    this.#tree = new HashTree(sha256);
    this.append(bytes);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Entries one behind the other. */
  append(bytes: Uint8Array): void {
    for (const entry of entriesIn(bytes)) this.#add(entry);
  }

  #add(entry: Uint8Array): void {
    const n = this.#entries.push(entry) - 1;
    this.#tree.append(entry);
    if (readDirectoryEntry(entry) === 'put-back') {
      this.#putBacks.push(n);
      return;
    }
    const tag = formatHex(entry.subarray(0, directoryTagBytes));
    const known = this.#byTag.get(tag);
    if (known === undefined) this.#byTag.set(tag, [n]);
    else known.push(n);
  }

  /** The hash of the first `size` entries. */
  root(size = this.size): Uint8Array {
    return this.#tree.root(size);
  }

  /** The entries from the number `from` on, up to that before `to`. */
  bytes(from = 0, to = this.size): Uint8Array {
    return concatBytes(...this.#entries.slice(from, to));
  }

  /** A copy of its first `size` entries. */
  cut(size: number): DirectoryCopy {
    return new DirectoryCopy(this.#sha256, this.bytes(0, size));
  }

  /** The hash of the first `size` entries of a list that begins with the first `at` of this one, and goes on in `entries`. */
  rootOf(branch: { readonly at: number; readonly entries: Uint8Array }, size: number): Uint8Array {
    let tree = this.#branches.get(branch);
    if (tree === undefined) {
      tree = this.#tree.cut(Math.min(branch.at, this.size));
      for (const entry of entriesIn(branch.entries)) tree.append(entry);
      this.#branches.set(branch, tree);
    }
    return tree.root(Math.min(size, tree.size));
  }

  /** How many entries this one and `other` have in common from the first one on. */
  shared(other: DirectoryCopy): number {
    const parting = this.#entries.findIndex((entry, n) => {
      const there = other.#entries[n];
      return there === undefined || !equalBytes(entry, there);
    });
    return parting < 0 ? this.size : parting;
  }

  /** How often the server was put back, within the first `size` entries. */
  putBacks(size = this.size): number {
    return this.#putBacks.filter((n) => n < size).length;
  }

  /** The hashes of the links of an account, since it was reset or removed last. */
  linksOf(name: string): readonly Uint8Array[] {
    const links: Uint8Array[] = [];
    for (const n of this.#byTag.get(this.#tagOf(name)) ?? []) {
      const said = readDirectoryEntry(this.#entries[n] ?? new Uint8Array());
      if (typeof said === 'string') links.length = 0;
      else links.push(said);
    }
    return links;
  }

  /** Whether the list has that link of `name`, of whichever of its chains. */
  has(name: string, link: Uint8Array): boolean {
    const all = this.#byTag.get(this.#tagOf(name)) ?? [];
    return all.some((n) => {
      const said = readDirectoryEntry(this.#entries[n] ?? new Uint8Array());
      return typeof said !== 'string' && equalBytes(said, link);
    });
  }

  /** Whether something is said of `name` from the entry `from` on. */
  speaksOf(name: string, from: number): boolean {
    return this.#byTag.get(this.#tagOf(name))?.some((n) => n >= from) === true;
  }

  #tagOf(name: string): string {
    return formatHex(directoryTag(this.#sha256, name));
  }
}

/** Entries one behind the other. */
function* entriesIn(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += directoryEntryBytes) {
    yield bytes.slice(at, at + directoryEntryBytes);
  }
}

/** Whether `entry` is among `entries`. */
export function hasEntry(entries: Uint8Array, entry: Uint8Array): boolean {
  for (const one of entriesIn(entries)) if (equalBytes(one, entry)) return true;
  return false;
}
