// `helo web`: serves the page of this installation on this machine, and connects it to a server. From the arguments to
// an exit code; web/session.ts does the rest.
import { err, ok } from '../lib/result.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { webManual } from './manuals/web.ts';
import { webFlags, webOptions } from './web/options.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(webFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(webManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [surplus] = given.value.rest;
  if (surplus !== undefined) {
    return err(usageFailure(`web takes flags only, not ${quoted(surplus)}`));
  }
  const options = await webOptions(given.value.source, env, folder);
  if (!options.ok) return options;
  try {
    if (options.value.digest) return await (await import('./web/digest.ts')).tellDigest();
    return await (await import('./web/session.ts')).serveWeb(options.value);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
