// What this account has said of messages, and a server that was put back has lost, though it still has the messages: their
// edits, deletions and reactions. Whoever comes later would read what was deleted. It is said again once this device has
// caught up, where nothing else was said of the same since; those who have heard it are told nothing new. Kept until then.
import * as v from 'valibot';
import type { Place } from '../../../wire/extended/names.ts';
import type { AmendmentContent } from '../../amending/amendment-content.ts';
import { currentOf, editsOf } from '../../amending/current.ts';
import type { Saying } from '../../amending/saying.ts';
import { targetIdOf } from '../../amending/target.ts';
import { ttlOf } from '../../content.ts';
import type {
  ClientChange,
  ClientStore,
  HistoryRecord,
  KeptValue,
} from '../../store/store-port.ts';
import { maxOfferedAgain } from '../limits.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import type { InboxBatch } from './batch.ts';

export interface LostAmendmentsPorts {
  readonly me: string;
  readonly values: readonly KeptValue[];
  readonly store: Pick<ClientStore, 'historyRange' | 'numbered'>;
  readonly conversations: Pick<Conversations, 'get'>;
  readonly write: (change: ClientChange) => Promise<void>;
  /** Whether it was taken. */
  readonly say: (place: Place, content: AmendmentContent, from: string | undefined) => boolean;
}

const valueName = 'lost-amendments';
const count = v.pipe(v.number(), v.safeInteger());
/** The conversation, the number of the message, and the time and number of what was said of it. */
const lostForm = v.tuple([v.string(), count, count, count]);
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(lostForm));
type Lost = v.InferOutput<typeof lostForm>;

export class LostAmendments {
  readonly #ports: LostAmendmentsPorts;
  #lost: readonly Lost[];

  constructor(ports: LostAmendmentsPorts) {
    this.#ports = ports;
    const kept = ports.values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    this.#lost = parsed.success ? parsed.output : [];
  }

  /** The server has the log of a conversation up to `common` alone. Looks at the latest messages that it has. */
  async find({ name }: Conversation, common: number, batch: InboxBatch): Promise<void> {
    const range = { kind: 'before', message: { seq: common + 1 } } as const;
    const records = await this.#ports.store.historyRange(name, range, maxOfferedAgain);
    const found = records.flatMap((record) =>
      this.#ownOf(record)
        .filter(({ saying }) => saying.seq > common)
        .map(({ saying: { at, seq } }): Lost => [name, record.seq ?? 0, at, seq]),
    );
    if (found.length === 0) return;
    this.#lost = [...this.#lost, ...found].slice(-maxOfferedAgain);
    batch.changes.push(this.#change);
  }

  /** Everything that was missed is here. To be called where nothing else is written. */
  async sayAgain(): Promise<void> {
    if (this.#lost.length === 0) return;
    const left: Lost[] = [];
    for (const lost of this.#lost) if (!(await this.#say(lost))) left.push(lost);
    this.#lost = left;
    await this.#ports.write(this.#change);
  }

  /** Whether that is over. */
  async #say([name, number, at, seq]: Lost): Promise<boolean> {
    const { conversations, say, store } = this.#ports;
    const conversation = conversations.get(name as Conversation['name']);
    if (conversation === undefined) return true;
    const record = await store.numbered(conversation.name, number);
    if (record?.seq !== number) return true;
    // Of something else that was said since the time is another one.
    const own = this.#ownOf(record).filter(({ saying }) => saying.at === at && saying.seq === seq);
    return own.every(({ content }) => say(conversation.place, content, record.from));
  }

  /** What this account has said last of a message, and holds. */
  #ownOf(record: HistoryRecord): { readonly saying: Saying; readonly content: AmendmentContent }[] {
    const { me } = this.#ports;
    const { seq, amended } = record;
    if (seq === undefined || amended === undefined) return [];
    const target = { seq, id: targetIdOf(record) };
    const { deletion } = currentOf(record);
    if (deletion !== undefined)
      return deletion.by === me ? [{ saying: deletion, content: { kind: 'delete', target } }] : [];
    const ttl = ttlOf(record.content);
    const expiring = ttl === undefined ? {} : { ttl };
    const edit = editsOf(record, amended).at(-1);
    return [
      ...(edit?.by === me
        ? [
            {
              saying: edit,
              content: {
                kind: 'edit' as const,
                target,
                text: edit.text,
                mentions: edit.mentions,
                ...expiring,
              },
            },
          ]
        : []),
      ...amended.reactions
        .filter(({ by }) => by === me)
        .map((saying) => ({
          saying,
          content: { kind: 'react' as const, target, emoji: saying.emoji, isOn: saying.isOn },
        })),
    ];
  }

  get #change(): ClientChange {
    const value = this.#lost.length === 0 ? undefined : JSON.stringify(this.#lost);
    return { type: 'kept-value', name: valueName, value };
  }
}
