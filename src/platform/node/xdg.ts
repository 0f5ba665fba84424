// Where programs store their data, by the XDG base directory specification: a path that is not absolute counts as not
// set.
import { isAbsolute, join, relative } from 'node:path';
import { homeFolder, knownHome } from './home.ts';
import type { Environment } from './home.ts';

/** The folder for configuration: `$XDG_CONFIG_HOME`, or `~/.config`. */
export function configHome(env: Environment): string {
  const set = env['XDG_CONFIG_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homeFolder(env), '.config');
}

/** The folder for data: `$XDG_DATA_HOME`, or `~/.local/share`. The specification ignores relative paths. */
export function dataHome(env: Environment): string {
  const set = env['XDG_DATA_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homeFolder(env), '.local', 'share');
}

/** The folder for state between two runs: `$XDG_STATE_HOME`, or `~/.local/state`. */
export function stateHome(env: Environment): string {
  const set = env['XDG_STATE_HOME'];
  return set !== undefined && isAbsolute(set) ? set : join(homeFolder(env), '.local', 'state');
}

/** Where a client stores its keys and its history by default. */
export function usualClientData(env: Environment): string {
  return join(dataHome(env), 'helo', 'client');
}

/** Where a server stores its data by default. */
export function usualServerData(env: Environment): string {
  return join(dataHome(env), 'helo', 'server');
}

/** A path in the form that people write. */
export function fromHome(path: string): string {
  const home = knownHome();
  if (home === undefined) return path;
  const inHome = relative(home, path);
  return inHome === '' || inHome.startsWith('..') || isAbsolute(inHome) ? path : `~/${inHome}`;
}
