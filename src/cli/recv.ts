// `helo recv`: what others say, for scripts. From the arguments to an exit code; recv/session.ts receives.
import { err, ok } from '../lib/result.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { optionsOf } from './flags/settle.ts';
import { fromArguments } from './flags/sources.ts';
import { recvManual } from './manuals/recv.ts';
import { readPlace, recvFlags } from './recv/options.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(recvFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(recvManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const place = readPlace(given.value.rest);
  if (!place.ok) return place;
  const options = optionsOf(recvFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const { name, guest, follow, since } = options.value;
  if (name === undefined) return err(usageFailure('a name is needed', 'Say --name NAME.'));
  if (guest && (!follow || since !== undefined)) {
    return err(
      usageFailure('nothing is kept for guests', 'With --guest, say --follow, and no --since.'),
    );
  }
  try {
    const { receive } = await import('./recv/session.ts');
    return await receive(name, place.value, options.value);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
