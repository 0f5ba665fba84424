// `helo chat`: from the arguments to an exit code. chat/enter.ts connects, chat/session.ts has the chat itself.
import { isatty } from 'node:tty';
import { access, constants } from 'node:fs/promises';
import { err, ok } from '../lib/result.ts';
import { systemCode, systemReason } from '../lib/system-error.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { makeFolder } from '../platform/node/make-folder.ts';
import { enter } from './chat/enter.ts';
import { chatFlags, chatOptions } from './chat/options.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from './failure.ts';
import { exitOf } from './outcome.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { chatManual } from './manuals/chat.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(chatFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(chatManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [surplus] = given.value.rest;
  if (surplus !== undefined) {
    return err(usageFailure(`chat takes flags only, not ${quoted(surplus)}`));
  }
  const wish = chatOptions(given.value.source, env, folder);
  if (!wish.ok) return wish;
  const unusable = await checkDownloads(wish.value.options.downloads);
  if (unusable !== undefined) return err(unusable);
  try {
    const hasTerminal = isatty(process.stdin.fd);
    const exit = exitOf(await enter(wish.value, env));
    // The end of the input may arrive before the signal for it.
    const isGone = hasTerminal && !isatty(process.stdin.fd);
    return isGone && exit.ok ? ok(exitCodes.interrupted) : exit;
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};

async function checkDownloads(folder: string | undefined): Promise<Failure | undefined> {
  if (folder === undefined) return undefined;
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') {
      return usageFailure(`--downloads ${quoted(folder)} is not a folder`);
    }
    return usageFailure(`the folder ${quoted(folder)} for downloads: ${systemReason(error)}`);
  }
}
