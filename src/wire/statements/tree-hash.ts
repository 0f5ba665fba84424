// The hash of an append-only list of entries, as a Merkle tree [RFC 6962 §2.1, RFC 9162 §2.1.1]: of the whole list, and
// of each of its beginnings, by which two copies of a list are compared. Keeps hashes alone, 64 bytes an entry. There is
// no library in npm for trees of this kind that is in wide use; the hash itself is handed in.

import { concatBytes } from '../../lib/bytes.ts';

import { treeHashBytes } from './hash-bytes.ts';

export type HashAtOnce = (bytes: Uint8Array) => Uint8Array;

/** [RFC 6962 §2.1] So no entry passes for two hashes. */
const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

export class HashTree {
  readonly #hash: HashAtOnce;
  /** Of each height the hashes of its complete trees, those of 2 ** height entries, from the first entry on. */
  readonly #levels: HashList[] = [];

  constructor(hash: HashAtOnce) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#levels[0]?.count ?? 0;
  }

  append(entry: Uint8Array): void {
    let hash = this.#hash(concatBytes(leafMark, entry));
    for (let height = 0; ; height++) {
      const level = (this.#levels[height] ??= new HashList());
      level.push(hash);
      if (level.count % 2 === 1) return;
      hash = this.#node(level.at(level.count - 2), level.at(level.count - 1));
    }
  }

  /** The hash of the first `size` entries; of all of them if it is left out. There must be so many. */
  root(size = this.size): Uint8Array {
    const trees: Uint8Array[] = [];
    let left = size;
    for (let height = this.#levels.length - 1; height >= 0; height--) {
      const width = 2 ** height;
      if (left < width) continue;
      const at = (size - left) / width;
      const tree = this.#levels[height]?.at(at);
      if (tree !== undefined) trees.push(tree);
      left -= width;
    }
    const last = trees.pop();
    if (last === undefined) return this.#hash(new Uint8Array());
    return trees.reduceRight((right, tree) => this.#node(tree, right), last);
  }

  /** A tree of the first `size` entries, of which there must be so many. */
  cut(size: number): HashTree {
    const tree = new HashTree(this.#hash);
    for (const [height, level] of this.#levels.entries()) {
      const count = Math.floor(size / 2 ** height);
      if (count > 0) tree.#levels.push(level.cut(count));
    }
    return tree;
  }

  #node(left: Uint8Array, right: Uint8Array): Uint8Array {
    return this.#hash(concatBytes(nodeMark, left, right));
  }
}

/** Hashes one behind the other in one block: objects of their own would take several times the memory. */
class HashList {
  #bytes = new Uint8Array(treeHashBytes);
  count = 0;

  push(hash: Uint8Array): void {
    const at = this.count * treeHashBytes;
    if (at === this.#bytes.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, at);
    this.count += 1;
  }

  /** The first `count` of them. */
  cut(count: number): HashList {
    const list = new HashList();
    list.#bytes = this.#bytes.slice(0, count * treeHashBytes);
    list.count = count;
    return list;
  }

  at(index: number): Uint8Array {
    return this.#bytes.slice(index * treeHashBytes, (index + 1) * treeHashBytes);
  }
}
