// What a device keeps of a server's directory: its copy, how it went on where the server was put back, the alarms that
// nobody has decided about, and what the person has taken. One line of JSON, and the entries behind it.

import * as v from 'valibot';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes, formatHex } from '../../../lib/bytes.ts';
import { directoryEntryBytes } from '../../../wire/statements/directory.ts';
import type { HashAtOnce } from '../../../wire/statements/tree-hash.ts';
import type { DirectoryAlarm } from './directory-alarm.ts';

/** The most entries that are kept: 2.6 MB. */
export const maxDirectorySize = 65_536;
/** The longest file. */
export const maxDirectoryBytes = maxDirectorySize * directoryEntryBytes + 512 * 1024;
/** How often a server is remembered to have been put back, and so many entries of what it had lost each time. */
export const maxBranches = 4;
export const maxBranchSize = 2000;
/** So much that the person has decided about is remembered. */
export const maxAccepted = 64;

/** A list as it was once: the copy up to `at`, and then other entries. */
export interface DirectoryBranch {
  readonly at: number;
  readonly entries: Uint8Array;
  /** When this device learned that it goes on in another way, by its own clock. */
  readonly left: number;
}

export interface StoredDirectory {
  readonly entries: Uint8Array;
  /** The latest first. */
  readonly branches: readonly DirectoryBranch[];
  readonly alarms: readonly DirectoryAlarm[];
  /** What the person has taken, the latest first. */
  readonly accepted: readonly string[];
}

/** Where a device keeps it: one for each server. */
export interface DirectoryStore {
  load(): Promise<Uint8Array | undefined>;
  save(bytes: Uint8Array): Promise<void>;
}

const bytes = v.pipe(
  v.string(),
  v.transform((text) => (text === '' ? new Uint8Array() : decodeBase64url(text))),
  v.instance(Uint8Array),
);
const plain = v.picklist(['other-list', 'older-list', 'no-list', 'too-long', 'not-ours']);
const about = v.picklist(['not-listed', 'hidden', 'swapped-key', 'differs']);

const head = v.object({
  helo: v.literal('directory 1'),
  sha256: v.string(),
  branches: v.array(v.object({ at: v.number(), entries: bytes, left: v.number() })),
  alarms: v.array(
    v.union([v.object({ kind: plain }), v.object({ kind: about, user: v.string() })]),
  ),
  accepted: v.array(v.string()),
});

const lineEnd = 10;

export function encodeDirectory(sha256: HashAtOnce, stored: StoredDirectory): Uint8Array {
  const { entries, branches, alarms, accepted } = stored;
  const line = JSON.stringify({
    helo: 'directory 1',
    sha256: formatHex(sha256(entries)),
    branches: branches.map((one) => ({ ...one, entries: encodeBase64url(one.entries) })),
    alarms,
    accepted,
  });
  return concatBytes(encodeUtf8(`${line}\n`), entries);
}

/** What is in `content`; undefined where that is damaged. */
export function decodeDirectory(
  sha256: HashAtOnce,
  content: Uint8Array,
): StoredDirectory | undefined {
  const end = content.indexOf(lineEnd);
  const entries = content.slice(end + 1);
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(content.subarray(0, Math.max(0, end))) ?? '');
  } catch {
    // Anything else than this form is damage.
    return undefined;
  }
  const read = v.safeParse(head, value);
  if (!read.success || entries.length % directoryEntryBytes !== 0) return undefined;
  const { branches, alarms, accepted, sha256: known } = read.output;
  if (!equalBytes(encodeUtf8(known), encodeUtf8(formatHex(sha256(entries))))) return undefined;
  return { entries, branches, alarms, accepted };
}
