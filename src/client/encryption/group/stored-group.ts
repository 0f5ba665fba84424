// What a device stores of a sealed group besides its MLS session: where it stands in the group's log, in one part that
// changes with commits and own messages.
import * as v from 'valibot';
import { decodeUtf8, encodeUtf8 } from '../../../lib/bytes.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';

/** Why a device is outside of a group's tree, and is to enter it. */
export type OutsideReason =
  | 'new' // this account was let in, and has not entered yet
  | 'lost' // a commit of somebody that this device cannot follow
  | 'state-lost' // what was stored cannot be used
  | 'copy' // another program has taken the place of this device
  | 'put-back'; // the server was put back to before what this state stands on

/** Why an account is out. */
export type OutReason = 'left' | 'kicked' | 'removed';

const epoch = v.object({ epoch: v.number(), on: v.number() });

const storedGroup = v.object({
  groupId: v.string(),
  /** The own account's root16 in hex, as the own leaf has it; empty outside. */
  root: v.string(),
  phase: v.variant('kind', [
    v.object({
      kind: v.literal('outside'),
      why: v.picklist(['new', 'lost', 'state-lost', 'copy', 'put-back']),
    }),
    v.object({
      kind: v.literal('out'),
      why: v.picklist(['left', 'kicked', 'removed', 'replaced']),
    }),
    v.object({
      kind: v.literal('in'),
      /** Which commit line each epoch begins with that can be read, the newest first. */
      epochs: v.array(epoch),
      /** How many own texts were sealed, and since when, with these keys of the own leaf. */
      ownTexts: v.number(),
      freshAt: v.number(),
      hasFalseInfo: v.optional(v.boolean(), false),
      /** Whether the store was an older copy: this state reads on, and nothing is sealed or committed with it. */
      isSpent: v.optional(v.boolean(), false),
    }),
  ]),
  /** The last commit line that was processed. */
  seen: v.number(),
  /** The last line that put somebody out. */
  lastOut: v.number(),
  /** The last line whose roster items are stored, and how many items there are. */
  rosterSeq: v.number(),
  rosterItems: v.number(),
  /** Whom a server that was put back has in again though they had been put out: their root16 in hex. */
  returned: v.optional(v.array(v.string()), []),
  /** Of a founding: the sealed group that is known here by that name, which stays so if the server refuses the new one. */
  before: v.optional(v.object({ groupId: v.string(), isReplaced: v.boolean() })),
  /** A commit of one's own that the log does not hold yet: the outbox entry, and what its line says about the roster. */
  pending: v.optional(
    v.object({
      localId: v.string(),
      kind: v.picklist(['found', 'enter', 'remove', 'rotate']),
      /** Each a RosterItem; they are checked when they are folded. */
      items: v.array(v.unknown()),
    }),
  ),
});

export type StoredGroup = v.InferOutput<typeof storedGroup>;

export function encodeStoredGroup(group: StoredGroup): Uint8Array {
  return encodeUtf8(JSON.stringify(group));
}

/** Undefined where it is damaged, or of another version. */
export function decodeStoredGroup(bytes: Uint8Array): StoredGroup | undefined {
  const parsed = v.safeParse(storedGroup, parseJson(bytes));
  return parsed.success ? parsed.output : undefined;
}

export function encodeItem(rosterItem: RosterItem): Uint8Array {
  return encodeUtf8(JSON.stringify(rosterItem));
}

/** An item that this device has stored; what is in it is checked when it is folded. */
export function decodeItem(bytes: Uint8Array): RosterItem | undefined {
  const parsed = parseJson(bytes);
  return typeof parsed === 'object' && parsed !== null ? (parsed as RosterItem) : undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? '');
  } catch {
    // Said by what is returned: nothing that this device has written.
    return undefined;
  }
}
