// The history of this device for the other devices of the account, and theirs for this one, piece by piece. Owns neither
// the way between them nor the keys.

import { PieceSealer, type PieceSealerPorts } from '../../../e2ee/history/piece-sealer.ts';
import type { Username } from '../../../wire/text.ts';
import { HistoryExport } from '../../history/history-export.ts';
import { asPinned, decodePiece, type HistoryPiece, type PieceSource } from '../../history/piece.ts';
import type { ClientStore } from '../../store/store-port.ts';
import type { Conversation, Conversations } from '../conversations.ts';
import type { InboxItem } from '../inbox/inbox.ts';
import { unknownLog } from '../inbox/log-change.ts';
import { importBatch } from '../limits.ts';

export interface OwnHistoryPorts {
  readonly me: Username;
  readonly store: Pick<ClientStore, 'historyBlocks' | 'historyBlock'>;
  readonly conversations: Conversations;
  /** Hands items to the inbox. Resolves when they are written. */
  readonly write: (items: readonly InboxItem[]) => Promise<void>;
  /** Undefined where this client seals no pieces. */
  readonly sealing: PieceSealerPorts | undefined;
}

export class OwnHistory {
  readonly #ports: OwnHistoryPorts;
  readonly #export: HistoryExport;

  constructor(ports: OwnHistoryPorts) {
    const { me, store, conversations } = ports;
    this.#ports = ports;
    this.#export = new HistoryExport({
      me,
      store,
      records: () => conversations.all.map(({ record }) => record),
    });
  }

  get export(): HistoryExport {
    return this.#export;
  }

  /** Seals and opens pieces under `key`. */
  sealer(key: Uint8Array): PieceSealer | undefined {
    const { sealing } = this.#ports;
    return sealing && new PieceSealer(sealing, key);
  }

  /**
   * Takes one piece, as `export` has given it. Resolves when it is on the disk. What is here already stays as it is, so
   * the same piece may come again. Of a device that was revoked (`from`) messages alone are taken: a thief may have made
   * them up, so nothing in them counts as compared, and no word about how far a conversation is.
   */
  async take(
    content: Uint8Array,
    from: PieceSource = 'own device',
  ): Promise<'taken' | 'malformed'> {
    const isRevoked = from === 'revoked device';
    const decoded = decodePiece(content);
    const piece = decoded && isRevoked ? asPinned(decoded) : decoded;
    const conversation = piece && this.#reach(piece, isRevoked);
    if (piece === undefined || conversation === undefined) return 'malformed';
    const items: InboxItem[] = [];
    // The newest first, as everywhere: what is written later counts as older.
    for (let end = piece.rows.length; end > 0; end -= importBatch) {
      const rows = piece.rows.slice(Math.max(0, end - importBatch), end);
      items.push({ kind: 'imported', conversation, piece: { ...piece, rows }, isRevoked });
    }
    if (items.length > 0) await this.#ports.write(items);
    return 'taken';
  }

  #reach(piece: HistoryPiece, isRevoked: boolean): Conversation | undefined {
    const { me, conversations } = this.#ports;
    const conversation = conversations.reach(piece.conversation);
    if (conversation === undefined || conversation.peer === me) return undefined;
    if (!isRevoked && conversation.log === unknownLog && conversation.changing === 0) {
      conversation.log = piece.log;
      conversation.handed = piece.cursor;
    }
    return conversation;
  }
}
