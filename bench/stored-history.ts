// A long history, written into a client's store: a group that its person has left, with messages of pseudo-words whose
// frequencies are those of a language, numbered from 1. Runs in Node and in a page.
import { textContent } from '../src/client/content.ts';
import type { ClientChange, ClientStore } from '../src/client/store/store-port.ts';
import { groupConversation } from '../src/wire/extended/names.ts';
import type { GroupName, Username } from '../src/wire/text.ts';
import { makeSpeaker } from './speech.ts';

/** In every third message, in one of `rareEvery`, in the first one only. */
export const words = { common: 'garden', rare: 'xylophone', first: 'beginning' } as const;

const batch = 2_000;

export interface StoredHistory {
  readonly group: string;
  /** How many messages it has. */
  readonly count: number;
  readonly rareEvery: number;
}

export async function writeHistory(
  store: Pick<ClientStore, 'write'>,
  { group, count, rareEvery }: StoredHistory,
): Promise<void> {
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
          content: textContent(`n${seq} ${speak()}${extra(seq, rareEvery)}`),
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

function extra(seq: number, rareEvery: number): string {
  return [
    seq % 3 === 0 ? ` ${words.common}` : '',
    seq % rareEvery === 1 ? ` ${words.rare}` : '',
    seq === 1 ? ` ${words.first}` : '',
  ].join('');
}
