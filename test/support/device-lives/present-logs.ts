// The logs of rooms as the server of a simulated life has them now: what it was put back to, and what came since. What was
// stored before the life began is not in them.
import { encodeBase64url } from '../../../src/lib/base64url.ts';
import { enteringDevice } from '../../../src/client/encryption/group/reading.ts';
import type { ExtendedEventOf } from '../../../src/wire/extended/events.ts';

type Line = ExtendedEventOf<'MSG'>;

export class PresentLogs {
  readonly #logs = new Map<string, Map<number, Line>>();

  stored(line: Line): void {
    const { in: name, seq = 0 } = line;
    const log = this.#logs.get(name) ?? new Map<number, Line>();
    this.#logs.set(name, log.set(seq, line));
  }

  /** `lasts`: the last number that the server still has, by conversation. */
  putBack(lasts: ReadonlyMap<string, number>): void {
    for (const [name, log] of this.#logs) {
      const last = lasts.get(name) ?? 0;
      for (const seq of log.keys()) if (seq > last) log.delete(seq);
    }
  }

  line(conversation: string, seq: number): Line | undefined {
    return this.#logs.get(conversation)?.get(seq);
  }

  /** The number of the line with which the device of `key` has last entered a room; undefined if it has not in this life. */
  entryOf(conversation: string, key: Uint8Array): number | undefined {
    const device = encodeBase64url(key);
    const log = [...(this.#logs.get(conversation) ?? [])];
    const entries = log.filter(([, line]) => enteringDevice(line) === device);
    return entries.length === 0 ? undefined : Math.max(...entries.map(([seq]) => seq));
  }
}
