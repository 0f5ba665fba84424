// Which lists others were shown: what their devices have said in sealed conversations, until it is compared with the own
// copy. The last word of each device counts.

import { equalBytes, formatHex } from '../../../lib/bytes.ts';
import { directoryEntryBytes } from '../../../wire/statements/directory.ts';
import type { ToldHead } from '../../encryption/told-head.ts';
import type { DirectoryCopy } from './directory-copy.ts';
import type { DirectoryBranch } from './stored-directory.ts';

/** So many devices wait to be compared. Of more the first are forgotten. */
const maxHeard = 256;
/**
 * What the server signed before it was put back, and for so long after this device has heard of that, may be of what was
 * lost. Later it is another list: a server that tells one person alone that it was put back is found out too.
 */
const onItsWayMs = 24 * 60 * 60 * 1000;

/** What a device of `user` has said. */
export interface HeardHead {
  readonly key: string;
  readonly user: string;
  readonly head: ToldHead;
}

export class HeardHeads {
  readonly #waiting = new Map<string, HeardHead>();

  heard(user: string, device: Uint8Array, head: ToldHead): void {
    const key = `${user} ${formatHex(device)}`;
    this.#waiting.delete(key);
    this.#waiting.set(key, { key, user, head });
    const [first] = this.#waiting.keys();
    if (this.#waiting.size > maxHeard && first !== undefined) this.#waiting.delete(first);
  }

  /** What waits to be compared. */
  get waiting(): readonly HeardHead[] {
    return [...this.#waiting.values()];
  }

  /** It is compared. What that device has said since goes on waiting. */
  compared(heard: HeardHead): void {
    if (this.#waiting.get(heard.key) === heard) this.#waiting.delete(heard.key);
  }
}

/** Whether `head` is one of the list that `copy` is, or of what it was before the server was put back. */
export function agrees(
  head: ToldHead,
  copy: DirectoryCopy,
  branches: readonly DirectoryBranch[],
): boolean {
  const { size, hash, at } = head;
  if (size <= copy.size && equalBytes(copy.root(size), hash)) return true;
  for (const branch of branches) {
    const length = branch.at + branch.entries.length / directoryEntryBytes;
    if (size <= length && equalBytes(copy.rootOf(branch, size), hash)) return true;
  }
  const [latest] = branches;
  return latest !== undefined && at <= latest.left + onItsWayMs;
}
