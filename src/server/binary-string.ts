// Lines inside the server are binary strings: one character per byte, values 0 to 255. The syntax of the protocol is
// ASCII, so they parse like text. Forwarding needs no decoding or encoding: written as latin1 they are the same bytes
// again. Only the server's own texts must be converted.

/** The binary string of received bytes, or of a part of them. */
export function binaryFromBytes(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return bufferOf(bytes).toString('latin1', from, to);
}

/** The text of UTF-8 bytes. */
export function textFromBytes(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('utf8');
}

/** The text whose UTF-8 bytes a binary string has. */
export function textFromBinary(binary: string): string {
  return beyondAscii.test(binary) ? Buffer.from(binary, 'latin1').toString('utf8') : binary;
}

const beyondAscii = /[\u0080-\u00ff]/;

/** The same memory. What sockets give is a Buffer already. */
function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The binary string whose bytes are `text` in UTF-8. */
export function binaryFromText(text: string): string {
  // One byte per character: the text is ASCII, and the same in both forms.
  if (Buffer.byteLength(text) === text.length) return text;
  return Buffer.from(text, 'utf8').toString('latin1');
}
