// Edits, deletions, reactions and pins on their way to the disk: each goes with the message that it is about, whether or not
// that is here yet, and no more are unread for it: one less, where it was not seen yet and is deleted. What is plainly not allowed is dropped: what stands in the store
// is judged each time it is read. Fills a batch; writes and emits nothing itself. There may be many reactions to few
// messages: of each it only looks whether it is about that message, and what was found once is remembered.
import { amendmentsOf } from '../../amending/said-of.ts';
import type { Username } from '../../../wire/text.ts';
import type { Amendment } from '../../amending/amendments.ts';
import { currentOf, deletionOf, editsOf } from '../../amending/current.ts';
import { amended, noAmendments } from '../../amending/amendments.ts';
import { ttlOf, type AmendmentContent } from '../../content.ts';
import type { ClientStore, HistoryRecord } from '../../store/store-port.ts';
import { epochOf } from '../../store/log-epochs.ts';
import { isMark } from '../../store/taken-number.ts';
import { isIdOf } from '../../amending/target.ts';
import type { Conversation } from '../conversations.ts';
import { recordIn, type InboxBatch } from './batch.ts';
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

export interface AdminPorts {
  readonly isAdmin: (conversation: Conversation, user: Username) => Promise<boolean>;
}

/** Whether it matters that an admin of the group has said it. */
export function isForAdmins({ kind }: AmendmentContent): boolean {
  return kind === 'delete' || kind === 'pin';
}

/** Where the server can read it: whether an admin of the group has said it, as this device knows it now. */
export function saidAsAdmin(
  ports: AdminPorts,
  conversation: Conversation,
  from: Username | undefined,
  content: AmendmentContent,
): false | Promise<boolean> {
  return isForAdmins(content) && from !== undefined && ports.isAdmin(conversation, from);
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
  const { name, place } = conversation;
  const { target } = content;
  // Both of a private conversation may; nobody in the lobby.
  if (content.kind === 'pin' && place.kind !== 'direct' && !asAdmin) return;
  const amendment = { content, by, at, seq, asAdmin };
  const isHere =
    isKnownToReact(conversation, amendment, batch) ??
    (await isAbout(ports.store, conversation, amendment, batch));
  if (isHere === 'not') return;
  // Its text would outlive the message, which has ended, or will never be known here.
  if (ttlOf(content) !== undefined) {
    const about = await messageAt(ports.store, conversation, target.seq, batch);
    if (about === undefined || isMark(about)) return;
  }
  batch.changes.push({ type: 'amended', conversation: name, target, amendment });
  batch.events.push({
    type: 'amended',
    conversation: name,
    place,
    amendment,
    isOwn: by === ports.me,
    isHere,
    late: isLate,
  });
  if (content.kind === 'delete' && isHere) await uncount(ports, conversation, target.seq, batch);
}

/** What is deleted before it was seen is not unread any more. */
async function uncount(
  { me, store }: AmendingPorts,
  conversation: Conversation,
  seq: number,
  batch: InboxBatch,
): Promise<void> {
  const { name, seen, unread } = conversation;
  const about = await messageAt(store, conversation, seq, batch);
  if (about?.from === undefined || about.from === me || seq <= seen || unread === 0) return;
  if (conversation.hides(about.from)) return;
  const deletions = batch.changes.filter(
    (change) =>
      change.type === 'amended' &&
      change.conversation === name &&
      change.target.seq === seq &&
      change.amendment.content.kind === 'delete',
  );
  if (currentOf(about).deletion !== undefined || deletions.length > 1) return;
  conversation.unread -= 1;
  batch.events.push({ type: 'read-elsewhere', conversation: name, unread: conversation.unread });
}

/** The same of a reaction, without asking the store; undefined where that has to be asked. */
function isKnownToReact(
  conversation: Conversation,
  { content: { kind, target } }: Amendment,
  batch: InboxBatch,
): true | 'not' | undefined {
  if (kind !== 'react') return undefined;
  const log = epochOf(recordIn(batch, conversation), target.seq);
  const one = conversation.known.get(log, target.seq);
  return one && (isIdOf(target.id, one) || 'not');
}

/** Whether its message is here; `not`: it changes nothing of the message that is. */
async function isAbout(
  store: Pick<ClientStore, 'numbered'>,
  conversation: Conversation,
  amendment: Amendment,
  batch: InboxBatch,
): Promise<boolean | 'not'> {
  const { target } = amendment.content;
  const log = epochOf(recordIn(batch, conversation), target.seq);
  const about = await messageAt(store, conversation, target.seq, batch);
  if (about === undefined || isMark(about)) return about !== undefined;
  // What is only about to be written may still fail.
  if (about.epoch === log) conversation.known.add(log, target.seq, about);
  return holds(about, amendment) || 'not';
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
    case 'pin':
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
  for (let at = changes.length - 1; at >= 0; at--) {
    const change = changes[at];
    if (change === undefined) continue;
    if (change.type === 'mark-removed' && change.conversation === name && change.seq === seq)
      return undefined;
    if (change.type !== 'message') continue;
    const { message } = change;
    if (message.conversation === name && message.seq === seq) return message;
  }
  const found = await store.numbered(name, seq);
  return found?.seq === seq ? found : undefined;
}
