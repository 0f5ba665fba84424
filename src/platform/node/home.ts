// The home folder of the current user: HOME, or the one that the system has for the user. Never the current folder,
// which an empty or relative HOME would mean, and where keys would be visible to others.
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Nobody knows where this user's own files go. */
export class NoHomeFolder extends Error {
  override readonly name = 'NoHomeFolder';

  constructor() {
    super('there is no home folder: HOME is not set, and the system knows none for this user');
  }
}

/** The home folder; throws a NoHomeFolder. */
export function homeFolder(env: Environment = process.env): string {
  const home = knownHome(env);
  if (home === undefined) throw new NoHomeFolder();
  return home;
}

/** The home folder, where there is one. */
export function knownHome(env: Environment = process.env): string | undefined {
  return [env['HOME'], notedHome()].find((folder) => folder !== undefined && isAbsolute(folder));
}

/** `path` with the home folder in place of a leading `~`, as a shell would; as it is where there is none. */
export function expandHome(path: string): string {
  if (path !== '~' && !path.startsWith('~/')) return path;
  const home = knownHome();
  return home === undefined ? path : join(home, path.slice(1));
}

function notedHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    // The user has a number only: in a container, say.
    return undefined;
  }
}
