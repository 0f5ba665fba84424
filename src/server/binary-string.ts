// Lines inside the server are binary strings: one character per byte, values 0 to 255. The syntax of the protocol is
// ASCII, so they parse like text. Forwarding needs no decoding or encoding: written as latin1 they are the same bytes
// again. Only the server's own texts have to be converted.

/** The binary string of bytes that came in. */
export function binaryFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The text of bytes that are UTF-8. */
export function textFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The binary string whose bytes are `text` in UTF-8. */
export function binaryFromText(text: string): string {
  // A byte a character: it is ASCII, and the same in both.
  if (Buffer.byteLength(text) === text.length) return text;
  return Buffer.from(text, 'utf8').toString('latin1');
}
