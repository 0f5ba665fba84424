// How messages are looked for: by the beginnings of their words. Every word that is looked for has to begin one of the
// message's, in any letter case and order.

// Letters, digits and marks, as the index in the file takes them (platform/node/client-store/schema.ts).
const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** The words of what somebody looks for. */
export function wordsIn(query: string): readonly string[] {
  return query.match(word) ?? [];
}

/** Whether a text fits the words that are looked for. */
export function wordMatcher(words: readonly string[]): (text: string) => boolean {
  const patterns = words.map(patternOf);
  return (text) => patterns.every((pattern) => pattern.test(text));
}

/** Where in a text the first of the words that are looked for stands; 0 where none does. */
export function wordPlace(words: readonly string[]): (text: string) => number {
  const patterns = words.map(patternOf);
  return (text) => {
    const places = patterns.map((pattern) => pattern.exec(text)?.index ?? Infinity);
    const first = Math.min(...places);
    return first === Infinity ? 0 : first;
  };
}

function patternOf(beginning: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}\\p{M}\\p{Co}])${beginning}`, 'iu');
}
