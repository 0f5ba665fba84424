// The type of a peer: a file in peers/ whose default export is one of these. Nothing else needs to know it. A peer's
// configuration is in its file; it is written into an empty folder for each start.

import type { Archive } from './archive.ts';
import type { Dialect } from './dialect.ts';

/** Where a server is started. */
export interface Place {
  /** Its own folder, with only the files of the launch. */
  readonly folder: string;
  /** The port of 127.0.0.1 to listen on. */
  readonly port: number;
  /** The port of 127.0.0.1 for its metrics, if it has any and they are wanted. */
  readonly metricsPort?: number | undefined;
  /** How many connections it must carry. */
  readonly connections: number;
}

/** How to start a server. It must stay in the foreground. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Texts by file name, relative to the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Its position among the others. */
  readonly order: number;
  /** The names of the scenarios that it is for; it runs only if it is named. Absent: all. */
  readonly only?: readonly string[];
  /** The command that installs it. */
  readonly install: string;
  /** Its version, or undefined if it is not installed. */
  version(): string | undefined;
  launch(place: Place): Launch;
  /** How people chat on it. Absent if only its archive is measured. */
  readonly dialect?: Dialect;
  /** How people write to a stored conversation. Absent if it stores none. */
  readonly archive?: Archive;
}
