// Lines inside the server are binary strings: one character per byte, values 0 to 255. The syntax of the protocol is
// ASCII, so they parse like text. Forwarding needs no decoding or encoding: written as latin1 they are the same bytes
// again. Only the server's own texts must be converted.

/** The binary string of received bytes. */
export function binaryFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The text of UTF-8 bytes. */
export function textFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The binary string whose bytes are `text` in UTF-8. */
export function binaryFromText(text: string): string {
  // One byte per character: the text is ASCII, and the same in both forms.
  if (Buffer.byteLength(text) === text.length) return text;
  return Buffer.from(text, 'utf8').toString('latin1');
}
