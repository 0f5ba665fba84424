// What a scenario gets: one running server, its description, and the means to measure it.

import type { Archive } from './archive.ts';
import type { Dialect } from './dialect.ts';

/** The parts of a peer that a scenario needs. */
export interface Parts {
  readonly dialect: Dialect;
  readonly archive: Archive;
}

export interface Stage extends Parts {
  /** The server's port on this machine. */
  readonly port: number;
  /** Its metrics port on this machine. Undefined for a server without metrics. */
  readonly metricsPort?: number | undefined;
  /** The server's process. */
  readonly pid: number;
  /** Less of everything, for a first impression. */
  readonly short: boolean;
  /** Ends the scenario as failed. The first error counts. */
  readonly fail: (error: Error) => void;
}

/** What a scenario measured, by the keys of its figures. */
export type Measured = Readonly<Record<string, number>>;
