// Errors of the operating system in words. Matched by code, never by message.

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the address is already in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EAI_AGAIN: 'the name cannot be looked up just now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EHOSTUNREACH: 'there is no way to that machine',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'this program has too many files open',
  ENAMETOOLONG: 'the name is too long',
  ENETUNREACH: 'there is no way to that network',
  ENFILE: 'this machine has too many files open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  ENOTFOUND: 'there is no machine of that name',
  EPERM: 'not permitted',
  EPIPE: 'the other side has closed the connection',
  EROFS: 'the disk is read-only',
  ETIMEDOUT: 'there was no answer in time',
};

/** The code of a system error (`ENOENT`), or undefined if `error` is of another kind. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Why the system refused, in words. A code that is not in the table is shown as it is. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  if (code === undefined) return 'an unexpected error';
  return Object.hasOwn(reasons, code) ? (reasons[code] ?? code) : code;
}
