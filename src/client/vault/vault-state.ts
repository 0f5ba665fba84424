// What a device remembers of its backup, between programs: whether the person wants one, the key, what is at the server,
// and what of a restore is still to come. Owns its form; where it is kept is behind a port. It is as secret as the
// device's key.

import * as v from 'valibot';
import { encodeBase64url } from '../../lib/base64url.ts';
import { decodeJson } from '../../wire/extended/json-line.ts';

/** Where the state is, of one account at one server. Rejects if it cannot be read or stored. */
export interface VaultFile {
  load(): Promise<string | undefined>;
  keep(text: string): Promise<void>;
  /** Leaves a copy of what is there beside it. Returns where. */
  setAside(): Promise<string>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const id = v.pipe(v.string(), v.regex(/^[\da-f]{32}$/));

const pack = v.object({ id, bytes: count });

/** A part of the history, and in which blobs its sealed pieces are: the blob, from where on, how many bytes. */
const block = v.object({
  name: v.string(),
  stamp: v.string(),
  newest: v.number(),
  pieces: v.array(v.tuple([id, count, count])),
});

export type BackupBlock = v.InferOutput<typeof block>;
/** A blob with pieces, one behind the other. */
export type Pack = v.InferOutput<typeof pack>;

/** What a backup has, the newest first. */
export const contents = v.object({
  blocks: v.array(block),
  packs: v.array(pack),
  /** What the devices of the account tell each other, as a whole. */
  own: v.optional(v.unknown()),
});

export type BackupContents = v.InferOutput<typeof contents>;

/** What is remembered of a backup, wherever it is. */
const remembered = {
  key: v.optional(v.string()),
  /** Of the last head. */
  number: count,
  head: v.optional(pack),
  /** A hash of what the head says beside its blocks. */
  said: v.optional(v.string()),
  blocks: v.array(block),
  packs: v.array(pack),
  /**
   * The blobs that this device has brought, or was about to bring. Others with its tag are of another copy of its data
   * directory, and stay. Undefined where nobody knows: then all with its tag are its own.
   */
  owned: v.optional(v.array(id)),
  /** When it was whole last, in milliseconds since 1970. */
  at: v.optional(count),
};

/** Of one in a file: under a key of its own, sealed to that box. */
const filed = v.object({ ...remembered, path: v.string(), box: v.string(), bytes: count });

export type FiledBackup = v.InferOutput<typeof filed>;

const state = v.object({
  ...remembered,
  /** Whether the person wants a backup; `unasked` until they have said so. */
  wish: v.picklist(['unasked', 'on', 'off']),
  /** The box of the account's recovery words. */
  box: v.optional(v.object({ publicKey: v.string(), signature: v.string() })),
  /** What is at the server is for words that hold no more. */
  isOutdated: v.optional(v.boolean()),
  /** Those in files, the latest last. */
  files: v.optional(v.array(filed)),
  /** The secret of the box, until all is here, and the blobs that are. */
  restoring: v.optional(
    v.object({
      secret: v.string(),
      done: v.array(id),
      /** How often it has ended with parts that could not be opened. */
      tries: v.optional(count, 0),
    }),
  ),
});

export type VaultState = v.InferOutput<typeof state>;

/** Of more files nothing is remembered: the next backup to one of them is a whole one. */
const maxFiles = 8;

/** With what is remembered of a backup in a file, in the place of what was. */
export function withFiled({ files = [], ...state }: VaultState, one: FiledBackup): VaultState {
  return {
    ...state,
    files: [...files.filter(({ path }) => path !== one.path), one].slice(-maxFiles),
  };
}

export const noVault: VaultState = { wish: 'unasked', number: 0, blocks: [], packs: [] };

/** What is remembered in `text`; undefined where that is damaged. */
export function readVaultState(text: string | undefined): VaultState | undefined {
  return text === undefined ? noVault : decodeJson(state, text);
}

/** The state of a device that has come by recovery words, and has the history to fetch. */
export function restoringState(secret: Uint8Array): VaultState {
  return { ...noVault, restoring: { secret: encodeBase64url(secret), done: [], tries: 0 } };
}
