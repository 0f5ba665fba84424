#!/usr/bin/env node
// The program: finds the command, and turns its result into one line and an exit code.
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { crashFields } from '../lib/crash.ts';
import { NoHomeFolder } from '../platform/node/home.ts';
import { commandOf } from './commands.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { formatFailure, quoted, systemFailure, usageFailure, type Failure } from './failure.ts';
import { didYouMean } from '../lib/suggest.ts';
import { summaries } from './summaries.ts';
import { version } from './version.ts';

process.on('uncaughtException', (error) => {
  const { kind, code, stack } = crashFields(error);
  const what = [kind, code, stack].filter((part) => part !== undefined).join(' ');
  process.stderr.write(`helo: stopped by a bug of its own, please report it: ${what}\n`);
  process.exit(exitCodes.bug);
});
// Node restores terminals at its end, and Node 20 crashes if a terminal is gone. It skips closed descriptors.
const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
process.on('exit', () => {
  for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
});
// The reader of the output may stop reading (`helo --help | head -1`). That is not a failure.
process.stdout.on('error', () => {});

const code = await main(process.argv.slice(2));
// The command is done, whatever is still open (for instance a connection during its handshake). The output is written
// by then.
process.stdout.write('', () => process.exit(code));

async function main([name, ...argv]: readonly string[]): Promise<ExitCode> {
  if (name === undefined || name === '--help' || name === '-h') return print(overview());
  if (name === '--version' || name === '-v') return print(`helo ${version()}\n`);
  if (name === 'help') return argv[0] === undefined ? print(overview()) : main([argv[0], '--help']);
  const load = commandOf(name);
  if (load === undefined) return fail(unknownCommand(name));
  const { run } = await load();
  try {
    const outcome = await run(argv, process.env);
    return outcome.ok ? outcome.value : fail(outcome.error);
  } catch (error) {
    if (error instanceof NoHomeFolder) {
      return fail(systemFailure(error.message, 'Set HOME to a folder of your own.'));
    }
    throw error;
  }
}

function print(text: string): ExitCode {
  process.stdout.write(text);
  return exitCodes.ok;
}

function fail(failure: Failure): ExitCode {
  process.stderr.write(`${formatFailure(failure)}\n`);
  return failure.exitCode;
}

function unknownCommand(name: string): Failure {
  const what = name.startsWith('-') ? 'flag' : 'command';
  const names = Object.keys(summaries);
  return usageFailure(
    `there is no ${what} ${quoted(name)}`,
    didYouMean(name, names) ?? `Commands are: ${names.join(', ')}. See helo --help.`,
  );
}

function overview(): string {
  const rows = Object.entries(summaries).map(
    ([name, summary]) => `  helo ${name.padEnd(10)}  ${summary}`,
  );
  return [
    'helo: chat that you host yourself, end-to-end encrypted.',
    '',
    ...rows,
    '',
    '  helo COMMAND --help    the flags of a command',
    '  helo --version, -v     the version',
    '',
  ].join('\n');
}
