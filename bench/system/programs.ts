// Finding programs and their versions.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Daemons are in sbin, which is not in everybody's PATH. */
const alsoIn = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of an installed program, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...alsoIn];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The version that a program prints, or undefined if it is not installed. */
export function versionOf(name: string, ...args: readonly string[]): string | undefined {
  const program = findProgram(name);
  if (program === undefined) return undefined;
  const { stdout, stderr } = spawnSync(program, args.length === 0 ? ['--version'] : args, {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing, or not executable for us: not installed.
    return false;
  }
}
