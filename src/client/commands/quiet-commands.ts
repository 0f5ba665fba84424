// The commands about what a person does not want to hear or see: `/ignore`, `/notify`, `/dnd`.

import { notifyRules } from '../account/own/quiet/quiet.ts';
import { conversationIn, wordsOf, type TypedCommand } from './typed-command.ts';

export const quietCommands = {
  '/ignore': {
    form: '/ignore [@user]',
    help: 'hide what somebody says in the lobby and in groups, on all your devices; without a name, who is ignored',
    run: ignoring(true),
  },
  '/unignore': {
    form: '/unignore @user',
    help: 'show it again, also what was hidden',
    run: ignoring(false),
  },
  '/notify': {
    form: '/notify {conversation} all|mentions|nothing|default',
    help: 'what of a conversation calls for you, on all your devices',
    run: (rest, actions) => {
      const words = wordsOf(rest);
      const typed = words.pop();
      const rule = notifyRules.find((one) => one === typed);
      const id = conversationIn(words[0], actions);
      if (id === undefined || words.length > 1) return 'malformed';
      return rule === undefined && typed !== 'default' ? 'malformed' : actions.setRule(id, rule);
    },
  },
  '/dnd': {
    form: '/dnd [1h|until 08:00|on|off|daily 22:00-08:00|daily off]',
    help: 'do not disturb: what comes is counted, and nothing tells you of it, on all your devices',
    run: (rest, actions) => actions.doNotDisturb(rest.trim()),
  },
} satisfies Readonly<Record<string, TypedCommand>>;

function ignoring(isOn: boolean): TypedCommand['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    if (more.length > 0 || (word === undefined && !isOn)) return 'malformed';
    return actions.ignore(word && actions.person(word.replace(/^@/, '')), isOn);
  };
}
