// A new epoch of a conversation begins (log-change.ts): existing messages stay and are closed with a line that says
// why, and own messages that the server has lost are not dropped. Private texts that no device has acknowledged are
// sent again under their ids, to the device that they were said to and to no other; those of a room also where a device has
// acknowledged them, since the others of its person may not have them. Messages to the lobby and to groups are marked and not resent: others have seen them.
// Fills a batch; writes and emits nothing itself.

import type { ConversationName } from '../../../wire/extended/names.ts';
import type { GroupName, Username } from '../../../wire/text.ts';
import { currentOf } from '../../amending/current.ts';
import { textContent } from '../../content.ts';
import type { DirectEngine } from '../../encryption/stored/engine.ts';
import type { WallClock } from '../../ports.ts';
import type { ClientStore, ConversationRecord, HistoryRecord } from '../../store/store-port.ts';
import { recordIn, type InboxBatch } from './batch.ts';
import type { Conversation } from '../conversations.ts';
import { recordAfter, unknownLog, type LogChange } from './log-change.ts';
import { maxOfferedAgain } from '../limits.ts';
import type { Outbox } from '../outbox/outbox.ts';

export interface NewEpochPorts {
  readonly now: WallClock;
  readonly store: Pick<ClientStore, 'ownBehind'>;
  readonly outbox: Outbox;
  /** Undefined where private messages are not for this connection. */
  readonly engine: Pick<DirectEngine, 'knownDevice'> | undefined;
}

type Restart = Exclude<LogChange, { readonly kind: 'named' }>;

const lostReason = 'the server was put back and has lost it; say it again if others are to have it';

interface RoomPorts {
  readonly store: Pick<ClientStore, 'ownMessages'>;
  /** Undefined if sealed groups are not for this connection. */
  readonly groups: { isRoom(conversation: Conversation): boolean } | undefined;
}

export async function beginEpoch(
  ports: NewEpochPorts & RoomPorts,
  conversation: Conversation,
  change: Restart,
  batch: InboxBatch,
): Promise<void> {
  const { name, peer } = conversation;
  const before = recordIn(batch, conversation);
  const lost =
    change.kind === 'other'
      ? []
      : await ports.store.ownBehind(name, keptUpTo(change, peer), maxOfferedAgain);
  const had = change.kind === 'put-back' ? await hadByOne(ports, conversation, before, change) : [];
  batch.records.set(conversation, recordAfter(before, change));
  if (change.kind === 'put-back') await keepCommon(ports, name, change, batch);
  const beyond = change.kind === 'put-back' ? before.cursor - change.common : before.cursor;
  const lostGroup = change.log === unknownLog ? conversation.place : undefined;
  if (beyond > 0 || lost.length > 0 || lostGroup?.kind === 'group') {
    const words =
      lostGroup?.kind === 'group'
        ? lostWords(lostGroup.group)
        : wordsFor(conversation, change.kind);
    const text = `${words}${offeredWords(peer, lost.length)}`;
    batch.changes.push({
      type: 'message',
      message: closing(name, before.epoch, ports.now(), text),
    });
    batch.events.push({ type: 'log-restarted', conversation: name, text });
  }
  await offerAgain(ports, peer, [...had, ...lost], batch);
}

/** Own texts of a room of two that the server has lost when one device had acknowledged them: the latest, in their order. */
async function hadByOne(
  { store, groups }: RoomPorts,
  conversation: Conversation,
  { cursor }: ConversationRecord,
  { common }: Exclude<Restart, { kind: 'other' }>,
): Promise<readonly HistoryRecord[]> {
  const { name, peer } = conversation;
  // What was said in a session was for the one device that has it.
  if (peer === undefined || groups?.isRoom(conversation) !== true) return [];
  const first = Math.max(common, cursor - maxOfferedAgain) + 1;
  const numbers = Array.from({ length: Math.max(0, cursor - first + 1) }, (_, at) => first + at);
  const own = numbers.length === 0 ? [] : await store.ownMessages(name, numbers);
  return own.filter(({ state }) => state === 'delivered');
}

/**
 * Up to where the server still has what is `stored`. Where it does not know that it was put back, that shows as messages are
 * compared; private ones may never be, and whoever has one already does not show it twice.
 */
function keptUpTo({ kind, common }: Exclude<Restart, { kind: 'other' }>, peer?: Username): number {
  return kind === 'rewound' && peer !== undefined ? 0 : common;
}

/**
 * Own messages that are further than all that was taken, and that the server still has: they are of the epoch that begins
 * as well, so that what is said of their numbers finds them.
 */
