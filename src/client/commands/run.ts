// From a typed line to its action. A line that begins like a command or an address never goes to everybody, not even
// with a typing mistake or after a space.

import { err, ok } from '../../lib/result.ts';
import { splitWord } from '../../wire/text.ts';
import type { CommandActions, CommandOutcome, Verdict } from './actions.ts';
import { commandOf, formIn, noCommand } from './table.ts';

/** Runs a typed line. The error says why nothing was done or sent. */
export async function runTyped(line: string, actions: CommandActions): Promise<Verdict> {
  const done = await dispatch(line, actions);
  return done === undefined || done === 'malformed' ? ok(undefined) : done;
}

async function dispatch(line: string, actions: CommandActions): Promise<CommandOutcome> {
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  if (trimmed === 'q') {
    actions.leave();
    return undefined;
  }
  if (trimmed === '*all') return actions.names(undefined);
  if (trimmed.startsWith('//')) return actions.say(trimmed.slice(1));
  if (trimmed.startsWith('@@')) {
    const [group, text] = splitWord(trimmed.slice(2));
    if (group === '' || text === '') return malformed('@@group text', actions);
    return actions.sayIn(actions.group(group), text);
  }
  if (trimmed.startsWith('@')) {
    const [name, text] = splitWord(trimmed.slice(1));
    if (name === '' || text === '') return malformed('@user text', actions);
    return actions.sayTo(actions.person(name), text);
  }
  if (!trimmed.startsWith('/')) return actions.say(line);
  const [typed, rest] = splitWord(trimmed);
  const row = commandOf(typed);
  if (row === undefined) return err(noCommand(typed, actions));
  const done = await row.run(rest, actions);
  return done === 'malformed' ? malformed(formIn(row.form, actions.view), actions) : done;
}

function malformed(form: string, { view }: CommandActions): Verdict {
  return err(`${view === 'screen' ? 'Nothing' : 'nothing'} was sent. It is written: ${form}`);
}
