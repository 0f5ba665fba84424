// What the texts being written are for, over a reload of the page: kept in the browser at once, as the last words of a draft
// are. Of the message that a text is about only its place and its sender are kept: its words may be deleted, or end, before
// the page comes back. What disappears is not kept at all.

import { purposesKey, type LocalTexts } from '../../platform/browser/local-texts.ts';
import type { ConversationId } from '../../client/timeline/model.ts';

/** What a text is for: of an edit with the text, as it was typed. */
interface OpenPurpose {
  readonly kind: 'reply' | 'edit';
  readonly seq: number | undefined;
  readonly at: number;
  readonly from: string;
  readonly isOwn: boolean;
  /** Whether nothing makes the message disappear. */
  readonly stays: boolean;
  readonly text?: string;
}

/** `text`: of an edit. */
export interface KeptPurpose {
  readonly seq: number;
  readonly at: number;
  readonly from: string;
  readonly isOwn: boolean;
  readonly text: string | undefined;
}

/** The newest of more. */
const maxPurposes = 50;

export class KeptPurposes {
  readonly #texts: LocalTexts | undefined;
  readonly #key: string;

  /** `texts`: undefined in a tab beside the one that has the account, whose they are. */
  constructor(texts: LocalTexts | undefined, name: string) {
    this.#texts = texts;
    this.#key = purposesKey(name);
  }

  keep(purposes: ReadonlyMap<ConversationId, OpenPurpose>): void {
    const rows = [...purposes]
      .filter(([, { seq, stays }]) => seq !== undefined && stays)
      .slice(-maxPurposes)
      .map(([id, purpose]) => {
        const { kind, seq, at, from, isOwn, text } = purpose;
        return [id, seq, at, from, isOwn, kind === 'edit' ? text : null];
      });
    this.#texts?.keep(this.#key, rows.length === 0 ? undefined : JSON.stringify(rows));
  }

  read(): ReadonlyMap<ConversationId, KeptPurpose> {
    const purposes = new Map<ConversationId, KeptPurpose>();
    try {
      const rows: unknown = JSON.parse(this.#texts?.read(this.#key) ?? '[]');
      if (!Array.isArray(rows)) return purposes;
      for (const row of rows as unknown[]) {
        const [id, seq, at, from, isOwn, text] = Array.isArray(row) ? (row as unknown[]) : [];
        if (typeof id !== 'string' || typeof from !== 'string') continue;
        if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(at)) continue;
        const words = typeof text === 'string' ? text : undefined;
        const place = { seq: seq as number, at: at as number };
        purposes.set(id, { ...place, from, isOwn: isOwn === true, text: words });
      }
    } catch {
      // Somebody else has written there.
    }
    return purposes;
  }
}
