// The outbox entries to a person: messages that somebody wrote, requests for unreadable messages, and the answers to
// them. All use the same outbox, because it survives a crash and keeps the order.
import { formatHex } from '../../../lib/bytes.ts';
import { isIdless, maxAskedNumbers, messageIdBytes, ttlOf, type Content } from '../../content.ts';
import type { RandomBytes } from '../../ports.ts';
import type { HistoryRecord, OutboxRecord } from '../../store/store-port.ts';
import type { MessageFrame } from '../message-frame.ts';

/** An entry for the outbox. The caller sets `order` and `place`. */
export interface OutboxDraft {
  readonly localId: string;
  readonly content: Content;
  /** It was said before, to this device: it is encrypted for no other. */
  readonly onlyFor?: string | undefined;
  /** What those read who know only texts, where the server can read it. */
  readonly plain?: string | undefined;
}

const idForm = /^[0-9a-f]{32}$/;

/** The id of a new message. */
export function newMessageId(random: RandomBytes): string {
  return formatHex(random(messageIdBytes));
}

/** The frame to encrypt for an entry. Undefined if nobody could read it. */
export function frameOf({
  localId,
  content,
}: Pick<OutboxRecord, 'localId' | 'content'>): MessageFrame | undefined {
  if (content.kind === 'group-step') return undefined;
  if ('text' in content && content.text === '') return undefined;
  if (isIdless(content)) return { content };
  return idForm.test(localId) ? { id: localId, content } : undefined;
}

/** Requests for the messages `numbers`, which are ascending and could not be read. */
export function askFor(random: RandomBytes, numbers: readonly number[]): OutboxDraft[] {
  const drafts: OutboxDraft[] = [];
  for (let at = 0; at < numbers.length; at += maxAskedNumbers) {
    const some = numbers.slice(at, at + maxAskedNumbers);
    drafts.push({ localId: newMessageId(random), content: { kind: 'ask', numbers: some } });
  }
  return drafts;
}

type SaidBefore = Pick<HistoryRecord, 'localId' | 'seq' | 'content' | 'sealedFor'>;

/** An own message of the history, for a person who could not read it. */
export function sayAgain(
  random: RandomBytes,
  { localId, seq, content: said, sealedFor: onlyFor }: SaidBefore,
): OutboxDraft | undefined {
  if (localId === undefined || seq === undefined || !idForm.test(localId)) return undefined;
  // Whom it mentions and what it answers is not said again; nor is what was deleted since, nor what disappears: it would
  // stay.
  if (ttlOf(said) !== undefined) return undefined;
  if ((said.kind !== 'text' && said.kind !== 'said') || said.text === '') return undefined;
  const content = { kind: 'again', number: seq, id: localId, text: said.text } as const;
  return { localId: newMessageId(random), content, ...(onlyFor !== undefined && { onlyFor }) };
}
