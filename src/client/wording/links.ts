// Links in messages: found in the text.

export interface Link {
  readonly start: number;
  readonly end: number;
}

const address = /\bhttps?:\/\/[^\s<>"'`]+/gi;
// The end of a sentence, or of a parenthesis around the link, is not part of it.
const trailing = new Set('.,;:!?]}');
const trailingOrClosing = new Set([...trailing, ')']);

/** Terminals accept no longer ones, and every row of a broken link contains all of it. */
export const maxAddress = 2_083;
/** Further ones in one text are plain text. */
const maxLinks = 200;

/** The links in `text`. */
export function linksIn(text: string): readonly Link[] {
  if (!text.includes('://')) return [];
  const links: Link[] = [];
  for (const { 0: found, index } of text.matchAll(address)) {
    const isBehind = found.includes('(') ? trailing : trailingOrClosing;
    let end = found.length;
    while (isBehind.has(found.charAt(end - 1))) end -= 1;
    const isAddress = end > found.indexOf('//') + 2;
    if (isAddress && end <= maxAddress) links.push({ start: index, end: index + end });
    if (links.length === maxLinks) break;
  }
  return links;
}
