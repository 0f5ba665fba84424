// `helo forget ADDRESS`: the only way to accept another identity of a server. Before it asks, it says what is deleted
// and what stays.
import {
  formatFingerprint,
  formatServerAddress,
  serverKeyOf,
  type ServerAddress,
} from '../client/connection/server-address.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { foldersBeside } from '../platform/node/data-beside.ts';
import { forgetServer, openKnownServers, namesAt } from '../platform/node/known-servers.ts';
import { PrivateFileError } from '../client/store/private-file-error.ts';
import { confirm } from './admin/confirm.ts';
import { optionsOf } from './flags/settle.ts';
import type { RunCommand } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { systemFailure, usageFailure, type Failure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { forgetFlags, oneServer } from './forget/options.ts';
import { forgetManual } from './manuals/forget.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(forgetFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(forgetManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const server = oneServer(given.value.rest);
  if (!server.ok) return server;
  const options = optionsOf(forgetFlags, given.value.source, env, folder);
  if (!options.ok) return options;
  try {
    return await forget(server.value, options.value);
  } catch (error) {
    if (error instanceof PrivateFileError) return err(systemFailure(error.message));
    throw error;
  }
};

async function forget(
  address: ServerAddress,
  { data, yes }: { readonly data: string; readonly yes: boolean },
): Promise<Result<ExitCode, Failure>> {
  const server = formatServerAddress(address);
  const serverKey = serverKeyOf(address);
  const known = openKnownServers(data);
  // A damaged file is deleted too.
  const identity = await known.identityOf(serverKey).catch(() => undefined);
  const folders = [data, ...foldersBeside(data)];
  const named = await Promise.all(folders.map((folder) => namesAt(folder, serverKey)));
  const names = [...new Set(named.flat())].sort();
  process.stdout.write(`${wordsOf(server, identity, names).join('\n')}\n`);
  if (!yes) {
    if (!process.stdin.isTTY) {
      return err(
        usageFailure('forget cannot be undone, and there is no terminal to ask at', 'Say --yes.'),
      );
    }
    if (!(await confirm(`Forget ${server}? Type yes: `, 'yes'))) {
      const message = 'nothing was forgotten';
      return err({ exitCode: exitCodes.interrupted, message, hint: undefined });
    }
  }
  // Also for second chats of the same person: they would refuse the new server for ever.
  const forgotten: boolean[] = [];
  for (const folder of folders) forgotten.push(await forgetServer(folder, serverKey));
  if (!forgotten.includes(true)) {
    const advice = 'The address has to be written as it was then, with tls:// where it had that.';
    return err(usageFailure(`nothing is known of ${server} in ${data}`, advice));
  }
  process.stdout.write(`${server} is forgotten\n`);
  return ok(exitCodes.ok);
}

function wordsOf(
  server: string,
  identity: Uint8Array | undefined,
  names: readonly string[],
): readonly string[] {
  return [
    `This forgets what proves that ${server} is the same server as before:`,
    identity === undefined
      ? '  its certificate; no identity is known'
      : `  its identity ${formatFingerprint(identity)} and its certificate`,
    ...(names.length === 0 ? [] : [`  who came in there: ${names.join(', ')}`]),
    'After that, the server that answers there counts as that server, even an attacker in between.',
    'An account of yours there was known to the old server only: at the new one the name is anybody\u2019s, first come.',
    'Your keys, the history, and the keys of others stay in the data directory.',
  ];
}
