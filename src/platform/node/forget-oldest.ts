// A folder of small files with a maximum: above it, those written longest ago are deleted first.
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Leaves at most `max` files in `folder`. What cannot be read or removed now is left for the next time. */
export async function forgetOldest(folder: string, max: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // Names of unfinished files begin with a dot. They belong to their writers.
  const kept = names.filter((name) => !name.startsWith('.'));
  if (kept.length <= max) return;
  const dated = await Promise.all(
    kept.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, writtenAt: found?.mtimeMs ?? 0 };
    }),
  );
  dated.sort((a, b) => a.writtenAt - b.writtenAt);
  const surplus = dated.slice(0, dated.length - max);
  await Promise.all(surplus.map(({ path }) => unlink(path).catch(() => undefined)));
}
