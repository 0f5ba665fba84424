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

/** For the manual pages: what a script may rely on, of every command. */
export const exitWords: Readonly<Record<ExitCode, string>> = {
  0: 'Done',
  1: 'A flag, a variable, a name, the configuration or a file named there is not what helo takes',
  2: 'A bug of helo',
  3: 'The network, the disk or the server refused, not everything was delivered, or another program has what is needed open',
  4: 'A key or certificate is not the one that was trusted; of helo link, wrong digits',
  130: 'Interrupted',
};

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
