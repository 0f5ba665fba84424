// The frames of a WebSocket as a server sends them [RFC 6455 §5.2]: taken out of a stream in place, so that what remains
// reads as it does over TCP, and nothing is allocated for a read.

const shortest = 126;

/** Longer payloads say their length in so many bytes, by the value in the head. */
const lengthBytes: Readonly<Record<number, number>> = { 126: 2, 127: 8 };

const headEnd = '\r\n\r\n';

export class FrameReader {
  /** How much of the end of the answer to the handshake has come. */
  #heard = 0;
  /** Bytes of the payload that are still to come. */
  #left = 0;
  /** A head that has not come whole: its bytes. */
  #head: number[] = [];

  /** Moves what the first `end` bytes carry to their beginning, and returns its length. The handshake stays as it is. */
  strip(bytes: Buffer, end: number): number {
    let from = 0;
    let to = 0;
    while (from < end) {
      if (this.#heard < headEnd.length) {
        const byte = bytes[from++] as number;
        const isNext = byte === headEnd.charCodeAt(this.#heard);
        this.#heard = isNext ? this.#heard + 1 : byte === headEnd.charCodeAt(0) ? 1 : 0;
        bytes[to++] = byte;
      } else if (this.#left === 0) {
        this.#head.push(bytes[from++] as number);
        this.#readHead();
      } else {
        const length = Math.min(this.#left, end - from);
        bytes.copyWithin(to, from, from + length);
        from += length;
        to += length;
        this.#left -= length;
      }
    }
    return to;
  }

  #readHead(): void {
    const [, second] = this.#head;
    if (second === undefined) return;
    const more = second < shortest ? 0 : (lengthBytes[second] ?? 0);
    if (this.#head.length < 2 + more) return;
    this.#left =
      more === 0 ? second : this.#head.slice(2).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#head = [];
  }
}

/** A frame of a client, masked with zeros, which is allowed and leaves the text readable. A binary string. */
export function clientFrame(kind: 'text' | 'binary', text: string): string {
  const first = kind === 'text' ? 0x81 : 0x82;
  const { length } = text;
  return length < shortest
    ? String.fromCharCode(first, 0x80 | length, 0, 0, 0, 0) + text
    : String.fromCharCode(first, 0x80 | 126, length >> 8, length & 255, 0, 0, 0, 0) + text;
}

/** A text frame of a server. A binary string. */
export function serverFrame(text: string): string {
  const { length } = text;
  return length < shortest
    ? String.fromCharCode(0x81, length) + text
    : String.fromCharCode(0x81, 126, length >> 8, length & 255) + text;
}

/** A request for a WebSocket at `path`, by a page of this machine. */
export function upgradeTo(path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Origin: http://localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}
