// How far a person has read, told between the devices of the account: a note for each conversation, the higher number
// wins. A note names the log that its number belongs to. A device that has less of it keeps the number, and counts what
// comes up to it as seen.

import * as v from 'valibot';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Timers } from '../../ports.ts';
import type { ClientStore } from '../../store/store-port.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import { recordIn, type InboxBatch } from '../inbox/batch.ts';
import { maxUnreadCounted, readNoteMs } from '../limits.ts';
import type { Username } from '../../../wire/text.ts';
import { isUnread } from '../unread-count.ts';
import type { OwnChannel } from './own-channel.ts';

const kind = 'read';
const numberForm = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** The server's number of a log, and the last number that was seen in it. */
export const readForm = v.strictTuple([v.pipe(v.number(), v.safeInteger()), numberForm]);
export type ReadMark = v.InferOutput<typeof readForm>;

export interface ReadMarksPorts {
  readonly me: string;
  readonly own: Pick<OwnChannel, 'on' | 'send'>;
  readonly conversations: Pick<Conversations, 'get' | 'all'>;
  readonly store: Pick<ClientStore, 'history'>;
  readonly timers: Timers;
  /** Whether a person reads here. What a program hears nobody has seen, and it wants to hear what its person has read. */
  readonly isPerson: () => boolean;
}

/** A conversation of which something was told, until more may be. */
interface Pause {
  readonly cancel: () => void;
  isDue: boolean;
}

export class ReadMarks {
  readonly #ports: ReadMarksPorts;
  readonly #pauses = new Map<Conversation, Pause>();

  /** Not on the disk yet. */
  readonly #sending = new Set<Promise<unknown>>();

  constructor(ports: ReadMarksPorts) {
    this.#ports = ports;
    ports.own.on(kind, async ({ subject, body }, batch) => {
      const mark = v.safeParse(readForm, body);
      if (mark.success) await this.take(subject, mark.output, batch);
    });
  }

  /** The person has seen more of a conversation. */
  moved(conversation: Conversation): void {
    if (conversation.isOwn || !this.#ports.isPerson()) return;
    const pause = this.#pauses.get(conversation);
    if (pause === undefined) this.#tell(conversation);
    else pause.isDue = true;
  }

  /** Tells at once what is due: the program ends. */
  async flush(): Promise<void> {
    const due = [...this.#pauses].filter(([, { isDue }]) => isDue);
    for (const { cancel } of this.#pauses.values()) cancel();
    this.#pauses.clear();
    for (const [conversation] of due) this.#send(conversation);
    await Promise.all(this.#sending);
  }

  /** All marks, for a device of the account that knows none. */
  get all(): readonly (readonly [ConversationName, ReadMark])[] {
    return this.#ports.conversations.all
      .filter(({ isOwn, seen }) => !isOwn && seen > 0)
      .map(({ name, log, seen }) => [name, [log, seen]] as const);
  }

  /** Another device has seen a conversation up to `mark`. */
  async take(name: string, [log, seq]: ReadMark, batch: InboxBatch): Promise<void> {
    const conversation = this.#ports.conversations.get(name as ConversationName);
    if (conversation === undefined || conversation.isOwn || !this.#ports.isPerson()) return;
    if (recordIn(batch, conversation).log !== log || seq <= conversation.seen) return;
    conversation.seen = seq;
    conversation.unread = await this.#unread(conversation, batch);
    batch.records.set(conversation, recordIn(batch, conversation));
    const { unread } = conversation;
    batch.events.push({ type: 'read-elsewhere', conversation: conversation.name, unread });
  }

  /** What is unseen behind the mark. */
  async #unread(conversation: Conversation, batch: InboxBatch): Promise<number> {
    const { name, seen, unread } = conversation;
    const { me, store } = this.#ports;
    if (seen >= recordIn(batch, conversation).cursor || unread === 0) return 0;
    const last = await store.history(name, undefined, maxUnreadCounted);
    const kept = last.filter((record) => isUnread(conversation, me as Username, record)).length;
    // What this batch is about to write is not there yet.
    const added = batch.changes.filter(
      (change) =>
        change.type === 'message' &&
        change.message.conversation === name &&
        isUnread(conversation, me as Username, change.message),
    ).length;
    return Math.min(unread, kept + added);
  }

  #tell(conversation: Conversation): void {
    const cancel = this.#ports.timers.after(readNoteMs, () => {
      const isDue = this.#pauses.get(conversation)?.isDue === true;
      this.#pauses.delete(conversation);
      if (isDue) this.#tell(conversation);
    });
    this.#pauses.set(conversation, { cancel, isDue: false });
    this.#send(conversation);
  }

  /** Where too much waits, a later note says more. What can't be stored is not said: this client ends then. */
  #send({ name, log, seen }: Conversation): void {
    const sent = this.#ports.own.send(kind, [log, seen], name).catch(() => {});
    this.#sending.add(sent);
    void sent.then(() => this.#sending.delete(sent));
  }
}
