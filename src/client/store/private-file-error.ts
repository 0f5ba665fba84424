// Errors with a file of the device, in words for people.

/** A file that cannot be used. The message names it and says what to do. */
export class PrivateFileError extends Error {
  override readonly name = 'PrivateFileError';
}
