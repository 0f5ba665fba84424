// What was typed in the last moment before the page went: written at once, where a browser can do that, and taken from
// there at the next start. A page that goes cannot wait for its database.

import type { DraftChanges, SavedDraft } from '../../client/draft-writer.ts';
import type { Username } from '../../wire/text.ts';

const keyOf = (name: Username): string => `helo-drafts-${name}`;

export function keepHurried(name: Username, changes: DraftChanges): void {
  const rows = [...changes].map(([id, draft]) => [
    id,
    draft?.text ?? '',
    draft?.wasPasted === true,
  ]);
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(rows));
  } catch {
    // A browser that keeps nothing, or a full one: nothing more can be done for it.
  }
}

/** An empty text: the draft was sent, or deleted. */
export function takeHurried(name: Username): ReadonlyMap<string, SavedDraft> {
  const drafts = new Map<string, SavedDraft>();
  try {
    const rows: unknown = JSON.parse(localStorage.getItem(keyOf(name)) ?? '[]');
    localStorage.removeItem(keyOf(name));
    if (!Array.isArray(rows)) return drafts;
    for (const row of rows as unknown[]) {
      const [id, text, wasPasted] = Array.isArray(row) ? (row as unknown[]) : [];
      if (typeof id === 'string' && typeof text === 'string')
        drafts.set(id, { text, wasPasted: wasPasted === true });
    }
  } catch {
    // The same; or somebody else has written there.
  }
  return drafts;
}
