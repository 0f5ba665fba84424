// The hash of a list of entries, held against the test vectors of the reference logs of RFC 6962, and against the
// definition itself.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { concatBytes, formatHex, parseHex } from '../../lib/bytes.ts';
import { HashTree } from './tree-hash.ts';

const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** The entries and hashes with which implementations of RFC 6962 are tested. */
const entries = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(parseHex);
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The definition, word for word. */
function defined(list: readonly Uint8Array[]): Uint8Array {
  const [only] = list;
  if (only === undefined) return sha256(new Uint8Array());
  if (list.length === 1) return sha256(concatBytes(Uint8Array.of(0), only));
  let k = 1;
  while (k * 2 < list.length) k *= 2;
  return sha256(concatBytes(Uint8Array.of(1), defined(list.slice(0, k)), defined(list.slice(k))));
}

test('the known hashes of a list of eight entries and of its beginnings', () => {
  const tree = new HashTree(sha256);
  assert.deepEqual([tree.size, formatHex(tree.root())], [0, roots[0]]);
  entries.forEach((entry, index) => {
    tree.append(entry);
    assert.equal(formatHex(tree.root()), roots[index + 1]);
  });
  assert.equal(tree.size, entries.length);
  roots.forEach((root, size) => assert.equal(formatHex(tree.root(size)), root));
});

test('the hash of every beginning of a longer list is the one of the definition', () => {
  const tree = new HashTree(sha256);
  const list = Array.from({ length: 70 }, (_, index) => Uint8Array.of(index, 7));
  for (const entry of list) tree.append(entry);
  for (let size = 0; size <= list.length; size++) {
    assert.deepEqual(tree.root(size), defined(list.slice(0, size)));
  }
});

test('a tree that is cut goes on in another way, and the one that it is cut from stays', () => {
  const tree = new HashTree(sha256);
  const list = Array.from({ length: 40 }, (_, index) => Uint8Array.of(index, 7));
  for (const entry of list) tree.append(entry);
  for (let size = 0; size <= list.length; size++) {
    const other = [...list.slice(0, size), Uint8Array.of(8), Uint8Array.of(9)];
    const cut = tree.cut(size);
    assert.deepEqual(cut.root(), defined(list.slice(0, size)));
    for (const entry of other.slice(size)) cut.append(entry);
    assert.deepEqual(cut.root(), defined(other));
    assert.deepEqual(cut.root(size), defined(list.slice(0, size)));
  }
  assert.deepEqual(tree.root(), defined(list));
});
