// Transfer ports over WebSockets [19.1], for browsers, which have no TCP: the path, and what is said beside the bytes.
// The stream of a transfer port goes in binary messages, whose borders mean nothing. An empty one ends a direction, because
// a WebSocket has no half-close. A text says how much was read, because a browser cannot stop reading: so each side knows
// how much it may still send.

/** The most that may be on the way to one side, in bytes that it has not said to have read. */
export const windowBytes = 4 * 1024 * 1024;
/** After so many bytes more a side says how much it has read. */
export const tellEveryBytes = 1024 * 1024;
/** The longest message to a server. */
export const maxMessageBytes = 256 * 1024;

/** The path of the WebSocket to the transfer port with that number. */
export function filePath(port: number): string {
  return `/file/${port}`;
}

/** The number of the port in a path. Undefined if it is no path to one. */
export function parseFilePath(path: string): number | undefined {
  const [, digits] = /^\/file\/([1-9]\d{0,4})$/.exec(path) ?? [];
  const port = Number(digits);
  return port <= 65_535 ? port : undefined;
}

/** Says that `bytes` were read in all. */
export function formatRead(bytes: number): string {
  return `read ${bytes}`;
}

/** How many bytes the other side has read in all. */
export function parseRead(text: string): number | undefined {
  const [, digits] = /^read (0|[1-9]\d{0,15})$/.exec(text) ?? [];
  const bytes = Number(digits);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** How much of what one side has sent is still on the way. */
export class SendWindow {
  #sent = 0;
  #read = 0;

  /** Whether more may be sent: a message that is longer than what is left still may. */
  get isOpen(): boolean {
    return this.#sent - this.#read < windowBytes;
  }

  sending(bytes: number): void {
    this.#sent += bytes;
  }

  /** The other side has said how much it has read. Returns whether that can be. */
  heard(text: string): boolean {
    const read = parseRead(text);
    if (read === undefined || read <= this.#read || read > this.#sent) return false;
    this.#read = read;
    return true;
  }
}

/** What one side says about how much it has read. */
export class ReadCount {
  #read = 0;
  #told = 0;

  /** More was read. Returns what is to be said, if it is time. */
  reading(bytes: number): string | undefined {
    this.#read += bytes;
    if (this.#read - this.#told < tellEveryBytes) return undefined;
    this.#told = this.#read;
    return formatRead(this.#read);
  }
}
