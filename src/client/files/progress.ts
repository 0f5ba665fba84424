// The progress and speed of a transfer. Speed is measured over the last seconds, so a pause or a resume shows.

import { agoMs } from '../connection/steady-time.ts';
import { progressEveryMs, speedWindowMs } from './limits.ts';

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

export class Progress {
  #doneBytes = 0;
  #samples: Sample[] = [];
  #toldAtMs = -Infinity;

  get doneBytes(): number {
    return this.#doneBytes;
  }

  /** Bytes a second, once there is enough data. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < progressEveryMs) {
      return undefined;
    }
    return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  }

  /** An attempt begins, or something else is counted, from `doneBytes` on. */
  restart(doneBytes: number, nowMs: number): void {
    this.#doneBytes = doneBytes;
    this.#samples = [{ atMs: nowMs, bytes: doneBytes }];
    this.#toldAtMs = nowMs;
  }

  /** Records the progress. Returns whether it is time to report it. */
  reach(doneBytes: number, nowMs: number): boolean {
    this.#doneBytes = doneBytes;
    const due = agoMs(this.#toldAtMs, nowMs) >= progressEveryMs;
    if (!due) return false;
    this.#toldAtMs = nowMs;
    this.#samples.push({ atMs: nowMs, bytes: doneBytes });
    // The one just before the window stays, for the comparison.
    const keep = this.#samples.findIndex(({ atMs }) => atMs >= nowMs - speedWindowMs);
    if (keep > 1) this.#samples.splice(0, keep - 1);
    return true;
  }
}
