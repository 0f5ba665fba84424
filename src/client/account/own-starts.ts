// The starts of this device's program [12.5]: a mark that is drawn at random when it first logs in, on the disk before the
// server is told. The server says which start of this device it knew before, and which one comes beside this: one that was
// not made here is of a program that uses a copy of the same data. Owns the judgement; what follows from it does not stand
// here.
//
// A server that was put back knows an older start of this device, which is here as well, or older than all that are here.

import * as v from 'valibot';
import { encodeBase64url } from '../../lib/base64url.ts';
import { formatMessageId, parseMessageId } from '../../wire/extended/names.ts';
import type { RandomBytes, WallClock } from '../ports.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';

const valueName = 'starts';
const markBytes = 8;
/** A server that was put back by more starts than these is believed. */
const maxStarts = 64;
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

export interface OwnStartsPorts {
  readonly values: readonly KeptValue[];
  readonly random: RandomBytes;
  readonly now: WallClock;
  /** Resolves when it is on the disk. */
  readonly write: (changes: readonly ClientChange[]) => Promise<void>;
}

export class OwnStarts {
  readonly #ports: OwnStartsPorts;
  /** The latest first. */
  #made: readonly string[];
  /** What the server knew before is of another store, or of a version that knew no starts. */
  readonly #isFirst: boolean;
  #current: Promise<string> | undefined;

  constructor(ports: OwnStartsPorts) {
    this.#ports = ports;
    const kept = ports.values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    this.#made = parsed.success ? parsed.output : [];
    this.#isFirst = this.#made.length === 0;
  }

  /** The start of this program, once it is on the disk. */
  current(): Promise<string> {
    return (this.#current ??= this.#draw());
  }

  /** Another one, made while it runs: whoever hears of it knows that this program is here now. */
  again(): Promise<string> {
    return (this.#current = this.#draw());
  }

  /** Whether the start that the server knew before is of a program that uses a copy of the data. */
  isCopyBefore(start: string): boolean {
    return !this.#isFirst && this.isCopy(start);
  }

  /** The same of a start that comes while this program runs. */
  isCopy(start: string): boolean {
    const oldest = this.#made.at(-1);
    return (
      oldest !== undefined && !this.#made.includes(start) && numberOf(start) >= numberOf(oldest)
    );
  }

  async #draw(): Promise<string> {
    const { random, now, write } = this.#ports;
    const [last] = this.#made;
    const number = Math.max(now(), last === undefined ? 1 : numberOf(last) + 1);
    const start = formatMessageId({ stream: encodeBase64url(random(markBytes)), number });
    this.#made = [start, ...this.#made].slice(0, maxStarts);
    await write([{ type: 'kept-value', name: valueName, value: JSON.stringify(this.#made) }]);
    return start;
  }
}

function numberOf(start: string): number {
  return parseMessageId(start)?.number ?? 0;
}
