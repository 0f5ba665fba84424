// Drafts, by conversation, in the database of an account. Two tabs may write them: each changes only what was typed in it.
import type { DraftChanges, DraftStore, SavedDraft } from '../../../client/draft-writer.ts';
import { readThing, write, type AccountDatabase } from './database.ts';

/** A browser cannot write at once: what is typed last is written when the page is hidden. */
export type BrowserDrafts = Omit<DraftStore, 'writeNow'>;

const name = 'drafts';
const maxDrafts = 1_000;

type Drafts = ReadonlyMap<string, SavedDraft>;

export async function openDrafts(database: AccountDatabase): Promise<BrowserDrafts> {
  const kept = ((await readThing(database, name)) ?? new Map()) as Drafts;
  return {
    kept,
    write: (changes) =>
      write(database, ['things'], async (transaction) => {
        const things = transaction.objectStore('things');
        const before = ((await things.get(name)) ?? new Map()) as Drafts;
        await things.put(changed(before, changes), name);
      }),
  };
}

function changed(before: Drafts, changes: DraftChanges): Drafts {
  const drafts = new Map(before);
  for (const [id, draft] of changes) {
    drafts.delete(id);
    if (draft !== undefined) drafts.set(id, draft);
  }
  return new Map([...drafts].slice(-maxDrafts));
}
