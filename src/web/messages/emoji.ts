// The emoji that the page offers for reactions. Any other one can be typed.

/** How many of them come first. */
export const quickEmoji = 6;

export const offeredEmoji: readonly (readonly [emoji: string, name: string])[] = [
  ['👍', 'thumbs up'],
  ['❤️', 'heart'],
  ['😂', 'tears of joy'],
  ['🎉', 'party popper'],
  ['👀', 'eyes'],
  ['✅', 'check mark'],
  ['👎', 'thumbs down'],
  ['😊', 'smile'],
  ['😮', 'astonished'],
  ['😢', 'crying'],
  ['😡', 'angry'],
  ['🤔', 'thinking'],
  ['🙏', 'folded hands'],
  ['👏', 'clapping'],
  ['💪', 'strong arm'],
  ['👋', 'waving'],
  ['🔥', 'fire'],
  ['💯', 'hundred points'],
  ['🚀', 'rocket'],
  ['⭐', 'star'],
  ['☕', 'coffee'],
  ['🙈', 'monkey who sees nothing'],
  ['❌', 'cross'],
  ['❓', 'question mark'],
];
