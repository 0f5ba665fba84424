// Where programs keep what is theirs, by the XDG base directory specification.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from './flags/table.ts';

/** The folder for configuration: `$XDG_CONFIG_HOME`, or `~/.config`. */
export function configHome(env: Environment): string {
  const set = env['XDG_CONFIG_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homedir(), '.config');
}

/** The folder for data: `$XDG_DATA_HOME`, or `~/.local/share`. The specification ignores relative paths. */
export function dataHome(env: Environment): string {
  const set = env['XDG_DATA_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homedir(), '.local', 'share');
}
