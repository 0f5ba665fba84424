// The one place where text of others is made harmless before it is drawn on a terminal: it cannot move the cursor,
// change colours, ring, reach the clipboard, start a line, reverse the direction of writing, or hide in something
// invisible. What remains is what a person can see.

// Escape sequences that are whole are taken out whole, or their letters would be left behind as rubbish: CSI
// (colours, cursor); the strings OSC, DCS, SOS, PM, APC with their end; and the short ones. The first two in the
// seven-bit form (ESC [) and the eight-bit one (U+009B). Of one that does not end, only the escape goes: nobody's
// words are to vanish. No alternative runs past the beginning of another, which keeps the search linear.
// oxlint-disable no-control-regex -- control characters are what this file is about
const escapeSequence = new RegExp(
  [
    /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]/,
    /(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u001B\u0007\u0090\u0098\u009C-\u009F]*(?:\u001B\\|[\u0007\u009C])/,
    /\u001B(?:[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
// oxlint-enable no-control-regex

// Tabs jump by columns, and some terminals and editors treat the separators as line ends.
const spaces = /[\t\n\u2028\u2029]/g;

// Cc: C0, DEL and C1. Default ignorable: what is never drawn, for instance marks that change the direction of writing,
// zero-width spaces, soft hyphens, blank fillers and tags. U+FFF9 to U+FFFB annotate the text between them.
const invisible = /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu;

// Those of them that writing needs: joiners (emoji of several parts, Persian, Indic scripts), the combining grapheme
// joiner, and variant selectors.
const needed = /\u200C|\u200D|\u034F|[\uFE00-\uFE0F]|[\u180B-\u180D\u180F]|[\u{E0100}-\u{E01EF}]/u;

// Marks that pile up on one character, with the limit of Unicode's stream-safe form: no writing needs more than thirty,
// and a thousand are drawn over the rows above.
const piled = /([\p{M}\u200C\u200D]{30})[\p{M}\u200C\u200D]+/gu;

/** `text` from anybody, safe for drawing: one line, printable. */
export function harmless(text: string): string {
  return text
    .replaceAll(escapeSequence, '')
    .replaceAll(spaces, ' ')
    .replaceAll(invisible, (character) => (needed.test(character) ? character : ''))
    .replaceAll(piled, '$1');
}

/** `text` from anybody, safe for drawing: printable lines, with LF between them. */
export function harmlessLines(text: string): string {
  return text.includes('\n') ? text.split('\n').map(harmless).join('\n') : harmless(text);
}
