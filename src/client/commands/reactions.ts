// Reactions that have a name, for keyboards without emoji. Any other emoji may be typed itself.

/** By their names, in the order in which they are offered. */
export const namedReactions: Readonly<Record<string, string>> = {
  thumbsup: '👍',
  heart: '❤️',
  laugh: '😂',
  party: '🎉',
  wow: '😮',
  sad: '😢',
  thanks: '🙏',
  eyes: '👀',
  done: '✅',
  fire: '🔥',
  thumbsdown: '👎',
};

const otherNames: Readonly<Record<string, string>> = { '+1': 'thumbsup', '-1': 'thumbsdown' };

/** The emoji that is meant by `typed`: its name, with or without colons, or the emoji itself. */
export function reactionOf(typed: string): string {
  const name = typed.replace(/^:(.+):$/, '$1').toLowerCase();
  const known = Object.hasOwn(otherNames, name) ? otherNames[name] : name;
  return known !== undefined && Object.hasOwn(namedReactions, known)
    ? (namedReactions[known] ?? typed)
    : typed;
}
