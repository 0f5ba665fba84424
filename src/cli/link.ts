// `helo link`: makes this device one of an account that has another. From the arguments to an exit code; link/session.ts
// does the linking.
import { err, ok } from '../lib/result.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { optionsOf } from './flags/settle.ts';
import { fromArguments } from './flags/sources.ts';
import { linkFlags } from './link/options.ts';
import { linkManual } from './manuals/link.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(linkFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(linkManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [surplus] = given.value.rest;
  if (surplus !== undefined) {
    const hint = 'The code is shown here, and typed at a device that you have already: /link CODE.';
    return err(usageFailure(`link takes flags only, not ${quoted(surplus)}`, hint));
  }
  const options = optionsOf(linkFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  try {
    const { link } = await import('./link/session.ts');
    return await link(options.value, env);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
