// The two forms of an export.

export type ExportFormat = 'json' | 'text';

/** By the end of a file's name. */
export function formatOf(path: string): ExportFormat {
  return /\.jsonl?$/i.test(path) ? 'json' : 'text';
}
