// The home folder of the current user: HOME, or the system's entry for the user. Never the current folder, which an
// empty or relative HOME would mean: others could read the keys there.
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** There is no folder for this user's own files. */
export class NoHomeFolder extends Error {
  override readonly name = 'NoHomeFolder';

  constructor() {
    super('there is no home folder: HOME is not set, and the system knows none for this user');
  }
}

/** The home folder. Throws a NoHomeFolder. */
export function homeFolder(env: Environment = process.env): string {
  const home = knownHome(env);
  if (home === undefined) throw new NoHomeFolder();
  return home;
}

/** The home folder, or undefined. */
export function knownHome(env: Environment = process.env): string | undefined {
  return [env['HOME'], notedHome()].find((folder) => folder !== undefined && isAbsolute(folder));
}

/** `path` with the home folder instead of a leading `~`, as in a shell. Unchanged if there is none. */
export function expandHome(path: string): string {
  if (path !== '~' && !path.startsWith('~/')) return path;
  const home = knownHome();
  return home === undefined ? path : join(home, path.slice(1));
}

function notedHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    // The user has only a number, for instance in a container.
    return undefined;
  }
}
