// `helo recover`: makes this device one of an account by its recovery words. From the arguments to an exit code;
// recover/session.ts does it.
import { err, ok } from '../lib/result.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { optionsOf } from './flags/settle.ts';
import { fromArguments } from './flags/sources.ts';
import { recoverManual } from './manuals/recover.ts';
import { recoverFlags } from './recover/options.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(recoverFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(recoverManual, given.value.help));
    return ok(exitCodes.ok);
  }
  if (given.value.rest.length > 0) {
    // It may be one of the words: it is not repeated.
    const hint = 'The words are asked for, or come on standard input: others can see arguments.';
    return err(usageFailure('recover takes flags only', hint));
  }
  const options = optionsOf(recoverFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  try {
    const { recoverHere } = await import('./recover/session.ts');
    return await recoverHere(options.value, env);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
