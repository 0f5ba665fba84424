// What the devices of one account say to each other, in the account's own room (docs/E2EE.md 13): how far somebody has
// read, drafts, decisions about keys, keys of a history. Sealed for all of them, in order, and on the disk before it is
// sent. Owns who takes what, and the founding of the room; knows no kind of note. Entering the room, and removing a
// device that was revoked, is done as in every sealed group (groups/group-steps.ts).

import { equalBytes } from '../../../lib/bytes.ts';
import type { Result } from '../../../lib/result.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { GroupEngine } from '../../encryption/group/engine.ts';
import { newMessageId } from '../../encryption/stored/outgoing.ts';
import type { RandomBytes, WallClock } from '../../ports.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { maxOwnNotes, maxOwnNotesBytes } from '../limits.ts';
import type { Outbox, OutboxEntry } from '../outbox/outbox.ts';
import type { OwnChain } from '../own-chain.ts';
import type { StoreWriter } from '../store-writer.ts';
import {
  decodeOwnNote,
  encodeOwnNote,
  isOwnNote,
  maxOwnNoteBytes,
  type JsonValue,
  type OwnNoteFields,
} from './own-note.ts';

/** A note of another device of this account. */
export interface OwnNote extends OwnNoteFields {
  /** The key of the device that said it: a valid one of the own chain. */
  readonly device: Uint8Array;
}

/**
 * Takes a note. Runs in the account's queue, before the note counts as received: what it awaits is on the disk first, and
 * after a crash it is called again with the same note. It must not wait for anything that runs in that queue. What it adds
 * to `batch` is written together with the receipt of the note.
 */
export type OwnNoteTaker = (note: OwnNote, batch: InboxBatch) => Promise<void> | void;

/** `alone`: the account has no other device, and nothing is said. `full`: too much waits to be sent. */
export type OwnNoteFate = 'queued' | 'alone' | 'full' | 'too-long';

export interface OwnChannelPorts {
  readonly me: Username;
  /** Of this device. */
  readonly ownKey: Uint8Array;
  readonly chain: Pick<OwnChain, 'get' | 'latest' | 'known'>;
  readonly engine: Pick<GroupEngine, 'isSealed' | 'devices'>;
  readonly outbox: Outbox;
  readonly writer: StoreWriter;
  readonly random: RandomBytes;
  readonly now: WallClock;
  /** Runs a task when the engine is free; calls `skipped` instead where no task runs any more. */
  readonly work: (task: () => Promise<void>, skipped?: () => void) => void;
  readonly room: ConversationName;
  /** Founds the room. */
  readonly found: () => Promise<Result<unknown, unknown>>;
}

export class OwnChannel {
  readonly #ports: OwnChannelPorts;
  readonly #takers = new Map<string, OwnNoteTaker>();
  readonly #entered: ((devices: readonly Uint8Array[]) => void)[] = [];
  readonly #cameIn: (() => void)[] = [];
  #devices: readonly Uint8Array[] = [];
  /** Founding is tried once in a login: where another device was first, the server describes its room. */
  #login: 'none' | 'begun' | 'founding' = 'none';

  constructor(ports: OwnChannelPorts) {
    this.#ports = ports;
  }

  /** To be called once for a kind, before the first login. */
  on(kind: string, take: OwnNoteTaker): void {
    this.#takers.set(kind, take);
  }

  /** Calls `act` when other devices of the account may have come into the room, or are out. */
  entered(act: (devices: readonly Uint8Array[]) => void): void {
    this.#entered.push(act);
  }

  /** Calls `act` when this device has come into the room: what was said there before it has missed. */
  onCameIn(act: () => void): void {
    this.#cameIn.push(act);
  }

