// Writes to a stored conversation, with a fixed number of messages in flight, and measures how long each takes to be
// stored. Confirmations come in the order of the messages.

import type { Archive } from '../archive.ts';
import type { Histogram } from './histogram.ts';
import type { Talk } from './talk.ts';

/** Longer than any line that is parsed. */
const maxCarried = 64 * 1024;

export class Writer {
  readonly #talk: Talk;
  readonly #archive: Archive;
  readonly #name: string;
  readonly #payload: string;
  readonly #latencies: Histogram;
  readonly #kept: RegExp;
  /** When the messages in flight were sent, oldest first, in a ring. */
  readonly #sentAt: Float64Array;
  #sent = 0;
  #confirmed = 0;
  #carried = '';
  #isOn = false;
  #idle: () => void = () => {};

  constructor(
    talk: Talk,
    archive: Archive,
    { name, payload, window }: { name: string; payload: string; window: number },
    latencies: Histogram,
    fail: (error: Error) => void,
  ) {
    this.#talk = talk;
    this.#archive = archive;
    this.#name = name;
    this.#payload = payload;
    this.#latencies = latencies;
    this.#kept = archive.kept(name);
    this.#sentAt = new Float64Array(window);
    talk.client.readTo((bytes, end) => this.#read(bytes.toString('latin1', 0, end)), fail);
  }

  /** How many messages are confirmed. */
  get confirmed(): number {
    return this.#confirmed;
  }

  start(): void {
    this.#isOn = true;
    this.#fill();
  }

  /** Sends nothing more, and resolves when everything sent is confirmed. */
  stop(): Promise<void> {
    this.#isOn = false;
    return new Promise((resolve) => {
      this.#idle = resolve;
      if (this.#sent === this.#confirmed) resolve();
    });
  }

  #fill(): void {
    const window = this.#sentAt.length;
    const now = performance.now();
    let lines = '';
    while (this.#isOn && this.#sent - this.#confirmed < window) {
      this.#sentAt[this.#sent % window] = now;
      this.#sent++;
      lines += this.#archive.write(this.#name, this.#sent, this.#payload);
    }
    if (lines !== '') this.#talk.send(lines);
  }

  #read(text: string): void {
    this.#carried += text;
    const now = performance.now();
    let end = 0;
    for (const match of this.#carried.matchAll(this.#kept)) {
      this.#latencies.add(now - (this.#sentAt[this.#confirmed % this.#sentAt.length] ?? now));
      this.#confirmed++;
      end = match.index + match[0].length;
    }
    this.#carried = this.#carried.slice(Math.max(end, this.#carried.length - maxCarried));
    this.#fill();
    if (this.#sent === this.#confirmed) this.#idle();
  }
}
