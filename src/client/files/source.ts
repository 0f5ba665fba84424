// A file on this machine that somebody wants to send, and its possible problems.

/** A file to be sent, as it was when it was checked. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly size: number;
  /** When the content last changed, in nanoseconds since 1970, as digits. With the size it reveals a changed file. */
  readonly modified: string;
}

export type SourceProblem =
  /** There is no file at the path. */
  | { readonly code: 'missing' }
  /** There is a folder, a device, a pipe. */
  | { readonly code: 'not-a-file' }
  /** It has changed since it was checked. */
  | { readonly code: 'changed' }
  | { readonly code: 'unreadable'; readonly detail: string };
