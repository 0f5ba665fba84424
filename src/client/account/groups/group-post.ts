// Texts to sealed groups and rooms on their way from the outbox to the wire: sealed once this device is in the group's
// tree, has processed its log, and nobody is in the tree who is out. Sealed bytes are on the disk before they are sent.
// Which of the two ways a private text goes is decided in outbox/direct-post.ts, and nowhere else.

import type { GroupEngine } from '../../encryption/group/engine.ts';
import type { SealRefusal } from '../../encryption/group/writing.ts';
import { frameOf } from '../../encryption/stored/outgoing.ts';
import { isMessage, isSilent } from '../../content.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientChange, HistoryRecord } from '../../store/store-port.ts';
import type { StoreWriter } from '../store-writer.ts';
import { replacedWords } from '../../wording/group-notice-words.ts';
import { maxSealBatch } from '../limits.ts';
import type { Conversation } from '../conversations.ts';
import type { OutboxEntry, Outbox, SendFailure } from '../outbox/outbox.ts';

export interface GroupPostPorts {
  readonly engine: Pick<GroupEngine, 'isSealed' | 'seal'>;
  readonly outbox: () => Outbox;
  readonly writer: StoreWriter;
  /** Whether there is a connection. */
  readonly isOnline: () => boolean;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
  /** What the history shows of an own text. */
  readonly messageOf: (entry: OutboxEntry) => HistoryRecord;
  /** Something private may be ready to be sealed: by the room of the two, or in their session. */
  readonly postPrivate: (user: Username) => void;
  /** The key that somebody is known by, in base64url. */
  readonly knownDevice: (user: Username) => Promise<string | undefined>;
  readonly refused: (entry: OutboxEntry, failure: SendFailure) => void;
  /** Whether nothing is to be sealed before the person has decided about the server. */
  readonly isHeld?: (() => Promise<boolean>) | undefined;
  /** A text was sealed there. */
  readonly said?: ((conversation: Conversation) => void) | undefined;
  /** Somebody is to be removed before anything is sealed. */
  readonly removeFirst: (conversation: Conversation) => void;
  /** Texts wait for the person's word about the keys of `users`. */
  readonly held: (conversation: Conversation, users: readonly string[]) => void;
}

export class GroupPost {
  readonly #ports: GroupPostPorts;

  constructor(ports: GroupPostPorts) {
    this.#ports = ports;
  }

  /** Something for a group may be ready to be sealed. */
  post(conversation: Conversation): void {
    const { isOwn, peer } = conversation;
    if (isOwn || peer === undefined) this.#ports.work(() => this.seal(conversation));
    else this.#ports.postPrivate(peer);
  }

  /** Seals what waits, as far as it may be. To be called where the engine is free. */
  async seal(conversation: Conversation): Promise<void> {
    const { engine, outbox, writer, messageOf } = this.#ports;
    // A lobby may be about to be sealed.
    if (!engine.isSealed(conversation.name)) return;
    // Until it can go out a newer state takes its place.
    if (conversation.isOwn && !this.#ports.isOnline()) return;
    // What the own devices say to each other goes by their room alone, for no key in particular.
    const peer = conversation.isOwn ? undefined : conversation.peer;
    if ((await this.#ports.isHeld?.()) === true) return;
    const drafts = outbox().book.draftsIn(conversation.place);
    const sealed: OutboxEntry[] = [];
    const changes: ClientChange[] = [];
    let refusal: SealRefusal | undefined;
    for (const entry of drafts.slice(0, maxSealBatch)) {
      const frame = frameOf(entry.record);
      if (frame === undefined || (frame.id === undefined && peer === undefined)) {
        this.#refuse(entry, 'malformed', 'that cannot be encrypted');
        continue;
      }
      const known = peer && (await this.#ports.knownDevice(peer));
      const { localId, onlyFor = known } = entry.record;
      if (peer !== undefined && onlyFor !== known) {
        const text = `it was said to an earlier key of ${peer} and is not sent again`;
        this.#refuse(entry, 'device-changed', text);
        continue;
      }
      const outcome = await engine.seal(conversation.name, frame, localId);
      if (outcome.ok) {
        const { message, seen, on, changes: made } = outcome.value;
        changes.push(
          ...made,
          ...outbox().sealForGroup(entry, { kind: 'message', message, seen, on }, known),
        );
        if (isMessage(entry.record.content)) {
          changes.push({ type: 'message', message: messageOf(entry) });
        }
        sealed.push(entry);
      } else if (outcome.error === 'too-long') {
        this.#refuse(entry, 'malformed', 'that text is too long to be encrypted');
      } else if (outcome.error === 'out') {
        this.#refuse(entry, 'not-a-member', 'you are not a member of that group');
      } else if (outcome.error === 'replaced') {
        this.#refuse(entry, 'not-sealed', replacedWords(conversation.place));
      } else {
        refusal = outcome.error;
        break;
      }
    }
    if (changes.length > 0) await writer.write(changes);
    outbox().written(sealed);
    if (sealed.some(({ record }) => !isSilent(record.content))) this.#ports.said?.(conversation);
    if (refusal === undefined && drafts.length > maxSealBatch) this.post(conversation);
    if (refusal === 'remove-first') this.#ports.removeFirst(conversation);
    if (typeof refusal === 'object') this.#ports.held(conversation, refusal.keyChanged);
  }

  #refuse(entry: OutboxEntry, code: SendFailure['code'], text: string): void {
    entry.progress = 'answered';
    this.#ports.refused(entry, { code, text, expected: undefined, retryMs: undefined });
  }
}
