// A row of the table of commands, and what its words mean.

import type { CommandActions, CommandOutcome } from './actions.ts';

export interface TypedCommand {
  readonly form: string;
  readonly help: string;
  /** `rest` follows the verb. */
  readonly run: (rest: string, actions: CommandActions) => CommandOutcome | Promise<CommandOutcome>;
}

export const wordsOf = (rest: string): string[] => rest.split(' ').filter((word) => word !== '');

/** `lobby`, `#group` or `@user`, or the conversation here if none is named. */
export function conversationIn(
  word: string | undefined,
  actions: CommandActions,
): string | undefined {
  const { here } = actions;
  if (word === undefined || word === here.name) {
    return here.kind === 'lobby' ? 'lobby' : `${here.kind === 'group' ? '#' : '@'}${here.name}`;
  }
  if (word.startsWith('@')) return `@${actions.person(word.slice(1))}`;
  if (word.startsWith('#')) return `#${actions.group(word.slice(1))}`;
  return word.toLowerCase() === 'lobby' ? 'lobby' : undefined;
}
