// Compares a new log with an earlier epoch that it may continue (`alike` of a record): each message with the one that
// has its number in that epoch, new ones and history alike. Equal messages stay where they are and are not stored
// twice; where the two diverge, this account's own messages that the server has lost are lost. The result is stored
// with the record, so that a killed program continues from it. Fills a batch; writes nothing.

import type { Username } from '../../../wire/text.ts';
import { currentOf } from '../../amending/current.ts';
import { isAmendment, textOf } from '../../content.ts';
import type { ClientStore, ConversationRecord, HistoryRecord } from '../../store/store-port.ts';
import { markOf, received, recordIn, type InboxBatch } from './batch.ts';
import type { LogMessage } from './catch-up.ts';
import type { Conversation } from '../conversations.ts';
import type { PageItem } from './damage.ts';
import { saidAsAdmin, takeAmendment } from './amending.ts';
import { lostBeyond, type NewEpochPorts } from './new-epoch.ts';
import { erasedMark, openContentOf, openIdOf, type HashPort } from './open-content.ts';

export interface ComparePorts extends Omit<NewEpochPorts, 'store'>, HashPort {
  readonly me: string;
  readonly store: Pick<ClientStore, 'numbered' | 'ownBehind'>;
  readonly isAdmin: (conversation: Conversation, user: Username) => Promise<boolean>;
}

/** Whether it is a message that an epoch before has: then the log is the same so far. */
export async function isOfBefore(
  ports: ComparePorts,
  conversation: Conversation,
  said: LogMessage,
  batch: InboxBatch,
): Promise<boolean> {
  const { seq = 0 } = said;
  const { alike = [], epoch } = recordIn(batch, conversation);
  for (const [index, one] of alike.entries()) {
    if (seq > one.last) continue;
    const before = epoch - 1 - index;
    const known = await ports.store.numbered(conversation.name, seq, before);
    if (known === undefined) continue;
    const record = recordIn(batch, conversation);
    if (isSame(known, said)) {
      batch.records.set(conversation, { ...record, earlier: commonUpTo(record, index, seq) });
      return true;
    }
    batch.records.set(conversation, partedAt(record, index, seq));
    // Another log of that name may be one of other people.
    if (one.log === record.log) await lostBeyond(ports, conversation, before, seq - 1, batch);
  }
  return false;
}

/** A page of what was said before all that is here of the log of now. */
export async function takeEarlier(
  ports: ComparePorts,
  conversation: Conversation,
  pieces: readonly PageItem[],
  batch: InboxBatch,
): Promise<void> {
  // The last one that is the same says it of those before it.
  for (const piece of pieces.toReversed()) {
    if (piece.verb === 'MSG') await isOfBefore(ports, conversation, piece, batch);
  }
  for (const piece of pieces) {
    if (piece.verb === 'MSG') await takeLine(ports, conversation, piece, batch);
    else {
      const message = markOf(conversation, piece, ports.now());
      batch.changes.push({ type: 'message', message });
    }
  }
}

async function takeLine(
  ports: ComparePorts,
  conversation: Conversation,
  said: LogMessage,
  batch: InboxBatch,
): Promise<void> {
  if (said.erased === true && said.expired !== true) {
    const message = await erasedMark(ports, conversation, said);
    batch.changes.push({ type: 'message', message });
  }
  // Sealed, from before this account was in: nobody here can read it, and commits are no messages.
  if (said.text === undefined) return;
  const content = openContentOf(said);
  if (isAmendment(content)) {
    const asAdmin = await saidAsAdmin(ports, conversation, said.from, content);
    await takeAmendment(ports, conversation, { ...said, asAdmin, isLate: true }, content, batch);
    return;
  }
  const openly = await openIdOf(ports, said.id);
  const message = { ...received(conversation, said), content, ...openly };
  batch.changes.push({ type: 'message', message });
}

/** Of what is deleted here the text is not known any more. */
function isSame(known: HistoryRecord, said: LogMessage): boolean {
  const { at, from, text } = said;
  const isGone = currentOf(known).deletion !== undefined;
  const isSaid =
    text === undefined || isGone || textOf(known.content) === textOf(openContentOf(said));
  return known.at === at && known.from === from && isSaid;
}

/** What the log was before, where the epoch `index` before the last one has the message `seq`. */
function commonUpTo(
  { alike = [], earlier }: ConversationRecord,
  index: number,
  seq: number,
): ConversationRecord['earlier'] {
  const all = alike.map(({ log, sure }, at) => {
    const known = earlier[at]?.last ?? 0;
    return { log, last: Math.max(known, at <= index ? seq : Math.min(seq, sure)) };
  });
  return all.slice(0, all.findLastIndex(({ last }) => last > 0) + 1);
}

function partedAt(record: ConversationRecord, index: number, seq: number): ConversationRecord {
  const alike = (record.alike ?? []).map((one, at) =>
    at === index ? { ...one, last: seq - 1 } : one,
  );
  return { ...record, alike };
}
