// DIRECTORY at the server: pages, the hash over all entries, who has signed it, and entries that the disk has lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ciphers } from '../../../test/support/statements.ts';
import type { DirectoryRecord } from '../../hub/records.ts';
import { StoreError } from '../../hub/store-port.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { concatBytes } from '../../lib/bytes.ts';
import {
  directoryEntry,
  directoryEntryBytes,
  directoryTag,
  headToSign,
  tagOfRun,
} from '../../wire/statements/directory.ts';
import { HashTree } from '../../wire/statements/tree-hash.ts';
import { isSignedBy } from '../login/ed25519.ts';
import { createIdentity } from '../login/identity.ts';
import { DirectoryHandler } from './directory-handler.ts';

const { sha256 } = ciphers;
const hashOf = (n: number) => sha256(Uint8Array.of(n & 0xff, n >> 8));

function stage(size: number) {
  const entries: DirectoryRecord[] = [];
  const put = (name: string, what: string) => entries.push({ n: entries.length, name, what });
  while (entries.length < size)
    put(`user${entries.length}`, encodeBase64url(hashOf(entries.length)));
  const identity = createIdentity();
  const readDirectory = async (from: number, limit: number) => entries.slice(from, from + limit);
  const handler = new DirectoryHandler({ readDirectory }, identity);
  const ask = (after: number, known = entries.length) =>
    handler.answer({ verb: 'DIRECTORY', label: 'l', after }, known);
  return { entries, put, identity, ask };
}

const bytesOf = (text: string | undefined) => decodeBase64url(text ?? '') ?? new Uint8Array();

test('[14.27] the pages are all entries, under one signed head that everybody can compute', async () => {
  const { put, identity, ask } = stage(1998);
  put('alice', 'reset');
  put('77', 'put-back');
  put('bob', 'removed');
  const answers = [
    await ask(0),
    await ask(1000),
    await ask(2000),
    await ask(2001),
    await ask(9999),
  ];
  const pages = answers.map(({ entries }) => bytesOf(entries));
  assert.deepEqual(
    pages.map(({ length }) => length / directoryEntryBytes),
    [1000, 1000, 1, 0, 0],
  );
  const all = concatBytes(...pages);
  const expected = concatBytes(
    directoryEntry(directoryTag(sha256, 'user1997'), hashOf(1997)),
    directoryEntry(directoryTag(sha256, 'alice'), 'reset'),
    directoryEntry(tagOfRun(77), 'put-back'),
    directoryEntry(directoryTag(sha256, 'bob'), 'removed'),
  );
  assert.deepEqual(all.subarray(1997 * directoryEntryBytes), expected);
  const tree = new HashTree(sha256);
  for (let at = 0; at < all.length; at += directoryEntryBytes) {
    tree.append(all.subarray(at, at + directoryEntryBytes));
  }
  for (const { size, hash, at, signature } of answers) {
    assert.deepEqual([size, hash], [2001, encodeBase64url(tree.root())]);
    const signed = headToSign({ size, hash: bytesOf(hash), at });
    assert.ok(isSignedBy(identity.publicKey, signed, bytesOf(signature)));
  }
});

test('[14.27] the head grows with the directory, also where many ask at once', async () => {
  const { put, ask } = stage(3);
  const [one, other] = await Promise.all([ask(0), ask(1)]);
  assert.deepEqual([one?.size, other?.hash], [3, one?.hash]);
  put('alice', 'reset');
  const later = await ask(3);
  assert.deepEqual([later.size, bytesOf(later.entries).length], [4, directoryEntryBytes]);
  assert.notEqual(later.hash, one?.hash);
});

test('[14.27] where an entry is lost no other list is shown in its place', async () => {
  const { entries, ask } = stage(5);
  entries.length = 3;
  await assert.rejects(ask(0, 5), StoreError);
});
