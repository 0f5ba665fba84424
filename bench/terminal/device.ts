// A device that has stored a million messages, written by the client's own store: a group that bob has left, with
// messages of pseudo-words whose frequencies are those of a language, numbered from 1.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { textContent } from '../../src/client/content.ts';
import { parseServerAddress, serverKeyOf } from '../../src/client/connection/server-address.ts';
import type { ClientChange, ClientStore } from '../../src/client/store/store-port.ts';
import { invariant } from '../../src/lib/invariant.ts';
import { clientStorePath, openClientStore } from '../../src/platform/node/client-store/open.ts';
import { groupConversation } from '../../src/wire/extended/names.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';
import { makeSpeaker } from '../speech.ts';
import { dataHome, type Server } from './program.ts';

export const group = 'archive';
/** In every third message, in one of a hundred thousand, in the first one only. */
export const words = { common: 'garden', rare: 'xylophone', first: 'beginning' } as const;
const rareEvery = 100_000;

const batch = 2_000;

export interface Filled {
  readonly count: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Writes `count` messages where bob's program looks for them. */
export async function fillDevice({ port }: Server, home: string, count: number): Promise<Filled> {
  const address = parseServerAddress(`127.0.0.1:${port}`);
  invariant(address.ok, 'an address of numbers');
  const data = join(dataHome(home), 'helo', 'client');
  const key = serverKeyOf(address.value);
  const opened = await openClientStore(data, key, 'bob');
  invariant(opened.kind === 'open', 'nobody else has it');
  const began = performance.now();
  await writeAll(opened.store, count);
  const seconds = (performance.now() - began) / 1000;
  await opened.store.close();
  const { size } = await stat(clientStorePath(data, key, 'bob'));
  return { count, bytes: size, seconds };
}

async function writeAll(store: ClientStore, count: number): Promise<void> {
  const name = groupConversation(group as GroupName);
  const conversation = { name, log: 1, epoch: 0, earlier: [], cursor: count, read: count };
  await store.write([{ type: 'conversation', conversation }]);
  const speak = makeSpeaker();
  const now = Date.now();
  for (let from = 1; from <= count; from += batch) {
    const changes: ClientChange[] = [];
    for (let seq = from; seq < from + batch && seq <= count; seq++) {
      changes.push({
        type: 'message',
        message: {
          conversation: name,
          localId: undefined,
          seq,
          at: now - (count - seq) * 60_000,
          from: `person${seq % 7}` as Username,
          guest: false,
          content: textContent(`n${seq} ${speak()}${extra(seq)}`),
          encrypted: false,
          key: undefined,
          unreadable: undefined,
          state: undefined,
          reason: undefined,
        },
      });
    }
    await store.write(changes);
  }
}

function extra(seq: number): string {
  return [
    seq % 3 === 0 ? ` ${words.common}` : '',
    seq % rareEvery === 1 ? ` ${words.rare}` : '',
    seq === 1 ? ` ${words.first}` : '',
  ].join('');
}
