// What an entry of the outbox is for its person: a message, something said of an earlier one, or neither.
import type { OwnAmendment, OwnContent } from '../../client-event.ts';
import { isAmendment, isMessage } from '../../content.ts';
import type { OutboxEntry } from './outbox-book.ts';

/** What the person wrote. Undefined for messages between two programs, and for what is said of an earlier one. */
export function ownOf({ record, place }: OutboxEntry): OwnContent | undefined {
  const { localId, content } = record;
  return isMessage(content) ? { localId, place, content } : undefined;
}

/** What the person says of an earlier message. */
export function amendmentOf({ record, place }: OutboxEntry): OwnAmendment | undefined {
  const { localId, content } = record;
  return isAmendment(content) ? { localId, place, content } : undefined;
}
