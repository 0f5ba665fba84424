// What somebody has said and heard, as a device of theirs keeps it: groups that they have left, with encrypted messages of
// pseudo-words, each with its random number, at uneven times.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { textContent } from '../../src/client/content.ts';
import type { ClientChange, ClientStore } from '../../src/client/store/store-port.ts';
import { formatHex } from '../../src/lib/bytes.ts';
import { accountPorts } from '../../src/platform/node/client-ports.ts';
import { readServerAddress } from '../../src/platform/node/server-address.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';
import type { Listener } from '../../test/support/program.ts';
import { makeSpeaker } from '../speech.ts';

export const me = 'alice' as Username;
export const groups = Array.from({ length: 10 }, (_, at) => `#past${at}` as ConversationName);

const people = 7;
const batch = 2_000;
const minuteMs = 60_000;

export class Past {
  readonly #server: Listener;
  readonly #data: string;
  readonly #speak = makeSpeaker();
  readonly #counts = new Map<ConversationName, number>();
  #at = Date.now() - 2 * 365 * 24 * 60 * minuteMs;

  /** Of the device whose data directory is `data`. */
  constructor(server: Listener, data: string) {
    this.#server = server;
    this.#data = data;
  }

  /** How many messages there are in a group. */
  countIn(group: ConversationName): number {
    return this.#counts.get(group) ?? 0;
  }

  /** Writes `count` more messages to each of these groups. The device is not running, or about to end. */
  async goesOn(count: number, among: readonly ConversationName[]): Promise<void> {
    const store = await this.#open();
    for (const group of among) {
      for (let left = count; left > 0; left -= batch) {
        await store.write(this.#said(group, Math.min(left, batch)));
      }
    }
    await store.close();
  }

  async #open(): Promise<ClientStore> {
    const { host, port } = this.#server;
    const address = readServerAddress(`${host}:${port}`);
    if (!address.ok) throw new Error('the server has no address');
    const place = {
      address: address.value,
      data: this.#data,
      downloads: this.#data,
      acceptUpTo: 0,
    };
    for (;;) {
      const { ports, busy } = await accountPorts(me, place, undefined);
      if (!busy && ports.keeping !== undefined) return ports.keeping.store;
      await wait(20);
    }
  }

  #said(group: ConversationName, count: number): ClientChange[] {
    const before = this.countIn(group);
    const last = before + count;
    this.#counts.set(group, last);
    const log = 1_000 + groups.indexOf(group);
    const conversation = { name: group, log, epoch: 0, earlier: [], cursor: last, read: last };
    const messages = Array.from({ length: count }, (_, at) =>
      this.#message(group, before + at + 1),
    );
    return [{ type: 'conversation', conversation }, ...messages];
  }

  #message(conversation: ConversationName, seq: number): ClientChange {
    const [one = 0, two = 0] = randomBytes(2);
    const person = one % people;
    const isOwn = person === 0;
    const id = formatHex(randomBytes(16));
    // Two a minute on average, mostly in a hurry.
    this.#at += Math.round((two / 256) ** 3 * 2 * minuteMs);
    return {
      type: 'message',
      message: {
        conversation,
        localId: isOwn ? id : undefined,
        seq,
        at: this.#at,
        from: isOwn ? me : (`person${person}` as Username),
        guest: false,
        content: textContent(this.#speak()),
        encrypted: true,
        key: isOwn ? undefined : 'pinned',
        textId: isOwn ? undefined : id,
        unreadable: undefined,
        state: isOwn ? 'stored' : undefined,
        reason: undefined,
      },
    };
  }
}
