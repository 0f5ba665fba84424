// Edits, deletions, reactions, replies and pins of the person at the timeline: which message is meant, whether that may be done,
// and the answer in words.
import { maxPins } from '../amending/amendments.ts';
import { isEmoji } from '../amending/amendment-content.ts';
import { currentOf, maxKinds } from '../amending/current.ts';
import type { About, Speech } from '../amending/speech.ts';
import { targetIdOf } from '../amending/target.ts';
import type { ChatClient } from '../chat-client.ts';
import { textOf, ttlOf } from '../content.ts';
import type { PlacedRecord } from '../store/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parsePlace, type Place } from '../../wire/extended/names.ts';
import { cannotAmend } from '../wording/cannot-amend.ts';
import { contentWords } from '../wording/content-words.ts';
import { harmless, harmlessLines } from '../wording/sanitize.ts';
import type { TimelineConversation } from './conversation-book.ts';
import type {
  ConversationId,
  MessageForm,
  MessageItem,
  MessageRights,
  PinnedMessage,
  Verdict,
} from './model.ts';
import type { Timeline } from './timeline.ts';

/** A message that something is to be done with. */
interface Meant {
  readonly place: Place;
  readonly speech: Speech;
  readonly record: PlacedRecord;
  readonly item: MessageItem;
  readonly about: About;
}

export class AmendingActions {
  readonly #client: ChatClient;
  readonly #timeline: Timeline;

  constructor(client: ChatClient, timeline: Timeline) {
    this.#client = client;
    this.#timeline = timeline;
  }

  /** Says a text of an account; `reply`: the key of what it answers. */
  async say(id: ConversationId, text: string, reply: number | undefined): Promise<Verdict> {
    const meant = reply === undefined ? undefined : await this.#meant(id, reply, 'reply');
    if (meant?.ok === false) return meant;
    const place = parsePlace(id);
    const { speech } = this.#client;
    if (place === undefined) return err(cannotAmend.gone);
    if (speech === undefined) return err(cannotAmend.guest);
    return verdictOf(await speech.say(place, text, meant?.value.about));
  }

  async edit(id: ConversationId, key: number, text: string): Promise<Verdict> {
    const meant = await this.#meant(id, key, 'edit');
    if (!meant.ok) return meant;
    const { about, place, record, speech } = meant.value;
    if (textOf(currentOf(record).content) === text) return err(cannotAmend.same);
    return verdictOf(await speech.edit(place, about, text));
  }

  async delete(id: ConversationId, key: number): Promise<Verdict> {
    const meant = await this.#meant(id, key, 'delete');
    if (!meant.ok) return meant;
    const { about, item, place, speech } = meant.value;
    if (!item.isOwn && !(await speech.mayDeleteOthers(place))) return err(cannotAmend.notYours);
    return verdictOf(await speech.delete(place, about));
  }

  async react(id: ConversationId, key: number, emoji: string, on: boolean): Promise<Verdict> {
    if (!isEmoji(emoji)) return err(cannotAmend.noEmoji);
    const meant = await this.#meant(id, key, 'react');
    if (!meant.ok) return meant;
    const { about, item, place, speech } = meant.value;
    const { reactions = [] } = item;
    const known = reactions.find((one) => one.emoji === emoji);
    if ((known?.mine ?? false) === on) return ok(undefined);
    if (on && known === undefined && reactions.length >= maxKinds)
      return err(cannotAmend.tooManyKinds);
    return verdictOf(await speech.react(place, about, emoji, on));
  }

