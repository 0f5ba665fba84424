// `helo backup FILE`: everything of a running server in one new file, without stopping it.
import { resolve } from 'node:path';
import { err, ok } from '../lib/result.ts';
import { askServer } from './admin/ask.ts';
import { backupFlags, optionsOf } from './admin/options.ts';
import type { Run } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { usageFailure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { backupManual } from './manuals/backup.ts';

export const run: Run = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(backupFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(backupManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [file, ...surplus] = given.value.rest;
  if (file === undefined || file === '' || surplus.length > 0) {
    return err(
      usageFailure('backup takes one file that is to be written', 'Say helo backup FILE.'),
    );
  }
  const options = optionsOf(backupFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const path = resolve(folder, file);
  const answer = await askServer(options.value.data, { act: 'backup', path });
  if (!answer.ok) return answer;
  process.stdout.write(`Everything is in ${path}\n`);
  return ok(exitCodes.ok);
};
