// What an export is made of: read from a client, or from what a device has stored.
import { ttlOf } from '../content.ts';
import type { Pin } from '../encryption/trust/pin-store.ts';
import type {
  ConversationRecord,
  HistoryRange,
  HistoryRecord,
  PlacedRecord,
} from '../store/store-port.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';

/** Whether a message may leave the device in a file: one that disappears would outlive its time there. */
export function isExported({ content, ends }: HistoryRecord): boolean {
  return ends === undefined && ttlOf(content) === undefined;
}

export interface ExportSource {
  readonly me: Username;
  readonly now: () => number;
  /** Of the server. */
  readonly identity: () => Promise<Uint8Array | undefined>;
  readonly records: () => readonly ConversationRecord[];
  readonly isSealed: (name: ConversationName) => boolean;
  /** Only of this device. */
  readonly historyRange: (
    name: ConversationName,
    range: HistoryRange,
    limit: number,
  ) => Promise<readonly PlacedRecord[]>;
  readonly pinOf: (user: Username) => Promise<Pin | undefined>;
}
