// The exit codes of the program. Documented in docs/OPERATIONS.md; scripts rely on them.

export const exitCodes = {
  ok: 0,
  /** An invalid argument, variable or configuration. */
  usage: 1,
  /** A bug of ours. */
  bug: 2,
  /** The network, the disk or the other side refused. */
  system: 3,
  /** A key or certificate is not the one that was trusted. */
  untrusted: 4,
  /** Ctrl-C before the work was done. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
