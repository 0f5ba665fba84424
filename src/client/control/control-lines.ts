// What two programs of one person say to each other over the control socket: the one that has the account open, and one
// that asks it to send something. A line of JSON each; both sides check what they decode, since they may be of two
// versions of helo.

import * as v from 'valibot';
import { parsePlace, type Place } from '../../wire/extended/names.ts';
import { maxControlLineBytes } from './limits.ts';
import { endReasons, type Transfer } from '../files/transfer.ts';

/** Grows when an older side would misunderstand a line. */
const controlVersion = 1;

const n = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const place = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): Place => {
    const parsed = parsePlace(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message: 'is no place' });
    return NEVER;
  }),
);

const request = v.variant('ask', [
  v.object({ ask: v.literal('text'), n, to: place, text: v.string() }),
  /** An absolute path on this machine. */
  v.object({ ask: v.literal('file'), n, to: place, path: v.pipe(v.string(), v.startsWith('/')) }),
  /** The file of request `n` is not wanted any more. */
  v.object({ ask: v.literal('cancel'), n }),
  /** The code of a new device of the account, or its digits: what a person types after `/link`. */
  v.object({ ask: v.literal('link'), n, typed: v.pipe(v.string(), v.maxLength(64)) }),
  /** Answered when nothing of the account is on its way, or nothing moves. */
  v.object({ ask: v.literal('settle'), n }),
]);

/** What is asked, with the place as it is written. */
export type ControlRequest = v.InferInput<typeof request>;
export type ReadControlRequest = v.InferOutput<typeof request>;

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Of a file that goes out. */
const state = v.variant('phase', [
  v.object({
    phase: v.picklist([
      'hashing',
      'queued',
      'offering',
      'held',
      'preparing',
      'moving',
      'confirming',
      'delivered',
      'kept',
    ]),
  }),
  v.object({ phase: v.literal('asking') }),
  v.object({
    phase: v.literal('paused'),
    why: v.picklist(['interrupted', 'away', 'logged-out']),
  }),
  v.object({
    phase: v.literal('ended'),
    by: v.picklist(['me', 'peer']),
    reason: v.picklist(endReasons),
    detail: v.exactOptional(v.string()),
  }),
]);

const transfer = v.object({
  number: natural,
  direction: v.literal('outgoing'),
  peer: v.string(),
  group: v.exactOptional(v.string()),
  isKept: v.boolean(),
  name: v.string(),
  size: natural,
  state,
  doneBytes: natural,
  bytesPerSecond: v.optional(v.number()),
});

const answer = v.variant('say', [
  /** First. `files`: whether it sends files too. `stays`: whether it stays, or is itself on its way to send something. */
  v.object({
    say: v.literal('hello'),
    version: v.literal(controlVersion),
    files: v.boolean(),
    stays: v.boolean(),
  }),
  /** It is on the disk: it is sent, by that program or by the next one. */
  v.object({ say: v.literal('taken'), n }),
  /** The server has it: under which number, since when. Earlier versions do not say that, and neither is known of guests. */
  v.object({
    say: v.literal('stored'),
    n,
    seq: v.exactOptional(natural),
    at: v.exactOptional(natural),
  }),
  /** It is not sent. `words`: the warning for the person. */
  v.object({ say: v.literal('refused'), n, code: v.string(), words: v.string() }),
  /** What was typed after `/link` is done. */
  v.object({ say: v.literal('linked'), n }),
  /** Last. The program has left, and has done nothing about what it has not answered. */
  v.object({ say: v.literal('bye') }),
  /** What the person must know besides. */
  v.object({ say: v.literal('told'), words: v.string() }),
  v.object({
    say: v.literal('file'),
    n,
    change: v.picklist(['state', 'progress']),
    transfer,
  }),
  v.object({ say: v.literal('settled'), n, unsent: natural }),
]);

export type ControlAnswer = v.InferOutput<typeof answer>;
type Said = Exclude<ControlAnswer, { say: 'hello' | 'file' }>;

/** An answer to be sent. */
export type ControlWord =
  | Said
  | { readonly say: 'hello'; readonly files: boolean; readonly stays: boolean }
  | {
      readonly say: 'file';
      readonly n: number;
      readonly change: 'state' | 'progress';
      readonly transfer: Transfer;
    };

export function formatControlRequest(asked: ControlRequest): string {
  return JSON.stringify(asked);
}

export function formatControlAnswer(word: ControlWord): string {
  return JSON.stringify(word.say === 'hello' ? { ...word, version: controlVersion } : word);
}

export function parseControlRequest(line: string): ReadControlRequest | undefined {
  return parsed(request, line);
}

export function parseControlAnswer(line: string): ControlAnswer | undefined {
  return parsed(answer, line);
}

function parsed<Schema extends v.GenericSchema>(
  schema: Schema,
  line: string,
): v.InferOutput<Schema> | undefined {
  if (line.length > maxControlLineBytes) return undefined;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), line);
  return read.success ? read.output : undefined;
}
