// `helo restore FILE`: makes a data directory from a backup, while no server runs on it.
import { join } from 'node:path';
import { err, ok, type Result } from '../lib/result.ts';
import { systemCode, systemReason } from '../lib/system-error.ts';
import { SqliteProblem } from '../sqlite/problem.ts';
import { openBackup } from '../store/sqlite/backup/backup.ts';
import { lockFor } from '../store/sqlite/open.ts';
import { oneFile } from './admin/one-file.ts';
import { restoreFlags } from './admin/options.ts';
import { optionsOf } from './flags/settle.ts';
import type { RunCommand } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { systemFailure, usageFailure, type Failure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { restoreManual } from './manuals/restore.ts';
import { install, isInhabited } from './restore/install.ts';
import { databaseFile } from './serve/database-file.ts';
import { makeFolder } from '../platform/node/make-folder.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(restoreFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(restoreManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const file = oneFile(given.value.rest, folder, 'restore');
  if (!file.ok) return file;
  const options = optionsOf(restoreFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const { data, replace } = options.value;
  try {
    return await restore(file.value, data, replace);
  } catch (error) {
    if (error instanceof SqliteProblem) return err(systemFailure(error.message, error.hint));
    if (systemCode(error) === undefined) throw error;
    return err(systemFailure(`${data} cannot be restored to: ${systemReason(error)}`));
  }
};

async function restore(
  file: string,
  data: string,
  replace: boolean,
): Promise<Result<ExitCode, Failure>> {
  const backup = await openBackup(file);
  try {
    await makeFolder(data);
    // A running server holds the lock, and no server can start meanwhile.
    const lock = await lockFor(join(data, databaseFile));
    try {
      if (isInhabited(data) && !replace) {
        return err(
          usageFailure(
            `there is a server's data in ${data}`,
            'Name another directory with --data DIR, or say --replace: what is there is kept beside it.',
          ),
        );
      }
      const aside = await install(backup, data, new Date());
      process.stdout.write(`Restored to ${data}\n`);
      if (aside !== undefined) process.stdout.write(`What was there before is in ${aside}\n`);
      return ok(exitCodes.ok);
    } finally {
      await lock.release();
    }
  } finally {
    backup.close();
  }
}
