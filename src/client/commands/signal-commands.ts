// `/receipts` and `/typing`: what others hear of this person's reading and writing.

import { conversationIn, wordsOf, type TypedCommand } from './typed-command.ts';

/** The last word, if it is `on` or `off`. */
function takeSwitch(words: string[]): boolean | undefined {
  const last = words.at(-1);
  if (last !== 'on' && last !== 'off') return undefined;
  words.pop();
  return last === 'on';
}

export const signalTable = {
  '/receipts': {
    form: '/receipts {conversation} [on|off]',
    help: 'whether others see how far you have read there, and you see it of them; "all" for all private ones and small groups',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const isOn = takeSwitch(words);
      const [word, ...more] = words;
      const id = word === 'all' ? word : conversationIn(word, actions);
      return id === undefined || more.length > 0 ? 'malformed' : actions.tellReading(id, isOn);
    },
  },
  '/typing': {
    form: '/typing [on|off]',
    help: 'whether others see that you are writing, and you see it of them',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const isOn = takeSwitch(words);
      return words.length > 0 ? 'malformed' : actions.tellTyping(isOn);
    },
  },
} satisfies Readonly<Record<string, TypedCommand>>;
