// The boxes that two devices leave for each other in a channel: each sealed under the key of its direction with a nonce of
// its own, and numbered inside. Owns which box is the next one. The server may drop, repeat, change and reorder boxes, and
// add some: whatever is not the next one of the other side is passed over.
import { concatBytes, equalBytes } from '../../lib/bytes.ts';
import type { ChunkCipher } from '../files/file-ciphers.ts';

const nonceBytes = 12;
/** A channel holds eight boxes. */
const mostMessages = 8;

/**
 * `foreign`: nobody with the code has sealed it for this side, or it is not its turn. `repeat`: it was here before.
 * `contradiction`: the other side has said something else under this number, so two devices say that they are it.
 */
export type OpenedBox =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'foreign' | 'repeat' | 'contradiction' };

export class LinkingBoxes {
  readonly #random: (length: number) => Uint8Array;
  readonly #own: ChunkCipher;
  readonly #other: ChunkCipher;
  readonly #heard: Uint8Array[] = [];
  #said = 0;

  /** `own` seals what this side says, `other` what the other one does. */
  constructor(
    random: (length: number) => Uint8Array,
    sides: { readonly own: ChunkCipher; readonly other: ChunkCipher },
  ) {
    this.#random = random;
    this.#own = sides.own;
    this.#other = sides.other;
  }

  /** The next box of this side. */
  async seal(message: Uint8Array): Promise<Uint8Array> {
    const number = this.#said;
    this.#said += 1;
    const nonce = this.#random(nonceBytes);
    const sealed = await this.#own.seal(nonce, concatBytes(Uint8Array.of(number), message));
    return concatBytes(nonce, ...sealed);
  }

  async open(box: Uint8Array): Promise<OpenedBox> {
    if (box.length < nonceBytes) return { kind: 'foreign' };
    const opened = await this.#other.open(box.slice(0, nonceBytes), box.slice(nonceBytes));
    const number = opened?.[0];
    if (opened === undefined || number === undefined) return { kind: 'foreign' };
    const message = new Uint8Array(opened.subarray(1));
    const known = this.#heard[number];
    if (known !== undefined) {
      return { kind: equalBytes(known, message) ? 'repeat' : 'contradiction' };
    }
    if (number !== this.#heard.length || number >= mostMessages) return { kind: 'foreign' };
    this.#heard.push(message);
    return { kind: 'message', message };
  }
}
