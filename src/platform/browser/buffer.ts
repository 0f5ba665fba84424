// Bytes as the browser's own interfaces take them.

/**
 * The same bytes. The interfaces of a browser refuse memory that several threads share, and their types say so; nothing
 * here shares any.
 */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
