// A conversation as a text file: a line for each item of its timeline but messages that disappear, which it would outlive.

import type { TimelineItems } from '../timeline/model.ts';
import { exportLine } from './export-line.ts';

/** The content of `pages`, oldest first, one piece of text for each page. */
export async function* exportText(pages: AsyncIterable<TimelineItems>): AsyncIterable<string> {
  for await (const entries of pages) {
    const lines: string[] = [];
    for (let index = 0; index < entries.length; index++) {
      const entry = entries.at(index);
      const disappears = entry?.kind === 'message' && entry.expiresAt !== undefined;
      if (entry !== undefined && !disappears) lines.push(exportLine(entry));
    }
    yield lines.map((line) => `${line}\n`).join('');
  }
}
