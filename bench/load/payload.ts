// The generator's messages: a payload of fixed length that names its sender and its number, in digits that every wire
// form forwards unchanged (no quote, no backslash, no space), and then text to fill it.

/** Base 32, from '0' to 'O': one character carries five bits, and reading it is one subtraction. */
const zero = 0x30;
const bits = 5;
const base = 1 << bits;

const senderDigits = 3;
const numberDigits = 5;

/** The most senders of a run. */
export const maxSenders = base ** senderDigits;
/** The most messages of one sender in a run. */
export const maxNumber = base ** numberDigits;
/** The bytes of a payload without its filler. */
export const markBytes = senderDigits + numberDigits;

const filler = 'the quick brown fox jumps over the lazy dog and runs into the dark forest ';

/** The filler after the mark, so that a payload has `bytes` bytes. */
export function fillerOf(bytes: number): string {
  if (bytes < markBytes) throw new RangeError(`a payload has at least ${markBytes} bytes`);
  const length = bytes - markBytes;
  return filler.repeat(Math.ceil(length / filler.length)).slice(0, length);
}

/** The first bytes of a payload: its sender's number, and its own number. */
export function mark(sender: number, number: number): string {
  return digits(sender, senderDigits) + digits(number, numberDigits);
}

/** Reads the sender's number of a mark at `at`. Other characters than digits give a number that no sender has. */
export function readSender(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) - zero) << (2 * bits)) +
    (((bytes[at + 1] as number) - zero) << bits) +
    ((bytes[at + 2] as number) - zero)
  );
}

/** Reads the message's number of a mark at `at`. */
export function readNumber(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at + senderDigits] as number) - zero) << (4 * bits)) +
    (((bytes[at + senderDigits + 1] as number) - zero) << (3 * bits)) +
    (((bytes[at + senderDigits + 2] as number) - zero) << (2 * bits)) +
    (((bytes[at + senderDigits + 3] as number) - zero) << bits) +
    ((bytes[at + senderDigits + 4] as number) - zero)
  );
}

function digits(value: number, count: number): string {
  let text = '';
  for (let shift = (count - 1) * bits; shift >= 0; shift -= bits) {
    text += String.fromCharCode(zero + ((value >>> shift) & (base - 1)));
  }
  return text;
}
