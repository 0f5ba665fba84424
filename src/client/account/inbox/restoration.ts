// What is done about a store that is an older copy (restored.ts): in one write, before anything is encrypted or sent,
// its sessions stop encrypting, its outbox is settled, and a new stream begins.

import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import { formatMessageId } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientEvent } from '../../client-event.ts';
import { isMessage } from '../../content.ts';
import { amendmentOf } from '../outbox/own-entries.ts';
import type { GroupEngine } from '../../encryption/group/engine.ts';
import type { DirectEngine } from '../../encryption/stored/engine.ts';
import type { ClientChange, HistoryRecord } from '../../store/store-port.ts';
import type { Conversations } from '../conversations.ts';
import type { Inbox } from './inbox.ts';
import type { StoreWriter } from '../store-writer.ts';
import type { KeyPackageStock } from '../key-package-stock.ts';
import type { OutboxEntry, Outbox } from '../outbox/outbox.ts';
import { restoredFrom } from './restored.ts';

export interface RestorationPorts {
  readonly me: Username;
  /** There was nothing in the store when this run began. */
  readonly isNewStore: boolean;
  /** The runs of the server that the store named then. */
  readonly runs: readonly number[];
  readonly engine: Pick<DirectEngine, 'restoredFromCopy'>;
  /** Undefined where sealed groups are for no connection. */
  readonly groups: Pick<GroupEngine, 'restoredFromCopy'> | undefined;
  readonly stock: Pick<KeyPackageStock, 'replace'>;
  readonly conversations: Conversations;
  readonly outbox: Outbox;
  readonly inbox: Pick<Inbox, 'awaitNumber'>;
  readonly writer: StoreWriter;
  /** Runs a task in its turn. */
  readonly work: (task: () => Promise<void>) => void;
  readonly messageOf: (entry: OutboxEntry) => HistoryRecord;
  readonly emit: (event: ClientEvent) => void;
}

/** Of a text that waited in the copy: it is better asked about than said twice. */
export const maybeSaid = {
  code: 'maybe-said',
  reason:
    'it waited in an older copy of this data directory and may have been said since; say it again if it is missing',
};

export class Restoration {
  readonly #ports: RestorationPorts;
  #isJudged = false;

  constructor(ports: RestorationPorts) {
    this.#ports = ports;
  }

  /**
   * Looks at what the server says at the first login, before anything else does; later ones can tell nothing new. Returns
   * whether it is an older copy.
   */
  judge(welcome: ExtendedEventOf<'WELCOME'>): boolean {
    if (this.#isJudged) return false;
    this.#isJudged = true;
    const { me, isNewStore, runs, conversations, outbox, stock, work } = this.#ports;
    const reach = {
      me,
      lastNumber: outbox.book.lastNumber,
      conversations: conversations.all.map(({ record }) => record),
      isNew: isNewStore,
      runs,
    };
    const restored = restoredFrom(reach, welcome);
    if (restored === undefined) return false;
    stock.replace();
    const skipped = conversations.skipLost(welcome.conversations);
    work(() => this.#restore(restored.taken, restored.missing, skipped));
    return true;
  }

  async #restore(
    taken: number,
    missing: readonly Username[],
    skipped: readonly ClientChange[],
  ): Promise<void> {
    const { engine, groups, writer, me, outbox, emit } = this.#ports;
    const { changes, said, unsure } = outbox.book.restart(taken);
    const fates = [
      ...said.map((entry) => ({ entry, fate: { state: 'stored' } as const })),
      ...unsure.map((entry) => ({ entry, fate: { state: 'refused', ...maybeSaid } as const })),
    ];
    await writer.write([
      ...engine.restoredFromCopy(),
      ...((await groups?.restoredFromCopy()) ?? []),
      ...skipped,
      ...changes,
      ...fates.flatMap(({ entry, fate }) => this.#settled(entry, fate.state)),
    ]);
    emit({ type: 'restored', missing });
    for (const { entry, fate } of fates) {
      const { localId, content } = entry.record;
      const amendment = amendmentOf(entry);
      const { state } = fate;
      // What the server has comes back with the log.
      if (amendment !== undefined)
        emit({ type: 'own-amendment', amendment, state, ...(state === 'refused' && maybeSaid) });
      if (!isMessage(content)) continue;
      const { place } = entry;
      const encrypted = place.kind === 'direct' || entry.record.group !== undefined;
      const own = { localId, from: me, place, content, encrypted, ...fate };
      emit({ type: 'own', message: own });
    }
  }

  /** It leaves the outbox without having been sent. What the server has gets its number from the log. */
  #settled(entry: OutboxEntry, state: 'stored' | 'refused'): ClientChange[] {
    const { inbox, messageOf, outbox } = this.#ports;
    const settled = outbox.settle(entry);
    if (!isMessage(entry.record.content)) return [settled];
    const reason = state === 'refused' ? maybeSaid.reason : undefined;
    const message = { ...messageOf(entry), state, reason };
    if (entry.saidAs) inbox.awaitNumber(formatMessageId(entry.saidAs), message);
    return [settled, { type: 'message', message }];
  }
}
