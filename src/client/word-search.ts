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
  const patterns = words.map(
    (beginning) => new RegExp(`(?<![\\p{L}\\p{N}\\p{M}\\p{Co}])${beginning}`, 'iu'),
  );
  return (text) => patterns.every((pattern) => pattern.test(text));
}
