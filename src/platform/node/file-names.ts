// Names of servers and people as file names: different ones stay different on every file system, also if it ignores
// letter case, and none can lead out of its folder.

/**
 * The key of a server as a file name. Colons, which not every file system accepts, become underscores. Keys stay
 * different, because the last colon always comes before the port, and addresses with more colons are in brackets.
 */
export function serverFileName(serverKey: string): string {
  return serverKey.replaceAll(':', '_');
}

/** The name of a user: only letters, digits and underscores. Bob and bob are two people. */
export function userFileName(user: string): string {
  return `user-${user.replaceAll(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)}`;
}

/** The user of a file name. Undefined if it is not a user's. */
export function userOfFileName(name: string): string | undefined {
  const [, user] = /^user-((?:\+?[a-z0-9_])+)$/.exec(name) ?? [];
  return user?.replaceAll(/\+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The control socket of an account, by a digest of which account it is (control-socket.ts). */
export function controlSocketName(digest: string): string {
  return `account-${digest}.sock`;
}

export function isControlSocketName(name: string): boolean {
  return /^account-[0-9a-f]+\.sock$/.test(name);
}
