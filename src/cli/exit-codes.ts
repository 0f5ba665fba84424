// The exit codes of the program. Documented in docs/OPERATIONS.md; scripts rely on them.

export const exitCodes = {
  ok: 0,
  /** What was typed, or stands in a variable or the configuration, is not what helo takes. */
  usage: 1,
  /** A bug of ours. */
  bug: 2,
  /** The network, the disk or the other side said no. */
  system: 3,
  /** A key or certificate is not the one that was trusted. */
  untrusted: 4,
  /** Ctrl-C before the work was done. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