  cameIn(): void {
    for (const act of this.#cameIn) act();
  }

  /** The other devices of the account that are in the room: only they can read what is sent now. */
  devices(): Promise<readonly Uint8Array[]> {
    return this.#free(() => this.#siblings());
  }

  /**
   * Says something to the other devices. Resolves when it is on the disk, and rejects where it never will be. One of the
   * same kind and subject that still waits is replaced; an empty subject replaces nothing.
   */
  async send(kind: string, body: JsonValue, subject = ''): Promise<OwnNoteFate> {
    const { chain, now } = this.#ports;
    const named = { kind, subject };
    const note = encodeOwnNote({ ...named, at: now(), body });
    if (!isOwnNote(named) || note.length > maxOwnNoteBytes) return 'too-long';
    const own = await chain.get();
    if (own.chain.devices.length < 2) return 'alone';
    return this.#free(() => this.#put(note, named));
  }

  async #put(
    note: Uint8Array,
    { kind, subject }: Pick<OwnNoteFields, 'kind' | 'subject'>,
  ): Promise<OwnNoteFate> {
    const { me, outbox, random, writer } = this.#ports;
    const waiting = outbox.book.entries.flatMap((entry) => waitingNote(entry) ?? []);
    const older = waiting.find(
      (one) => subject !== '' && one.kind === kind && one.subject === subject,
    );
    const kept = waiting.filter((one) => one !== older);
    const bytes = kept.reduce((sum, one) => sum + one.entry.bytes, note.length);
    const content = { kind: 'own-note', note } as const;
    const isFull = kept.length >= maxOwnNotes || bytes > maxOwnNotesBytes;
    if (isFull || !outbox.book.hasRoomFor(content)) return 'full';
    const removed = older === undefined ? [] : [outbox.settle(older.entry)];
    const { changes, entry } = outbox.draft(me, { localId: newMessageId(random), content });
    await writer.write([...removed, ...changes]);
    outbox.written([entry]);
    this.look();
    return 'queued';
  }

  /** A note that was opened in the room, of the device `device`. */
  async take(bytes: Uint8Array, device: Uint8Array, batch: InboxBatch): Promise<void> {
    const note = decodeOwnNote(bytes);
    const take = note && this.#takers.get(note.kind);
    if (note === undefined || take === undefined || (await this.#isRevoked(device))) return;
    await take({ ...note, device }, batch);
  }

  /**
   * The room's own roster says that it was a device of the account when it said that. The chain may know better by now. No
   * answer of the server is waited for: it may come behind what is being read.
   */
  async #isRevoked(device: Uint8Array): Promise<boolean> {
    const { chain } = this.#ports;
    const known = chain.latest ?? (await chain.known());
    return known?.chain.revoked.some(({ key }) => equalBytes(key, device)) === true;
  }

  login(): void {
    this.#login = 'begun';
    // What it says is known once the server has answered.
    this.#ports.chain.get().then(
      () => this.look(),
      () => {}, // It can't be read: whoever needs it is told.
    );
  }

  logout(): void {
    this.#login = 'none';
  }

  /** The account may have another device, or something may be to be said: the room is founded where there is none. */
  look(): void {
    this.#ports.work(async () => {
      const { chain, engine, outbox, room, found } = this.#ports;
      if (this.#login !== 'begun' || !outbox.book.isCounting) return;
      if (engine.isSealed(room)) return;
      if ((chain.latest?.chain.devices.length ?? 0) < 2) return;
      this.#login = 'founding';
      // It waits for its turn in this queue.
      void found();
    });
  }

  /** Somebody may have come into the room, or is out of it. */
  changed(): void {
    this.#ports.work(async () => {
      const before = this.#devices;
      this.#devices = await this.#siblings();
      const isSame =
        before.length === this.#devices.length &&
        before.every((key, at) => equalBytes(key, this.#devices[at] ?? new Uint8Array(0)));
      if (isSame) return;
      for (const act of this.#entered) act(this.#devices);
    });
  }

  async #siblings(): Promise<readonly Uint8Array[]> {
    const { engine, ownKey, room } = this.#ports;
    const keys = await engine.devices(room);
    return keys.filter((key) => !equalBytes(key, ownKey));
  }

  /** Carries out `act` when the engine is free. */
  #free<T>(act: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#ports.work(
        () => act().then(resolve, reject),
        () => reject(new Error('nothing is written any more')),
      );
    });
  }
}

/** What an entry of the outbox says to the own devices, if it is not sealed yet. */
function waitingNote(
  entry: OutboxEntry,
): (Pick<OwnNoteFields, 'kind' | 'subject'> & { readonly entry: OutboxEntry }) | undefined {
  const { content, number } = entry.record;
  if (content.kind !== 'own-note' || number !== undefined || entry.progress !== 'waiting') {
    return undefined;
  }
  const note = decodeOwnNote(content.note);
  return note && { kind: note.kind, subject: note.subject, entry };
}
