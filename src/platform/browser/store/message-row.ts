// Messages as rows of IndexedDB, and the ranges of its indexes. The order of keys is the display order: a message that
// waits has an infinite log and place, which IndexedDB sorts behind all others.
import type { KeptMessage } from '../../../client/store/kept-message.ts';
import { messageContentOf, storedMessage } from '../../../client/store/stored-content.ts';
import type { MessageRow } from './database.ts';

/** `now`: its text, if that is another one by now. */
export function rowOf(kept: KeptMessage, now?: string): MessageRow {
  const { message, log, place, seq, id } = kept;
  const { content, amended: _, ...record } = message;
  const { conversation, localId, textId, state, ends } = message;
  return {
    conversation,
    log,
    place,
    rank: seq === undefined ? 1 : 0,
    id,
    seq,
    localId,
    textId,
    ...(state === 'stored' && { open: localId === undefined ? 2 : 1 }),
    ...(ends !== undefined && { ends }),
    record,
    content: storedMessage(content),
    ...(now !== undefined && { now }),
  };
}

export function keptOf({ record, content, log, place, seq, id }: MessageRow): KeptMessage {
  return { message: { ...record, content: messageContentOf(content) }, log, place, seq, id };
}

/** After every key that begins with the same parts: in IndexedDB an array comes after all numbers and texts. */
const last: IDBValidKey = [];

/** All keys that begin with `parts`. */
export function beginningWith(...parts: readonly IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound([...parts], [...parts, last]);
}

/** The keys that begin with the first of `parts`, from all of them on. */
export function keysFrom(parts: readonly IDBValidKey[], isOpen = false): IDBKeyRange {
  return IDBKeyRange.bound([...parts], [...parts.slice(0, 1), last], isOpen);
}

/** The keys that begin with the first of `parts`, and come before all of them. */
export function keysBefore(parts: readonly IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound(parts.slice(0, 1), [...parts], false, true);
}
