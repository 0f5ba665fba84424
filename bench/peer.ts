// What a peer is: a file in peers/ whose default export is one of these. Nothing else has to know it. A peer's
// configuration is in its file; it is written into an empty folder for each start.

import type { Archive } from './archive.ts';
import type { Dialect } from './dialect.ts';

/** Where a server is started. */
export interface Place {
  /** Its own, empty but for the files of the launch. */
  readonly folder: string;
  /** The port of 127.0.0.1 that it is to listen on. */
  readonly port: number;
  /** The port of 127.0.0.1 at which it is to tell its metrics, if it can and where they are wanted. */
  readonly metricsPort?: number | undefined;
  /** How many connections it has to carry. */
  readonly connections: number;
}

/** How a server is started. It has to stay in the foreground. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Texts by file name, relative to the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Where it stands among the others. */
  readonly order: number;
  /** The command that installs it. */
  readonly install: string;
  /** Its version, or undefined where it is not installed. */
  version(): string | undefined;
  launch(place: Place): Launch;
  /** How people chat on it; absent where only its archive is measured. */
  readonly dialect?: Dialect;
  /** How people write to a conversation that it keeps; absent where it keeps none. */
  readonly archive?: Archive;
}
