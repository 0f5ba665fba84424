// How messages are searched, the same on every device. A text is split into pieces: words as they are, and text without
// spaces between its words (日本語, ไทย) or without words (<<<, 🦖) into overlapping pairs of characters. The query is
// split the same way, and found where its pieces follow one another; the last may continue. So a word is found by its
// beginning, 文章 in the middle of a sentence, and C++ as it is written. Letter case and accents do not matter.
//
// The store in memory compares pieces. The one in a file has them in an index (platform/node/client-store/schema.ts),
// so both find the same. What a piece is must not change without a migration that rebuilds that index.

/** One piece of a text, and its position. */
interface Piece {
  text: string;
  readonly at: number;
}

const spaceless = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]`;
const letter = String.raw`[\p{L}\p{N}\p{Co}]`;
const within = String.raw`[\p{M}\p{Cf}]`;
// A character that this version of Unicode does not know yet is more probably an emoji than a letter.
const symbol = String.raw`[^\p{L}\p{N}\p{M}\p{Co}\p{Z}\p{Cc}\p{Cf}\p{Cs}]`;
const runs = new RegExp(
  [
    `(?<spaceless>(?=${letter})${spaceless}(?:(?=${letter})${spaceless}|${within})*)`,
    `(?<word>(?!${spaceless})${letter}(?:(?!${spaceless})${letter}|${within})*)`,
    `(?<symbols>${symbol}(?:${symbol}|${within})*)`,
  ].join('|'),
  'gu',
);

/** Matches if a text has a piece at all. */
const anyPiece = new RegExp(`${letter}|${symbol}`, 'u');

// oxlint-disable-next-line no-control-regex -- all of ASCII: folding such a text changes nothing but the case
const ascii = /^[\x00-\x7f]*$/;
const asciiWord = /^[a-z0-9]+$/;

/** Only the beginning of a longer word counts. SQLite's own limit is far above. */
const maxPieceLength = 64;

/** Only the first pieces of a text count: no message has more words or meaningful characters. */
const maxPieces = 32_768;

/** The parts of a query, which may be anywhere in a message. */
export function wordsIn(query: string): readonly string[] {
  return query.split(/\s+/u).filter((part) => anyPiece.test(part));
}

/** The pieces of a text with spaces between them, for an index of words. */
export function indexedText(text: string): string {
  return piecesOf(text)
    .map((piece) => piece.text)
    .join(' ');
}

/** The pieces that must follow one another for `word`. The last one may continue. */
export function phraseOf(word: string): readonly string[] {
  return piecesOf(word, false).map((piece) => piece.text);
}

/** Whether a text matches the query's words. */
export function wordMatcher(words: readonly string[]): (text: string) => boolean {
  const phrases = words.map(phraseOf);
  // Splitting takes many times as long as looking for letters, and most texts do not have them.
  const letters = phrases.flat().filter((piece) => asciiWord.test(piece));
  return (text) => {
    if (letters.length > 0 && ascii.test(text)) {
      const lower = text.toLowerCase();
      if (letters.some((piece) => !lower.includes(piece))) return false;
    }
    const pieces = piecesOf(text);
    return phrases.every((phrase) => placeOf(phrase, pieces) !== undefined);
  };
}

/** The position of the first of the query's words in a text; 0 if none matches. */
export function wordPlace(words: readonly string[]): (text: string) => number {
  const phrases = words.map(phraseOf).filter((phrase) => phrase.length > 0);
  return (text) => {
    const pieces = piecesOf(text);
    const places = phrases.map((phrase) => placeOf(phrase, pieces) ?? Infinity);
    const first = Math.min(...places);
    return first === Infinity ? 0 : first;
  };
}

/** The position of a phrase among the pieces of a text, or undefined. */
function placeOf(phrase: readonly string[], pieces: readonly Piece[]): number | undefined {
  const last = phrase.length - 1;
  const start = pieces.findIndex((_, index) =>
    phrase.every((text, offset) => {
      const piece = pieces[index + offset]?.text;
      return offset === last ? piece?.startsWith(text) === true : piece === text;
    }),
  );
  return start === -1 && phrase.length > 0 ? undefined : (pieces[start]?.at ?? 0);
}

/** `isWhole`: the text ends there. Otherwise its last piece may continue. */
function piecesOf(text: string, isWhole = true): readonly Piece[] {
  const pieces: Piece[] = [];
  let pair: Piece | undefined;
  for (const { 0: run, index, groups } of text.matchAll(runs)) {
    if (pieces.length >= maxPieces) break;
    pair = undefined;
    if (groups?.['word'] !== undefined) {
      pieces.push({ text: foldWord(run).slice(0, maxPieceLength), at: index });
      continue;
    }
    const units = groups?.['symbols'] === undefined ? foldRun(run, index) : symbolsOf(run, index);
    for (let number = 0; number < units.length; number++) {
      const unit = units[number];
      if (unit === undefined) break;
      pair = unit;
      unit.text += units[number + 1]?.text ?? '';
      pieces.push(unit);
    }
    if (units.length < 2) pair = undefined;
  }
  // The last character of a run is also a piece of its own: it marks the end of the run, which a continued run does not
  // have.
  if (!isWhole && pair !== undefined) pieces.pop();
  return pieces;
}

const unseen = /[\p{Cf}\uFE00-\uFE0F]/gu;
const accents = /[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]/gu;

/** Without letter case, accents and invisible characters. */
function foldWord(word: string): string {
  const lower = word.toLowerCase();
  if (ascii.test(lower)) return lower;
  const bare = lower.replace(unseen, '').normalize('NFD').replace(accents, '').normalize('NFC');
  return bare.replaceAll('ς', 'σ');
}

const invisible = /[\p{Cf}\uFE00-\uFE0F]/u;
const attached = /[\p{M}\p{Cf}]/u;

/** The characters of a run without spaces. */
function foldRun(run: string, index: number): Piece[] {
  return charactersOf(run, index, (text) => (invisible.test(text) ? undefined : text));
}

/** Symbols. ASCII symbols in their wide form, which an index treats as letters. */
function symbolsOf(run: string, index: number): Piece[] {
  return charactersOf(run, index, (text) => {
    const code = text.charCodeAt(0);
    if (code < 0x7f) return String.fromCharCode(code + 0xfee0);
    return attached.test(text) ? undefined : text;
  });
}

/** The characters of a run, each in the form of `formOf`, without those that have none. */
function charactersOf(
  run: string,
  index: number,
  formOf: (text: string) => string | undefined,
): Piece[] {
  const pieces: Piece[] = [];
  let at = index;
  for (const character of run) {
    if (pieces.length >= maxPieces) break;
    const text = formOf(character);
    if (text !== undefined) pieces.push({ text, at });
    at += character.length;
  }
  return pieces;
}
