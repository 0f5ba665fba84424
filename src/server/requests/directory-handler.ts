// DIRECTORY: entries of the directory, and its head, signed by the server's identity. Only what is on the disk is in it.
// Reads each entry once for the hash of all, and a page of them for each answer.

import type { DirectoryRecord } from '../../hub/records.ts';
import { StoreError, type Store } from '../../hub/store-port.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { concatBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import {
  directoryEntry,
  directoryEntryBytes,
  directoryTag,
  directoryWords,
  headToSign,
  maxDirectoryPage,
  tagOfRun,
} from '../../wire/statements/directory.ts';
import { HashTree } from '../../wire/statements/tree-hash.ts';
import type { ServerIdentity } from '../login/identity.ts';
import { signatureCost, statementCiphers } from '../login/statement-ciphers.ts';

const { sha256 } = statementCiphers;

export class DirectoryHandler {
  readonly #store: Pick<Store, 'readDirectory'>;
  readonly #identity: Pick<ServerIdentity, 'sign'>;
  readonly #tree = new HashTree(sha256);
  /** The last head: another one is made when the directory has grown. */
  #head: Omit<ExtendedEventOf<'DIRECTORY'>, 'label' | 'entries'> | undefined;
  /** One reader after the other: each entry is hashed once. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<Store, 'readDirectory'>, identity: Pick<ServerIdentity, 'sign'>) {
    this.#store = store;
    this.#identity = identity;
  }

  /** In bytes, where the directory has `size` entries. */
  cost({ after }: RequestOf<'DIRECTORY'>, size: number): number {
    const entries = Math.min(maxDirectoryPage, Math.max(0, size - after));
    return signatureCost + entries * directoryEntryBytes;
  }

  /** The answer, with all of the `size` entries that there were when it was asked for. Rejects with a StoreError. */
  async answer(
    { label, after }: RequestOf<'DIRECTORY'>,
    size: number,
  ): Promise<ExtendedEventOf<'DIRECTORY'>> {
    const page = await this.#store.readDirectory(after, maxDirectoryPage);
    const shown = page.length === 0 ? size : Math.max(size, after + page.length);
    const reading = this.#last.then(() => this.#readAll(shown));
    this.#last = reading.catch(() => {});
    await reading;
    const entries = concatBytes(...page.map(entryOf));
    return {
      ...this.#headNow(),
      label,
      ...(entries.length > 0 && { entries: encodeBase64url(entries) }),
    };
  }

  async #readAll(size: number): Promise<void> {
    while (this.#tree.size < size) {
      const more = await this.#store.readDirectory(this.#tree.size, maxDirectoryPage);
      if (more.length === 0) {
        throw new StoreError('damaged', 'the directory is not as it was written');
      }
      for (const entry of more) this.#tree.append(entryOf(entry));
    }
  }

  #headNow(): Omit<ExtendedEventOf<'DIRECTORY'>, 'label' | 'entries'> {
    const { size } = this.#tree;
    if (this.#head?.size === size) return this.#head;
    const head = { size, hash: this.#tree.root(), at: Date.now() };
    const signature = encodeBase64url(this.#identity.sign(headToSign(head)));
    this.#head = { verb: 'DIRECTORY', ...head, hash: encodeBase64url(head.hash), signature };
    return this.#head;
  }
}

function entryOf({ name, what }: DirectoryRecord): Uint8Array {
  const word = directoryWords.find((one) => one === what);
  if (word === 'put-back') return directoryEntry(tagOfRun(Number(name)), word);
  const said = word ?? decodeBase64url(what);
  invariant(said, 'the hub has written the entry');
  return directoryEntry(directoryTag(sha256, name), said);
}
