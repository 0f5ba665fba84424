// `/timer`: how long what is said in a conversation can be read.
import { timerWords, type TimerWord } from '../wording/timer-words.ts';
import { conversationIn, wordsOf, type TypedCommand } from './typed-command.ts';

export const expiringTable: Readonly<Record<'/timer', TypedCommand>> = {
  '/timer': {
    form: '/timer {conversation} [off|1h|1d|7d|30d]',
    help: 'let what is said there disappear so long after it was read; or say whether it does',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const last = words.at(-1) ?? '';
      const seconds = Object.hasOwn(timerWords, last) ? timerWords[last as TimerWord] : undefined;
      if (seconds !== undefined) words.pop();
      const id = conversationIn(words[0], actions);
      return id === undefined || words.length > 1 ? 'malformed' : actions.timer(id, seconds);
    },
  },
};