async function keepCommon(
  { store }: NewEpochPorts,
  name: ConversationName,
  { start, common }: Exclude<Restart, { kind: 'other' }>,
  batch: InboxBatch,
): Promise<void> {
  if (common <= start) return;
  const stored = await store.ownBehind(name, start, maxOfferedAgain);
  for (const own of stored.filter(({ seq = 0 }) => seq <= common)) {
    batch.changes.push({ type: 'message', message: { ...own, epoch: undefined } });
  }
}

/** It has turned out that the log of now is another one than that of `epoch` beyond `seq`. */
export async function lostBeyond(
  ports: NewEpochPorts,
  conversation: Conversation,
  epoch: number,
  seq: number,
  batch: InboxBatch,
): Promise<void> {
  const { name, peer } = conversation;
  const stored = await ports.store.ownBehind(name, seq, maxOfferedAgain, epoch);
  // What this batch has found already is not on the disk yet.
  const found = new Set(
    batch.changes.flatMap((change) => (change.type === 'message' ? change.message.localId : [])),
  );
  const lost = stored.filter(({ localId }) => !found.has(localId));
  if (lost.length === 0) return;
  const text = `${wordsFor(conversation, 'rewound')}${offeredWords(peer, lost.length)}`;
  batch.changes.push({ type: 'message', message: closing(name, epoch, ports.now(), text) });
  batch.events.push({ type: 'log-restarted', conversation: name, text });
  await offerAgain(ports, peer, lost, batch);
}

async function offerAgain(
  { outbox, engine }: NewEpochPorts,
  peer: Username | undefined,
  lost: readonly HistoryRecord[],
  batch: InboxBatch,
): Promise<void> {
  if (lost.length === 0) return;
  // What older versions have said is taken to have been said to the device that is known now.
  const known = peer && (await engine?.knownDevice(peer));
  for (const own of lost) {
    if (peer === undefined) markLost(own, batch);
    else sendAgain(outbox, peer, { ...own, sealedFor: own.sealedFor ?? known }, batch);
  }
}

/** The last line of the epoch that ends. */
function closing(
  conversation: ConversationName,
  epoch: number,
  at: number,
  text: string,
): HistoryRecord {
  return {
    conversation,
    localId: undefined,
    seq: undefined,
    epoch,
    at,
    from: undefined,
    guest: false,
    content: textContent(text),
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
  };
}

/** A conversation in words for people. */
export function whereIs({ place }: Pick<Conversation, 'place'>): string {
  if (place.kind === 'lobby') return 'in the lobby';
  return place.kind === 'group' ? `in #${place.group}` : `with ${place.user}`;
}

/** Of a group that the server knows nothing of any more. */
function lostWords(group: GroupName): string {
  return `the server was put back to an earlier state and has lost the group ${group}: what was said in it is on this device only, and the group has to be created again`;
}

function wordsFor(conversation: Conversation, kind: Restart['kind']): string {
  const { place } = conversation;
  const where = whereIs(conversation);
  if (kind === 'put-back') {
    return `the server was put back to an earlier state: the last that was said ${where} is on this device only`;
  }
  if (kind === 'rewound') {
    return `the server seems to have been put back to an earlier state: what was said ${where} up to here may be on this device only`;
  }
  return place.kind === 'direct'
    ? `what was said ${where} up to here was with an earlier account of that name, or on a server that was set up anew since`
    : `what was said ${where} up to here was before it was begun anew, and is on this device only`;
}

function offeredWords(peer: Username | undefined, count: number): string {
  if (count === 0) return '';
  const own = count === 1 ? 'one of your own messages' : `${count} of your own messages`;
  const [is, are] = count === 1 ? ['is', 'was'] : ['are', 'were'];
  return peer === undefined
    ? `; ${own} ${is} lost there: say again what others are to have`
    : `; ${own} that ${are} not delivered ${is} sent again`;
}

function markLost(own: HistoryRecord, batch: InboxBatch): void {
  const message = { ...own, state: 'refused', reason: lostReason } as const;
  batch.changes.push({ type: 'message', message });
}

function sendAgain(outbox: Outbox, user: Username, own: HistoryRecord, batch: InboxBatch): void {
  const { localId, content, sealedFor: onlyFor } = own;
  const isDeleted = currentOf(own).deletion !== undefined;
  if (localId === undefined || outbox.book.get(localId) !== undefined || isDeleted) return;
  const { changes, entry } = outbox.draft(user, { localId, content, onlyFor });
  const waiting = { ...own, seq: undefined, epoch: undefined, state: 'waiting' } as const;
  batch.changes.push(...changes, { type: 'message', message: waiting });
  batch.drafts.push(entry);
}
