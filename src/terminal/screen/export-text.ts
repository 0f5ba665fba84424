// A conversation as a text file: a line for each message, with the time in UTC, so that other programs can sort and
// search it.

import type { TimelineItems, TimelineItem } from '../../client/timeline/model.ts';

/** What is in `pages`, oldest first, a piece of text for each page. */
export async function* exportText(pages: AsyncIterable<TimelineItems>): AsyncIterable<string> {
  for await (const entries of pages) {
    const lines: string[] = [];
    for (let index = 0; index < entries.length; index++) {
      const entry = entries.at(index);
      if (entry !== undefined) lines.push(lineOf(entry));
    }
    yield lines.map((line) => `${line}\n`).join('');
  }
}

function lineOf(entry: TimelineItem): string {
  const time = new Date(entry.at).toISOString();
  if (entry.kind === 'told') return `${time} * ${entry.text}`;
  const marks = [
    entry.encrypted ? 'encrypted' : 'not encrypted',
    ...(entry.state === 'failed' ? ['not delivered'] : []),
  ];
  return `${time} [${entry.from}] (${marks.join(', ')}) ${entry.text}`;
}
