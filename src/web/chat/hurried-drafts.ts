// What was typed in the last moment before the page went: written at once, where a browser can do that, and taken from
// there at the next start. A page that goes cannot wait for its database.

import type { DraftChanges, SavedDraft } from '../../client/draft-writer.ts';
import { draftsKey, type LocalTexts } from '../../platform/browser/local-texts.ts';
import type { Username } from '../../wire/text.ts';

export function keepHurried(texts: LocalTexts, name: Username, changes: DraftChanges): void {
  const rows = [...changes].map(([id, draft]) => [
    id,
    draft?.text ?? '',
    draft?.wasPasted === true,
  ]);
  texts.keep(draftsKey(name), JSON.stringify(rows));
}

/** An empty text: the draft was sent, or deleted. */
export function takeHurried(texts: LocalTexts, name: Username): ReadonlyMap<string, SavedDraft> {
  const drafts = new Map<string, SavedDraft>();
  try {
    const rows: unknown = JSON.parse(texts.read(draftsKey(name)) ?? '[]');
    texts.keep(draftsKey(name), undefined);
    if (!Array.isArray(rows)) return drafts;
    for (const row of rows as unknown[]) {
      const [id, text, wasPasted] = Array.isArray(row) ? (row as unknown[]) : [];
      if (typeof id === 'string' && typeof text === 'string')
        drafts.set(id, { text, wasPasted: wasPasted === true });
    }
  } catch {
    // Somebody else has written there.
  }
  return drafts;
}
