// `helo backup FILE`: everything of a running server in one new file, without stopping it.
import { ok } from '../lib/result.ts';
import { askServer } from './admin/ask.ts';
import { oneFile } from './admin/one-file.ts';
import { backupFlags } from './admin/options.ts';
import { optionsOf } from './flags/settle.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { backupManual } from './manuals/backup.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(backupFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(backupManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const file = oneFile(given.value.rest, folder, 'backup');
  if (!file.ok) return file;
  const options = optionsOf(backupFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  const path = file.value;
  const evenDamaged = options.value['even-damaged'];
  const answer = await askServer(options.value.data, { act: 'backup', path, evenDamaged });
  if (!answer.ok) return answer;
  process.stdout.write(`Everything${evenDamaged ? ' that is whole' : ''} is in ${path}\n`);
  return ok(exitCodes.ok);
};
