// `helo chat`: from what was asked for to an exit code. Coming in is chat/enter.ts, the chat itself chat/session.ts.
import { access, constants, stat } from 'node:fs/promises';
import { err, ok } from '../lib/result.ts';
import { systemReason } from '../lib/system-error.ts';
import { PrivateFileError } from '../platform/node/private-file.ts';
import { enter } from './chat/enter.ts';
import { chatFlags, chatOptions } from './chat/options.ts';
import type { Run } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from './failure.ts';
import { exitOf } from './outcome.ts';
import { helpText, type Manual } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';

const manual: Manual = {
  usage: 'helo chat [flags]',
  summary: 'Joins a chat. What you type goes to everybody; /help shows what else there is.',
  flags: chatFlags,
  notes: [
    '',
    'On a terminal server and name are asked for once and remembered; other flags',
    'change that, and deleting ~/.local/state/helo/chat.json forgets it.',
    'Each is also a variable, HELO_NAME=bob. In a pipe nothing is asked, stdout has',
    'what was said, and stderr the rest.',
    'Exit codes: 0 left; 1 the name or a flag was refused; 3 server lost or not',
    'reached; 4 not the certificate that it had before; 130 Ctrl-C.',
  ],
};

export const run: Run = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(chatFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(manual, given.value.help));
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
    return exitOf(await enter(wish.value, env));
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};

async function checkDownloads(folder: string | undefined): Promise<Failure | undefined> {
  if (folder === undefined) return undefined;
  try {
    if ((await stat(folder)).isDirectory()) {
      await access(folder, constants.W_OK);
      return undefined;
    }
    return usageFailure(`--downloads ${quoted(folder)} is not a folder`);
  } catch (error) {
    return usageFailure(`the folder ${quoted(folder)} for downloads: ${systemReason(error)}`);
  }
}
