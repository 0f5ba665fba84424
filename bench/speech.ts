// What people say in the bench: pseudo-words whose frequencies are those of a language.

const vocabularySize = 20_000;

/** Sentences of four to twelve words, the same in every run. */
export function makeSpeaker(): () => string {
  let state = 12_345;
  const random = (): number =>
    (state = (state * 1_103_515_245 + 12_345) & 0x7f_ff_ff_ff) / 0x7f_ff_ff_ff;
  const pick = (letters: string): string => letters[Math.floor(random() * letters.length)] ?? '';
  const syllable = (): string => pick('bcdfghjklmnprstvwz') + pick('aeiou');
  const vocabulary = Array.from({ length: vocabularySize }, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, syllable).join(''),
  );
  // The word of rank r occurs as often as 1/r.
  const word = (): string => vocabulary[Math.floor(vocabularySize ** random()) - 1] ?? '';
  return () => Array.from({ length: 4 + Math.floor(random() * 9) }, word).join(' ');
}
