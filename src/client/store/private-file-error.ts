// What goes wrong with a file of the device, in words that are made for people.

/** A file that cannot be used. The message names it and says what to do. */
export class PrivateFileError extends Error {
  override readonly name = 'PrivateFileError';
}
