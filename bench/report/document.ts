// Writes results into a Markdown file, between two marks that stay.

import { readFile, writeFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../src/lib/result.ts';

/** `text` with the block between the marks of `bench` replaced. */
export function withResults(text: string, block: string, bench = 'bench'): Result<string, string> {
  const begin =
    bench === 'bench'
      ? '<!-- results: written by the bench, not by hand -->'
      : `<!-- results of ${bench}: written by it, not by hand -->`;
  const end = '<!-- end of results -->';
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return err(`it has no block from ${begin} to ${end}`);
  return ok(`${text.slice(0, from + begin.length)}\n\n${block}\n\n${text.slice(to)}`);
}

/** Puts the table of `bench` into docs/PERFORMANCE.md. */
export async function writeTable(table: string, bench: string): Promise<void> {
  const path = 'docs/PERFORMANCE.md';
  const written = withResults(await readFile(path, 'utf8'), table, bench);
  if (!written.ok) throw new Error(`${path}: ${written.error}`);
  await writeFile(path, written.value);
}
