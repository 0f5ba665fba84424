// A group's messages and reactions to them, brought to a client's store in two ways: as sets of changes, and through the
// inbox, as the lines of an open group come from the server's log. And what it takes to read a message with many
// reactions and to make of it what a view shows.

import { AccountQueue } from '../../src/client/account/account-queue.ts';
import { Conversation } from '../../src/client/account/conversations.ts';
import { Inbox, type InboxItem, type InboxPorts } from '../../src/client/account/inbox/inbox.ts';
import { encodeOpenContent } from '../../src/client/account/inbox/open-content.ts';
import { maxInboxBatch } from '../../src/client/account/limits.ts';
import type { ReactionContent } from '../../src/client/amending/amendment-content.ts';
import { noTargetId } from '../../src/client/amending/target.ts';
import { textContent } from '../../src/client/content.ts';
import type { ClientChange, ClientStore } from '../../src/client/store/store-port.ts';
import { itemOf, readerOf } from '../../src/client/timeline/history-items.ts';
import { nodeTimers } from '../../src/platform/node/runtime.ts';
import { groupConversation } from '../../src/wire/extended/names.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';

const group = 'lunch' as GroupName;
const name = groupConversation(group);
const me = 'alice' as Username;
/** Lines of one answer to HISTORY. */
const page = 1_000;
const emoji = ['👍', '❤️', '😂', '🎉', '👀', '🙏'];

export interface Reacting {
  readonly messages: number;
  readonly reactions: number;
  readonly people: number;
  /** So many messages get reactions at a time, in turn. */
  readonly atOnce: number;
}

/** One reaction, and where it stands in the log. */
interface Said {
  readonly seq: number;
  readonly by: Username;
  readonly content: ReactionContent;
}

export async function writeMessages(store: ClientStore, { messages }: Reacting): Promise<void> {
  const conversation = { name, log: 1, epoch: 0, earlier: [], cursor: messages, read: messages };
  const said = Array.from({ length: messages }, (_, at): ClientChange => ({
    type: 'message',
    message: {
      conversation: name,
      localId: undefined,
      seq: at + 1,
      at: at + 1,
      from: me,
      guest: false,
      content: textContent(`This is text ${at + 1}.`),
      encrypted: false,
      key: undefined,
      unreadable: undefined,
      state: undefined,
      reason: undefined,
    },
  }));
  await store.write([{ type: 'conversation', conversation }, ...said]);
}

/** In sets as large as the inbox writes them. */
export async function applySets(store: ClientStore, reacting: Reacting): Promise<void> {
  const all = reactions(reacting);
  for (let from = 0; from < all.length; from += maxInboxBatch) {
    const changes = all
      .slice(from, from + maxInboxBatch)
      .map(({ seq, by, content }): ClientChange => {
        const amendment = { content, by, at: seq, seq, asAdmin: false };
        return { type: 'amended', conversation: name, target: content.target, amendment };
      });
    await store.write(changes);
  }
}

/**
 * As they come: a page of the log is asked for when the one before is on the disk. `lap` runs the handling of a page; the
 * lines of it are made before.
 */
export async function applyLines(
  store: ClientStore,
  reacting: Reacting,
  lap: (handle: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { messages: cursor } = reacting;
  const record = { name, log: 1, epoch: 0, earlier: [], cursor, read: cursor };
  const conversation = new Conversation({ kind: 'group', group }, record);
  const inbox = new Inbox(portsOf(store));
  const all = reactions(reacting);
  for (let from = 0; from < all.length; from += page) {
    const items = all.slice(from, from + page).map((said) => lineOf(said, conversation));
    await lap(() => inbox.enqueue(items));
  }
}

function lineOf({ seq, by, content }: Said, conversation: Conversation): InboxItem {
  return {
    kind: 'said',
    conversation,
    message: {
      verb: 'MSG',
      in: name,
      seq,
      at: seq,
      from: by,
      text: 'reacted',
      content: encodeOpenContent(content),
    },
    isLate: true,
  };
}

/** Reads the last message, as a view does that opens. Returns how many have reacted. */
export async function open(store: ClientStore): Promise<number> {
  const [record] = await store.historyRange(name, { kind: 'last' }, 1);
  if (record === undefined) throw new Error('there is no message');
  const item = itemOf(record, readerOf(me));
  if (item.kind !== 'message') throw new Error('it is no message');
  return (item.reactions ?? []).reduce((sum, { count }) => sum + count, 0);
}

/** Each of somebody who has not reacted to that message before. */
function reactions({ messages, reactions, people, atOnce }: Reacting): readonly Said[] {
  const each = reactions / messages;
  return Array.from({ length: reactions }, (_, at) => {
    const block = Math.floor(at / (atOnce * each));
    const round = Math.floor((at % (atOnce * each)) / atOnce);
    const target = { seq: 1 + block * atOnce + (at % atOnce), id: noTargetId };
    const content = {
      kind: 'react',
      target,
      emoji: emoji[(at + round) % emoji.length] ?? '👍',
      isOn: true,
    } as const;
    return { seq: messages + at + 1, by: `user${round % people}` as Username, content };
  });
}

/** What the inbox needs for lines that the server can read. */
function portsOf(store: ClientStore): InboxPorts {
  const nothing = () => {};
  const failed = (cause: unknown) => {
    throw cause;
  };
  const queue = new AccountQueue(store, failed);
  const unused = {
    outbox: { written: nothing },
    receipts: { takeSeen: () => [], stored: nothing },
    erasures: {},
    expiry: { prepare: nothing },
    messageOf: failed,
  } as unknown as Pick<InboxPorts, 'outbox' | 'receipts' | 'erasures' | 'expiry' | 'messageOf'>;
  return {
    ...unused,
    me,
    now: Date.now,
    timers: nodeTimers,
    engine: undefined,
    reader: undefined,
    groups: undefined,
    store,
    writer: queue.writer,
    work: queue.add,
    isAdmin: async () => false,
    emit: nothing,
    note: nothing,
    willBeSaid: async () => {},
    full: nothing,
  };
}
