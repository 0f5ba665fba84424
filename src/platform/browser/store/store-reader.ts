// All that a client reads of its history, within one transaction.
import { maxPins } from '../../../client/amending/amendments.ts';
import { currentOf } from '../../../client/amending/current.ts';
import { inItsLog, placed, shown, type KeptMessage } from '../../../client/store/kept-message.ts';
import { epochOf, partsOf } from '../../../client/store/log-epochs.ts';
import {
  blockNumbers,
  type BlockAddress,
  type FiledRecord,
  type HistoryRecord,
  type PlacedRecord,
  type StoredBlock,
} from '../../../client/store/store-port.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { withSaid } from './amended.ts';
import { endingUntil, isEnded, nextEnd } from './expiring.ts';
import { HistoryReader } from './history-reader.ts';
import { beginningWith, keptOf } from './message-row.ts';

/** Of pins of messages that are not here, which anybody may make up, no more are looked through. */
const maxLooked = 10 * maxPins;

export class StoreReader extends HistoryReader {
  async own(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]> {
    const epochs = await this.lineageOf(conversation);
    const wanted = [...new Set(numbers)].sort((one, other) => one - other);
    const found = await Promise.all(
      wanted.map((seq) => this.#numberedIn(conversation, seq, epochOf(epochs, seq))),
    );
    return found
      .flatMap((kept) => (kept === undefined ? [] : shown(kept, epochs)))
      .filter(({ localId, encrypted }) => localId !== undefined && encrypted);
  }

  async ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]> {
    const parts =
      epoch === undefined
        ? partsOf(await this.lineageOf(conversation)).toReversed()
        : [{ epoch, after: 0, last: Number.MAX_SAFE_INTEGER }];
    const found: HistoryRecord[] = [];
    for (const { epoch: log, after, last } of parts) {
      const from = Math.max(after, seq) + 1;
      if (from > last || found.length >= limit) continue;
      const range = IDBKeyRange.bound([conversation, 1, log, from], [conversation, 1, log, last]);
      const rows = await this.messages.index('open').getAll(range, limit - found.length);
      found.push(...(await withSaid(this.transaction, rows.map(keptOf))).map(inItsLog));
    }
    return found;
  }

  async numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined> {
    const log = epoch ?? epochOf(await this.lineageOf(conversation), seq);
    const found = await this.#numberedIn(conversation, seq, log);
    return found && inItsLog(found);
  }

  async hasText(conversation: ConversationName, textId: string): Promise<boolean> {
    const key = await this.messages.index('texts').getKey([conversation, textId]);
    return key !== undefined || isEnded(this.transaction, conversation, textId);
  }

  async expiring(until: number): Promise<readonly PlacedRecord[]> {
    const found: PlacedRecord[] = [];
    for (const kept of await endingUntil(this.transaction, until)) {
      const epochs = await this.lineageOf(kept.message.conversation);
      const [read = kept] = await withSaid(this.transaction, [kept]);
      found.push(placed(read, epochs));
    }
    return found;
  }

  nextEnd(): Promise<number | undefined> {
    return nextEnd(this.transaction);
  }

  async pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]> {
    const epochs = await this.lineageOf(conversation);
    const found: PlacedRecord[] = [];
    const range = beginningWith(conversation);
    let cursor = await this.transaction.objectStore('pinned').openCursor(range, 'prev');
    for (let looked = 0; cursor !== null && looked < maxLooked; looked++) {
      const { log, seq } = cursor.value;
      const kept = await this.#numberedIn(conversation, seq, log);
      if (kept !== undefined && currentOf(kept.message).pin !== undefined)
        found.push(placed(kept, epochs));
      if (found.length === maxPins) break;
      cursor = await cursor.continue();
    }
    return found.reverse();
  }

  async blocks(conversation: ConversationName): Promise<readonly StoredBlock[]> {
    const rows = await this.transaction.objectStore('blocks').getAll(beginningWith(conversation));
    const found: StoredBlock[] = [];
    for (const { epoch, block, stamp } of rows) {
      const [last] = await this.lastIn(inBlock({ conversation, epoch, block }), 1);
      // Nothing may be left in it.
      if (last !== undefined)
        found.push({ conversation, epoch, block, stamp, newest: last.message.at });
    }
    return found;
  }

  async block(address: BlockAddress): Promise<readonly FiledRecord[]> {
    const rows = await this.messages.index('order').getAll(inBlock(address));
    const all = await withSaid(this.transaction, rows.map(keptOf));
    return all.map((kept) => ({ ...inItsLog(kept), epoch: kept.log, place: kept.place }));
  }

  async #numberedIn(
    conversation: ConversationName,
    seq: number,
    log: number,
  ): Promise<KeptMessage | undefined> {
    const row = await this.messages.index('numbered').get([conversation, seq, log]);
    const [kept] = row === undefined ? [] : await withSaid(this.transaction, [keptOf(row)]);
    return kept;
  }
}

function inBlock({ conversation, epoch, block }: BlockAddress): IDBKeyRange {
  const start = [conversation, epoch, block * blockNumbers];
  return IDBKeyRange.bound(start, [conversation, epoch, (block + 1) * blockNumbers], false, true);
}
