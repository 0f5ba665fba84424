// The two forms of encrypted content on the FILE line [7.11]: bytes as they are, of a length that both sides know; or
// base64url without padding and a line end. Both directions of both. Knows nothing of the content: alterations are
// found when it is decrypted.

import { concatBytes } from '../../../lib/bytes.ts';
import type { ContentForm } from '../ports.ts';
import type { TextForm } from './ports.ts';

const lf = 10;
const cr = 13;

/** Converts content to its form, piece by piece. */
export class ContentWriter {
  readonly #form: ContentForm;
  readonly #text: TextForm;
  #carried: Uint8Array = new Uint8Array();

  constructor(form: ContentForm, text: TextForm) {
    this.#form = form;
    this.#text = text;
  }

  /** The form of `pieces`, which are in order. */
  write(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#form === 'bytes') return pieces;
    const bytes = concatBytes(this.#carried, ...pieces);
    // Three bytes become four characters. The remaining bytes wait for the next piece.
    const whole = bytes.length - (bytes.length % 3);
    this.#carried = bytes.subarray(whole);
    return [this.#text.encode(bytes.subarray(0, whole))];
  }

  /** The end of the content. */
  end(): readonly Uint8Array[] {
    if (this.#form === 'bytes') return [];
    return [concatBytes(this.#text.encode(this.#carried), Uint8Array.of(lf))];
  }
}

/** Converts content from its form, whatever pieces it arrives in. */
export class ContentReader {
  readonly #form: ContentForm;
  /** How much of the content is still to come, in bytes or characters of its form. */
  #left: number;
  readonly #text: TextForm;
  #carried: Uint8Array = new Uint8Array();
  #hasEnded = false;

  /** @param length the length of the content itself */
  constructor(form: ContentForm, length: number, text: TextForm) {
    this.#form = form;
    this.#text = text;
    this.#left = form === 'bytes' ? length : Math.ceil((length * 4) / 3);
  }

  /** Whether everything has arrived, with the line end if there is one. */
  get isDone(): boolean {
    return this.#left === 0 && (this.#form === 'bytes' || this.#hasEnded);
  }

  /** Whether all content has arrived, except perhaps a line end. */
  get isWhole(): boolean {
    return this.#left === 0;
  }

  /** The content in `piece`. Undefined if it is malformed or too long. */
  read(piece: Uint8Array): Uint8Array | undefined {
    const taken = piece.subarray(0, this.#left);
    this.#left -= taken.length;
    if (taken.length < piece.length && !this.#isEnd(piece.subarray(taken.length))) return undefined;
    return this.#form === 'bytes' ? taken : this.#decode(taken);
  }

  #isEnd(rest: Uint8Array): boolean {
    if (this.#form === 'bytes' || this.#hasEnded) return false;
    const [first] = rest;
    this.#hasEnded = rest.at(-1) === lf;
    return rest.length === 1 ? first === lf || first === cr : rest.length === 2 && first === cr;
  }

  #decode(characters: Uint8Array): Uint8Array | undefined {
    const text = concatBytes(this.#carried, characters);
    const whole = this.#left === 0 ? text.length : text.length - (text.length % 4);
    this.#carried = text.subarray(whole);
    const bytes = this.#text.decode(text.subarray(0, whole));
    // Decoding skips characters that are not base64url. Then there are too few bytes.
    return bytes?.length === Math.floor((whole * 3) / 4) ? bytes : undefined;
  }
}
