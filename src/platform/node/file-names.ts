// Names of servers and people as file names: different ones stay different on every file system, also where letter
// case does not count, and none can leave its folder.

/**
 * The key of a server. Colons, which not every file system takes, become underscores; keys stay different, because the
 * last one always stands before the port and addresses with more are in brackets.
 */
export function serverFileName(serverKey: string): string {
  return serverKey.replaceAll(':', '_');
}

/** The name of a user: letters, digits and underscores only. Bob and bob are two people. */
export function userFileName(user: string): string {
  return `user-${user.replaceAll(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)}`;
}

/** Whose file that is; undefined where it is nobody's. */
export function userOfFileName(name: string): string | undefined {
  const [, user] = /^user-((?:\+?[a-z0-9_])+)$/.exec(name) ?? [];
  return user?.replaceAll(/\+(.)/g, (_, letter: string) => letter.toUpperCase());
}
