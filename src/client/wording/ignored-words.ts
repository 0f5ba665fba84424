// What stands in the place of what somebody says whom the person ignores.

/** In the place of a run of messages: `3 messages of bob, ignored`. */
export function ignoredWords(name: string, count: number): string {
  return `${count === 1 ? 'a message' : `${count} messages`} of ${name}, ignored`;
}

/** In the place of what somebody quotes of them. */
export const ignoredQuote = 'a message of somebody whom you ignore';