  async pin(id: ConversationId, key: number, on: boolean): Promise<Verdict> {
    const meant = await this.#meant(id, key, 'pin');
    if (!meant.ok) return meant;
    const { about, item, place, record, speech } = meant.value;
    if ((item.pinned !== undefined) === on) return ok(undefined);
    if (on && (await this.#client.pinned(record.conversation)).length >= maxPins)
      return err(cannotAmend.tooManyPins);
    return verdictOf(await speech.pin(place, about, on));
  }

  async #unpin(id: ConversationId, record: PlacedRecord): Promise<Verdict> {
    const place = parsePlace(id);
    const { seq, from } = record;
    const { speech } = this.#client;
    if (place === undefined || seq === undefined || from === undefined)
      return err(cannotAmend.gone);
    if (speech === undefined) return err(cannotAmend.guest);
    if (place.kind !== 'direct' && !(await speech.mayDeleteOthers(place)))
      return err(cannotAmend.notYourPins);
    return verdictOf(
      await speech.pin(place, { target: { seq, id: targetIdOf(record) }, from }, false),
    );
  }

  async pins(id: ConversationId): Promise<Result<readonly PinnedMessage[], string>> {
    const kept = this.#timeline.book.get(id);
    const name = kept?.messageIndex?.name;
    if (kept === undefined || name === undefined) return ok([]);
    const records = await this.#client.pinned(name);
    const found = records.flatMap((record) => {
      const { at, from } = record;
      const { content, pin } = currentOf(record);
      if (pin === undefined || from === undefined || this.#timeline.book.hides(kept, from))
        return [];
      const text = harmless(contentWords(content));
      const reveal = () => this.#timeline.history.show(kept, (window) => window.reveal(record));
      const unpin = () => this.#unpin(id, record);
      return [{ id, at, from, text, by: pin.by, reveal, unpin }];
    });
    return ok(found.reverse());
  }

  async editsOf(id: ConversationId, key: number): Promise<Result<readonly MessageForm[], string>> {
    const item = this.#timeline.itemAt(id, key);
    if (item === undefined) return err(cannotAmend.gone);
    if (item.deleted !== undefined) return err(cannotAmend.deleted);
    const record = await this.#recordOf(id, item);
    if (record === undefined) return err(cannotAmend.gone);
    const forms = [
      { at: record.at, text: textOf(record.content) },
      ...currentOf(record).edits.map(({ at, text }) => ({ at, text })),
    ];
    return ok(forms.map(({ at, text }) => ({ at, text: harmlessLines(text) })));
  }

  async goToReplied(id: ConversationId, key: number): Promise<number | undefined> {
    const reply = this.#timeline.itemAt(id, key)?.reply;
    const kept = this.#timeline.book.get(id);
    // Of what is not here nothing is known that could be shown.
    if (reply?.from === undefined || kept?.messageIndex === undefined) return undefined;
    const { seq } = reply;
    return this.#timeline.history.show(kept, async (window) => {
      const found = await window.reveal({ seq });
      return found !== undefined && window.get(found)?.seq === seq ? found : undefined;
    });
  }

  async #meant(
    id: ConversationId,
    key: number,
    act: keyof MessageRights,
  ): Promise<Result<Meant, string>> {
    const item = this.#timeline.itemAt(id, key);
    const place = parsePlace(id);
    const { speech } = this.#client;
    if (item === undefined || place === undefined) return err(cannotAmend.gone);
    if (speech === undefined) return err(cannotAmend.guest);
    const right = this.#timeline.rightsTo(id, key)?.[act] ?? err(cannotAmend.gone);
    if (!right.ok) return right;
    const record = await this.#recordOf(id, item);
    if (record?.seq === undefined || record.from === undefined) return err(cannotAmend.gone);
    const target = { seq: record.seq, id: targetIdOf(record) };
    const about = { target, from: record.from, ttl: ttlOf(record.content) };
    return ok({ place, speech, record, item, about });
  }

  async #recordOf(
    id: ConversationId,
    { seq, rowId }: MessageItem,
  ): Promise<PlacedRecord | undefined> {
    const kept: TimelineConversation | undefined = this.#timeline.book.get(id);
    const name = kept?.messageIndex?.name;
    if (name === undefined) return undefined;
    const range = { kind: 'from', message: { rowId, seq } } as const;
    const [record] = await this.#client.historyRange(name, range, 1);
    return record?.seq === seq ? record : undefined;
  }
}

function verdictOf(done: Result<unknown, { readonly hint: string }>): Verdict {
  return done.ok ? ok(undefined) : err(done.error.hint);
}
