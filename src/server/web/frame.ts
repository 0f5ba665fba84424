// Binary frames of a WebSocket as a server writes them [RFC 6455 §5.2]: whole messages, without a mask. So one frame
// is the same for all who get the same bytes, and is made once for all of them.

/** FIN, and the opcode of a binary message. */
const binaryMessage = 0x82;

/** Longer payloads have two bytes of length, and then eight. */
const shortBytes = 125;
const mediumBytes = 0xffff;

/** The frame of a binary string. */
export function frameOfBinary(binary: string): Buffer {
  const { frame, start } = emptyFrame(binary.length);
  frame.write(binary, start, 'latin1');
  return frame;
}

/** The frame of bytes that nobody changes any more: the same one for the same object. */
export function sharedFrameOf(bytes: Uint8Array): Buffer {
  const known = frames.get(bytes);
  if (known !== undefined) return known;
  const { frame, start } = emptyFrame(bytes.length);
  frame.set(bytes, start);
  frames.set(bytes, frame);
  return frame;
}

/** A batch is forgotten as soon as all its receivers were written to, and its frame with it. */
const frames = new WeakMap<Uint8Array, Buffer>();

/** A frame for `length` bytes, which begin at `start`. */
function emptyFrame(length: number): { readonly frame: Buffer; readonly start: number } {
  const start = length <= shortBytes ? 2 : length <= mediumBytes ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = binaryMessage;
  if (start === 2) {
    frame[1] = length;
  } else if (start === 4) {
    frame[1] = shortBytes + 1;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = shortBytes + 2;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  return { frame, start };
}
