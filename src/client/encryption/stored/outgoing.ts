// The kinds of outbox entries to a person. Texts of people have an id of 32 hexadecimal digits and are in the
// history; requests for unreadable messages, and the answers to them, use the same outbox, because it survives a
// crash and keeps the order, but nobody sees them.
import { formatHex } from '../../../lib/bytes.ts';
import type { RandomBytes } from '../../ports.ts';
import type { HistoryRecord } from '../../store/store-port.ts';
import { maxAskedNumbers, textIdBytes, type DirectContent } from './direct-frame.ts';

/** What is to be put into the outbox; `order` and `place` are the caller's. */
export interface OutboxDraft {
  readonly localId: string;
  readonly text: string;
}

const textForm = /^[0-9a-f]{32}$/;
const askForm = /^ask\.[0-9a-f]{32}$/;
const againForm = /^again\.([1-9]\d{0,15})\.([0-9a-f]{32})\.[0-9a-f]{32}$/;

/** The id of a new private text. */
export function newTextId(random: RandomBytes): string {
  return formatHex(random(textIdBytes));
}

/** What is to be sealed for an entry; undefined where it is none of a private conversation. */
export function contentOf({ localId, text }: OutboxDraft): DirectContent | undefined {
  if (text === '') return undefined;
  if (textForm.test(localId)) return { kind: 'text', id: localId, text };
  if (askForm.test(localId)) {
    const numbers = text.split(',').map(Number);
    return numbers.every(Number.isSafeInteger) ? { kind: 'ask', numbers } : undefined;
  }
  const [, number, id] = againForm.exec(localId) ?? [];
  if (number === undefined || id === undefined) return undefined;
  return { kind: 'again', number: Number(number), id, text };
}

/** Whether an entry is nobody's text: it has no place in the history, and leaves the outbox without a word. */
export function isSilent(localId: string): boolean {
  return askForm.test(localId) || againForm.test(localId);
}

/** Questions for the messages `numbers`, which are ascending and could not be read. */
export function askFor(random: RandomBytes, numbers: readonly number[]): OutboxDraft[] {
  const drafts: OutboxDraft[] = [];
  for (let at = 0; at < numbers.length; at += maxAskedNumbers) {
    const some = numbers.slice(at, at + maxAskedNumbers);
    drafts.push({ localId: `ask.${newTextId(random)}`, text: some.join(',') });
  }
  return drafts;
}

/** An own message of the history, to be said again to somebody who could not read it. */
export function sayAgain(
  random: RandomBytes,
  { localId, seq, text }: HistoryRecord,
): OutboxDraft | undefined {
  if (localId === undefined || seq === undefined || !textForm.test(localId)) return undefined;
  return { localId: `again.${seq}.${localId}.${newTextId(random)}`, text };
}
