// Backups in files, as a vault sees them: blobs behind a path, in the place of a server's. Knows no file system.

import type { Blobs } from '../blobs/blobs.ts';

/** A backup in a file that is open. */
export interface BackupFile {
  /** The absolute path. */
  readonly path: string;
  readonly blobs: Blobs;
  /** Why the last step with it has failed, in words. */
  readonly fault: string | undefined;
  /** All is in it: until then a new file has another name. Returns how many bytes it has, or undefined (`fault`). */
  finish(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Those of one account at one server. */
export interface BackupFiles {
  /** The file at `path`, for one who brings more to it; a new one if there is none. The error says why not, in words. */
  open(path: string): Promise<BackupFile | { readonly fault: string }>;
  /** What `helo recover --from` has left here. Undefined if there is nothing. */
  given(): Promise<BackupFile | undefined>;
  /** It is in the history now. */
  forgetGiven(): Promise<void>;
}

/** A file that could not be used, and why. */
export interface BackupFileFault {
  readonly path: string;
  readonly why: string;
}
