// `helo chat`: from what was asked for to an exit code. The chat itself is chat/session.ts.
import { access, constants, stat } from 'node:fs/promises';
import { err, ok } from '../lib/result.ts';
import { systemReason } from '../lib/system-error.ts';
import { PrivateFileError } from '../platform/node/private-file.ts';
import type { Outcome } from '../terminal/line/farewell.ts';
import { hasScreen } from './chat/place.ts';
import { askName } from './chat/ask-name.ts';
import { chatFlags, chatOptions, type ChatOptions } from './chat/options.ts';
import { isInteractive } from './chat/streams.ts';
import type { Run } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from './failure.ts';
import { exitOf } from './outcome.ts';
import { helpText, type Manual } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import type { Environment } from './flags/table.ts';

const manual: Manual = {
  usage: 'helo chat [flags]',
  summary: 'Joins a chat. What you type goes to everybody; /help shows what else there is.',
  flags: chatFlags,
  notes: [
    'Each is also a variable, HELO_NAME=bob. In a pipe stdout has what was said, and',
    'stderr the rest. Exit codes: 0 left; 1 the name or a flag was refused; 3 server',
    'lost or not reached; 4 not the certificate that it had before; 130 Ctrl-C.',
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
  const options = chatOptions(given.value.source, env, folder);
  if (!options.ok) return options;
  const unusable = await checkDownloads(options.value.downloads);
  if (unusable !== undefined) return err(unusable);
  try {
    return exitOf(await enter(options.value, env));
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};

async function enter(options: ChatOptions, env: Environment): Promise<Outcome | Failure> {
  if (options.name === undefined && !isInteractive(process)) {
    return usageFailure('a name is needed', 'Say --name NAME.');
  }
  const name = options.name ?? (await askName(process.stdin, process.stdout));
  if (name === undefined) return { kind: 'interrupted' };
  // Loaded here only: the ciphers are most of what a start costs, and `--help` needs none of them.
  const screen = hasScreen(process, env, options.plain)
    ? await (await import('./chat/full-screen.ts')).beginScreen(options.server, name, env)
    : undefined;
  try {
    const { chat } = await import('./chat/session.ts');
    return await chat(name, options, env, screen);
  } finally {
    screen?.terminal.release();
  }
}

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
