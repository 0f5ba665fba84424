// `helo export`: the history of this device as a file. From the arguments to an exit code.
import { conversationOf, parsePlace } from '../wire/extended/names.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { err, ok } from '../lib/result.ts';
import { exportFlags } from './archive/options.ts';
import { writeNewFile } from './chat/new-file.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { optionsOf } from './flags/settle.ts';
import { fromArguments } from './flags/sources.ts';
import { printText } from './json-lines.ts';
import { exportManual } from './manuals/export.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(exportFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(exportManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [path, where, ...more] = given.value.rest;
  const place = where === undefined ? undefined : parsePlace(where.replace(/^@@/, '#'));
  if (path === undefined || more.length > 0 || (where !== undefined && place === undefined))
    return err(usageFailure('a file is named, and after it @user, #group or lobby if only that'));
  const options = optionsOf(exportFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const { name } = options.value;
  if (name === undefined) return err(usageFailure('a name is needed', 'Say --name NAME.'));
  try {
    const { openArchive } = await import('./archive/open-archive.ts');
    const opened = await openArchive(name, options.value);
    if (!opened.ok) return opened;
    const { archive, close } = opened.value;
    try {
      const only = place && conversationOf(name, place);
      if (only !== undefined && !archive.has(only))
        return err(usageFailure(`there is no conversation ${quoted(where ?? '')} here`));
      const format = options.value.format ?? (/\.txt$/i.test(path) ? 'text' : 'json');
      const text = archive.write(format, only);
      if (path === '-') {
        for await (const piece of text) if (!(await printText(piece))) break;
        return ok(exitCodes.ok);
      }
      const written = await writeNewFile(path, text);
      return written.ok ? ok(exitCodes.ok) : err(systemFailure(written.error));
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
