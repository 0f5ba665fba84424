// `helo import`: what is in an exported file and not on this device. From the arguments to an exit code.
import { importWords } from '../client/export/archive.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { err, ok } from '../lib/result.ts';
import { importFlags } from './archive/options.ts';
import { readLocalFile } from './chat/local-file.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { systemFailure, usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { optionsOf } from './flags/settle.ts';
import { fromArguments } from './flags/sources.ts';
import { importManual } from './manuals/import.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(importFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(importManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [path, ...more] = given.value.rest;
  if (path === undefined || more.length > 0) return err(usageFailure('one file is named'));
  const options = optionsOf(importFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const { name } = options.value;
  if (name === undefined) return err(usageFailure('a name is needed', 'Say --name NAME.'));
  const file = await readLocalFile(path);
  if (!file.ok) return err(usageFailure(file.error));
  try {
    const { openArchive } = await import('./archive/open-archive.ts');
    const opened = await openArchive(name, options.value);
    if (!opened.ok) return opened;
    try {
      const done = await opened.value.archive.take(file.value);
      if (!done.ok) return err(usageFailure(done.error));
      process.stdout.write(`${importWords(done.value)}\n`);
      return ok(exitCodes.ok);
    } finally {
      await opened.value.close();
    }
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};
