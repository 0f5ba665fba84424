// This account's own messages, between the outbox and the inbox: their messages in the history, and their state. The
// outbox sends them, the inbox writes the server's answers.

import { invariant } from '../../../lib/invariant.ts';
import type { Username } from '../../../wire/text.ts';
import type { OwnContent } from '../../client-event.ts';
import type { DirectEngine } from '../../encryption/stored/engine.ts';
import type { WallClock } from '../../ports.ts';
import type { CommitFields, HistoryRecord } from '../../store/store-port.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import type { LogMessage } from '../inbox/catch-up.ts';
import type { InboxItem } from '../inbox/inbox.ts';
import { isCommit } from './outbox-book.ts';
import { ownOf } from './own-entries.ts';
import type { OutboxEntry, SendFailure, StoredReply } from './outbox.ts';

export interface OwnMessagesPorts {
  readonly me: Username;
  readonly now: WallClock;
  readonly conversations: Conversations;
  readonly engine: Pick<DirectEngine, 'deviceChanged'> | undefined;
  readonly enqueue: (item: InboxItem) => void;
  /** A line of a log, in its place. */
  readonly line: (line: LogMessage) => void;
  /** The id of an entry, as the server has it. */
  readonly idOf: (entry: OutboxEntry) => string | undefined;
  /** Whether messages of a conversation must still be fetched. */
  readonly isBehind: (conversation: Conversation) => boolean;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
}

export class OwnMessages {
  readonly #ports: OwnMessagesPorts;
  /** Repeats for which the server gave no number, until the log does, which is being fetched. */
  readonly #unnumbered = new Map<Conversation, OutboxEntry[]>();

  constructor(ports: OwnMessagesPorts) {
    this.#ports = ports;
  }

  /** The history's message for an entry of the outbox. */
  readonly messageOf = (entry: OutboxEntry): HistoryRecord => {
    const own = ownOf(entry);
    invariant(own !== undefined, 'what two programs say to each other is in no history');
    // Where it is not encrypted yet, it is for the device that it was said to before.
    const { sealed, onlyFor } = entry.record;
    const sealedFor = sealed?.device ?? onlyFor;
    return { ...this.message(own), ...(sealedFor !== undefined && { sealedFor }) };
  };

  /** The history's message for one that waits. */
  message({ localId, place, content }: OwnContent): HistoryRecord {
    const { conversations, me, now } = this.#ports;
    const name = conversations.nameOf(place);
    return {
      conversation: name,
      localId,
      seq: undefined,
      at: now(),
      from: me,
      guest: false,
      content,
      encrypted: place.kind === 'direct' || conversations.get(name)?.isSealed === true,
      key: undefined,
      unreadable: undefined,
      state: 'waiting',
      reason: undefined,
    };
  }

  /** The server has stored it. */
  stored(entry: OutboxEntry, { seq, at, repeated, wantTree }: StoredReply): void {
    const { isBehind, enqueue } = this.#ports;
    const conversation = this.#conversationOf(entry);
    if (conversation === undefined) return;
    if (isCommit(entry)) {
      this.#committed(conversation, entry, { seq, at, wantTree });
      return;
    }
    if (repeated === true && seq === undefined && conversation.isKept && isBehind(conversation)) {
      const entries = this.#unnumbered.get(conversation) ?? [];
      this.#unnumbered.set(conversation, [...entries, entry]);
      return;
    }
    // A message from before this login has its place. Only a new one comes after all earlier messages.
    const isNew = repeated !== true && !isBehind(conversation);
    const isNext = isNew && seq !== undefined && seq > conversation.handed;
    if (isNext) conversation.handed = seq;
    enqueue({ kind: 'stored', conversation, entry, seq, at, isNext });
  }

  /**
   * A commit of this device is in the log. It is processed in its place there, among what others said: the server does
   * not send own lines to their sender.
   */
  #committed(
    conversation: Conversation,
    entry: OutboxEntry,
    { seq, at = this.#ports.now(), wantTree }: StoredReply,
  ): void {
    const { isBehind, enqueue, line, me } = this.#ports;
    if (wantTree === true) entry.wantsTree = true;
    const id = entry.record.number === undefined ? undefined : this.#ports.idOf(entry);
    if (seq !== undefined && seq > conversation.handed) {
      const { name } = conversation;
      const { group } = entry.record;
      const sent = group?.kind === 'commit' ? lineOf(group.fields) : {};
      line({ verb: 'MSG', in: name, seq, at, from: me, ...(id !== undefined && { id }), ...sent });
    } else if (isBehind(conversation)) {
      const entries = this.#unnumbered.get(conversation) ?? [];
      this.#unnumbered.set(conversation, [...entries, entry]);
    } else enqueue({ kind: 'stored', conversation, entry, seq: undefined, at, isNext: false });
  }

  /** The whole log was fetched: an entry that it gave no number has none. */
  caughtUp(conversation: Conversation): void {
    for (const entry of this.#unnumbered.get(conversation) ?? []) {
      const nothing = { seq: undefined, at: undefined, isNext: false };
      this.#ports.enqueue({ kind: 'stored', conversation, entry, ...nothing });
    }
    this.#unnumbered.delete(conversation);
  }

  /** The connection has ended: entries without a number are asked about again. */
  logout(): void {
    for (const entries of this.#unnumbered.values()) {
      for (const entry of entries) entry.progress = 'waiting';
    }
    this.#unnumbered.clear();
  }

  /** It will not be sent. */
  refused(entry: OutboxEntry, failure: SendFailure): void {
    const conversation = this.#conversationOf(entry);
    if (conversation === undefined) return;
    this.#ports.enqueue({ kind: 'refused', conversation, entry, failure });
  }

  /** It was encrypted for a device that this person no longer has. Runs in its turn, whatever else runs. */
  deviceChanged({ place, record }: OutboxEntry): Promise<void> {
    const { engine, work } = this.#ports;
    const { sealed } = record;
    if (place.kind !== 'direct' || sealed === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      work(async () => {
        const done = engine?.deviceChanged(place.user, sealed) ?? Promise.resolve();
        await done.then(resolve, reject);
      });
    });
  }

  #conversationOf({ place }: OutboxEntry): Conversation | undefined {
    const { conversations } = this.#ports;
    return conversations.reach(conversations.nameOf(place));
  }
}

/** What the line of a commit says: all that was sent but the tree. */
function lineOf({
  kind,
  seen,
  on,
  commit,
  info,
  records,
  chain,
}: CommitFields): Partial<LogMessage> {
  return {
    kind,
    seen,
    on,
    info,
    ...(commit !== undefined && { commit }),
    ...(records !== undefined && { records: [...records] }),
    ...(chain !== undefined && { chain: [...chain] }),
  };
}
