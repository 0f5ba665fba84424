// From a line that was typed to what is done. What begins like a command or an address is never said to everybody, not
// even mistyped or behind a space.

import { err, ok } from '../../lib/result.ts';
import { splitWord } from '../../wire/text.ts';
import type { CommandActions, CommandOutcome, Verdict } from './actions.ts';
import { commandOf, formIn, noCommand } from './table.ts';

/** Whether `line` is something else than words to be said where it was typed. */
export function isAddressed(line: string): boolean {
  const trimmed = line.trim();
  return (
    (trimmed.startsWith('/') && !trimmed.startsWith('//')) ||
    trimmed.startsWith('@') ||
    trimmed === '*all' ||
    trimmed === 'q'
  );
}

/** Does what was typed. The error says why it was not done; nothing was sent then. */
export async function runTyped(line: string, deeds: CommandActions): Promise<Verdict> {
  const done = await dispatch(line, deeds);
  return done === undefined || done === 'malformed' ? ok(undefined) : done;
}

async function dispatch(line: string, deeds: CommandActions): Promise<CommandOutcome> {
  const trimmed = line.trim();
  if (trimmed === '') return undefined;
  if (trimmed === 'q') {
    deeds.leave();
    return undefined;
  }
  if (trimmed === '*all') return deeds.names(undefined);
  if (trimmed.startsWith('//')) return deeds.say(trimmed.slice(1));
  if (trimmed.startsWith('@@')) {
    const [group, text] = splitWord(trimmed.slice(2));
    if (group === '' || text === '') return malformed('@@group text', deeds);
    return deeds.sayIn(deeds.group(group), text);
  }
  if (trimmed.startsWith('@')) {
    const [name, text] = splitWord(trimmed.slice(1));
    if (name === '' || text === '') return malformed('@user text', deeds);
    return deeds.sayTo(deeds.person(name), text);
  }
  if (!trimmed.startsWith('/')) return deeds.say(line);
  const [typed, rest] = splitWord(trimmed);
  const row = commandOf(typed);
  if (row === undefined) return err(noCommand(typed, deeds));
  const done = await row.run(rest, deeds);
  return done === 'malformed' ? malformed(formIn(row.form, deeds.view), deeds) : done;
}

function malformed(form: string, { view }: CommandActions): Verdict {
  return err(`${view === 'screen' ? 'Nothing' : 'nothing'} was sent. It is written: ${form}`);
}
