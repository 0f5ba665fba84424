// `helo send`: files or text to a place, for scripts. From the arguments to an exit code;
// send/session.ts and send/texts.ts do the sending.
import { err, ok } from '../lib/result.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { sendManual } from './manuals/send.ts';
import { readConsignment, sendFlags, sendOptions } from './send/options.ts';
import { SendScreen } from './send/screen.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(sendFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(sendManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const options = sendOptions(given.value.source, env, folder);
  if (!options.ok) return options;
  const consignment = readConsignment(given.value.rest, folder, options.value);
  if (!consignment.ok) return consignment;
  const { name } = options.value;
  if (name === undefined) return err(usageFailure('a name is needed', 'Say --name NAME.'));
  const { value: what } = consignment;
  if (what.kind === 'files' && what.parcel.to.kind === 'direct' && name === what.parcel.to.user) {
    return err(usageFailure("you can't send a file to yourself"));
  }
  // Loaded only here: the ciphers are most of the cost of a start, and `--help` needs none of them.
  try {
    if (what.kind === 'told') {
      const { sendTold } = await import('./send/tell-texts.ts');
      return await sendTold(name, what, options.value);
    }
    if (what.kind === 'texts') {
      const { sendTexts } = await import('./send/texts.ts');
      return await sendTexts(name, what.to, options.value);
    }
    const { send } = await import('./send/session.ts');
    const screen = new SendScreen(process.stdout, process.stderr, env['TERM']);
    return await send(name, what.parcel, options.value, screen);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
