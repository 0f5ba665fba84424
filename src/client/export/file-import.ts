// Messages of an imported file on their way to the disk of a running client: in the account's queue, like all else that is
// written there. They move no cursor, count as no news, and are shown where they belong.
import type { Conversations } from '../account/conversations.ts';
import type { StoreWriter } from '../account/store-writer.ts';
import type { ClientEventSink } from '../client-event.ts';
import type {
  ClientChange,
  ClientStore,
  ConversationRecord,
  FiledRecord,
} from '../store/store-port.ts';
import { placeOf, type ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';

export interface FileImportPorts {
  readonly me: Username;
  readonly conversations: Conversations;
  readonly store: Pick<ClientStore, 'hasText'>;
  readonly writer: StoreWriter;
  /** Runs a task in the account's queue; `skipped` where no task runs any more. */
  readonly work: (task: () => Promise<void>, skipped: () => void) => void;
  readonly emit: ClientEventSink;
}

export class FileImport {
  readonly #ports: FileImportPorts;

  constructor(ports: FileImportPorts) {
    this.#ports = ports;
  }

  get records(): readonly ConversationRecord[] {
    return this.#ports.conversations.all.map(({ record }) => record);
  }

  record(name: ConversationName): ConversationRecord | undefined {
    const { conversations, me } = this.#ports;
    return conversations.get(name)?.record ?? unknownRecord(me, name);
  }

  hasText(name: ConversationName, textId: string): Promise<boolean> {
    return this.#ports.store.hasText(name, textId);
  }

  /** Resolves when they are on the disk. */
  add(name: ConversationName, messages: readonly FiledRecord[]): Promise<void> {
    const { conversations, writer, work, emit } = this.#ports;
    return new Promise((resolve, reject) => {
      work(
        async () => {
          const isNew = conversations.get(name) === undefined;
          const conversation = conversations.reach(name);
          if (conversation === undefined) {
            resolve();
            return;
          }
          const { record } = conversation;
          const made: ClientChange[] = isNew
            ? [{ type: 'conversation', conversation: record }]
            : [];
          await writer.write([...made, { type: 'imported', messages }]);
          if (isNew) emit({ type: 'conversations' });
          // Wherever they stand, what is in memory is read again.
          emit({ type: 'history-taken', conversation: name, last: Number.MAX_SAFE_INTEGER });
          resolve();
        },
        () => reject(new Error('nothing is written any more')),
      );
    });
  }
}

/** A conversation of which nothing is here. Undefined if it cannot be one of this account. */
export function unknownRecord(
  me: Username,
  name: ConversationName,
): ConversationRecord | undefined {
  if (placeOf(me, name) === undefined) return undefined;
  return { name, log: 0, epoch: 0, earlier: [], cursor: 0, read: 0 };
}
