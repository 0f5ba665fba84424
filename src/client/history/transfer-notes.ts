// What two devices of an account say to each other about a history that one gives the other: notes in the account's own
// room (docs/E2EE.md 14). Owns their form; a note that has none of these is passed over.

import * as v from 'valibot';
import { decodeBase64url } from '../../lib/base64url.ts';

export const historyNote = 'history';

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = v.pipe(
  v.string(),
  v.check((text) => decodeBase64url(text)?.length === 32),
);
const name = v.pipe(v.string(), v.maxLength(256));

const piece = v.object({
  /** Of the block, and which part of it. */
  name,
  /** At the server. */
  blob: id,
  size: natural,
});

const word = v.variant('say', [
  /** From here on pieces come, sealed under `key`, for the device `to` alone. */
  v.object({ say: v.literal('give'), id, to: key, key, blocks: natural }),
  v.object({ say: v.literal('piece'), id, ...piece.entries, done: natural, blocks: natural }),
  /** That was all so far. `n`: how often that was said, so that an answer to an earlier one is known for that. */
  v.object({ say: v.literal('end'), id, n: v.exactOptional(natural) }),
  /** Nothing more comes. `missing`: so many blocks that the server has lost again and again. */
  v.object({ say: v.literal('over'), id, missing: v.exactOptional(natural) }),
  /** The taker: so many pieces are here. */
  v.object({ say: v.literal('took'), id, pieces: natural }),
  /** The server has a piece no more, or it does not open. */
  v.object({ say: v.literal('lost'), id, name }),
  /** All up to the end number `n` is here. */
  v.object({ say: v.literal('all'), id, n: v.exactOptional(natural) }),
]);

export type HistoryWord = v.InferOutput<typeof word>;
export type WordOf<Say extends HistoryWord['say']> = Extract<HistoryWord, { say: Say }>;
export type SealedPiece = v.InferOutput<typeof piece>;

export function parseHistoryWord(body: unknown): HistoryWord | undefined {
  const read = v.safeParse(word, body);
  return read.success ? read.output : undefined;
}

/** What the giver keeps of a history that it gives. */
const giving = v.object({
  id,
  key,
  to: key,
  /** The stamp that each block had when it was given. */
  done: v.record(v.string(), v.string()),
  /** Pieces, by this side and by the other one. */
  given: natural,
  took: natural,
  /** Rounds through the history that the other side has all of. */
  rounds: natural,
  /** How often it was said that this was all, and which of these the other side has answered last. */
  ends: v.optional(natural, 0),
  answered: v.optional(natural, 0),
  /** How often each block was lost on its way. */
  lost: v.optional(v.record(v.string(), natural), {}),
  /** How many devices of the account were revoked when it was begun. */
  revoked: natural,
});
export type Giving = v.InferOutput<typeof giving>;

/** What the taker keeps. */
const taking = v.object({
  id,
  key,
  /** The device that gives it. */
  from: key,
  pieces: v.array(piece),
  took: natural,
  done: natural,
  blocks: natural,
  isAll: v.boolean(),
  /** The number of the end that was heard last. */
  end: v.optional(natural),
});
export type Taking = v.InferOutput<typeof taking>;

export const parseGiving = (text: string): Giving | undefined => parsed(giving, text);
export const parseTaking = (text: string): Taking | undefined => parsed(taking, text);

function parsed<S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> | undefined {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    // Damaged, or of another version: it begins anew.
    return undefined;
  }
}
