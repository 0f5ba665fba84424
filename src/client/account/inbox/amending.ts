// Edits, deletions and reactions on their way to the disk: each goes with the message that it is about, whether or not
// that is here yet, and changes no count of unread ones. What is plainly not allowed is dropped: what stands in the store
// is judged each time it is read. Fills a batch; writes and emits nothing itself.
import type { Amendment } from '../../amending/amendments.ts';
import { deletionOf, editsOf } from '../../amending/current.ts';
import { amendmentsOf } from '../../amending/settled.ts';
import { amended, noAmendments } from '../../amending/amendments.ts';
import type { AmendmentContent } from '../../content.ts';
import type { ClientStore, HistoryRecord } from '../../store/store-port.ts';
import { isMark } from '../../store/taken-number.ts';
import type { Conversation } from '../conversations.ts';
import type { InboxBatch } from './batch.ts';
import type { LogMessage } from './catch-up.ts';

export interface AmendingPorts {
  readonly me: string;
  readonly store: Pick<ClientStore, 'numbered'>;
}

/** How it came: by whom, and whether an admin of the group said it. */
export interface AmendingLine extends Pick<LogMessage, 'seq' | 'at' | 'from' | 'guest'> {
  readonly asAdmin: boolean;
  readonly isLate: boolean;
}

/** Somebody has said something of an earlier message. */
export async function takeAmendment(
  ports: AmendingPorts,
  conversation: Conversation,
  { seq, at, from: by, guest, asAdmin, isLate }: AmendingLine,
  content: AmendmentContent,
  batch: InboxBatch,
): Promise<void> {
  // Another person can have the name of a guest tomorrow; and without a number nothing can be put in order.
  if (by === undefined || guest === true || seq === undefined) return;
  const { name } = conversation;
  const { target } = content;
  const amendment = { content, by, at, seq, asAdmin };
  const about = await messageAt(ports.store, conversation, target.seq, batch);
  if (about !== undefined && !isMark(about) && !holds(about, amendment)) return;
  batch.changes.push({ type: 'amended', conversation: name, target, amendment });
  batch.events.push({
    type: 'amended',
    conversation: name,
    place: conversation.place,
    amendment,
    isOwn: by === ports.me,
    isHere: about !== undefined,
    late: isLate,
  });
}

/** Whether it changes anything of a message: it is about this one, and may be said by whom it is from. */
function holds(about: HistoryRecord, amendment: Amendment): boolean {
  const { content } = amendment;
  const said = new Map([[content.target.id, amended(noAmendments, amendment)]]);
  const one = amendmentsOf(about, said);
  if (one === undefined) return false;
  switch (content.kind) {
    case 'edit':
      return editsOf(about, one).length > 0;
    case 'delete':
      return deletionOf(about, one) !== undefined;
    case 'react':
      return true;
  }
}

/** The message `seq` of the log of now, or of what is about to be written there. */
export async function messageAt(
  store: Pick<ClientStore, 'numbered'>,
  { name }: Conversation,
  seq: number,
  { changes }: InboxBatch,
): Promise<HistoryRecord | undefined> {
  for (const change of changes.toReversed()) {
    if (change.type === 'mark-removed' && change.conversation === name && change.seq === seq)
      return undefined;
    if (change.type !== 'message') continue;
    const { message } = change;
    if (message.conversation === name && message.seq === seq) return message;
  }
  const found = await store.numbered(name, seq);
  return found?.seq === seq ? found : undefined;
}
