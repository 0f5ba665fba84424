// Links in messages: found in the text, and drawn so that a terminal that knows OSC 8 opens the whole link, even if it
// is broken over rows. The full address is visible: what is shown is where it goes.

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

/** `text` as a link to `target`. `id` marks the parts of one link. */
export function linked(text: string, target: string, id: string): string {
  return `\u001B]8;id=${id};${encode(target)}\u001B\\${text}\u001B]8;;\u001B\\`;
}

/** Printable ASCII only, as OSC 8 requires. */
function encode(target: string): string {
  return target.replaceAll(/[^!-~]/gu, (character) => {
    try {
      return encodeURIComponent(character);
    } catch {
      // Half of a surrogate pair is not a character.
      return '';
    }
  });
}
