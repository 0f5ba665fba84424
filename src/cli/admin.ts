// `helo admin ACT`: what the operator does on the running server, through the socket in its data directory.
import { err, ok } from '../lib/result.ts';
import { didYouMean } from '../lib/suggest.ts';
import { acts } from './admin/acts.ts';
import { adminFlags } from './admin/options.ts';
import { optionsOf } from './flags/settle.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, usageFailure, type Failure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { adminManual } from './manuals/admin.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(adminFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(adminManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [name, argument, ...surplus] = given.value.rest;
  const act = name !== undefined && Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (act === undefined) return err(unknownAct(name));
  const count = (argument === undefined ? 0 : 1) + surplus.length;
  const fits = act.takes === '[NAME]' ? count <= 1 : count === (act.takes === 'nothing' ? 0 : 1);
  if (!fits) {
    return err(
      usageFailure(
        `${name} takes ${act.takes === 'nothing' ? 'nothing' : act.takes === 'NAME' ? 'one NAME' : 'one NAME or nothing'} behind it, not ${count === 0 ? 'nothing' : count === 1 ? 'a word' : `${count} words`}`,
        act.hint,
      ),
    );
  }
  const options = optionsOf(adminFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const told = await act.run(options.value, argument ?? '');
  if (!told.ok) return told;
  process.stdout.write(told.value);
  return ok(exitCodes.ok);
};

function unknownAct(name: string | undefined): Failure {
  const names = Object.keys(acts);
  const all = `There are: ${names.join(', ')}.`;
  if (name === undefined) return usageFailure('admin needs to know what to do', all);
  return usageFailure(`admin cannot ${quoted(name)}`, didYouMean(name, names) ?? all);
}
