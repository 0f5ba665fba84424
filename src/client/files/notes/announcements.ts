// FILE_TRANS lines whose description is not known: it may be on its way, so they wait for a moment. A file offered
// without one, as by a client of version 1, cannot be verified, and the person is told.

import type { LineText, Username } from '../../../wire/text.ts';
import type { Timers } from '../../ports.ts';
import { announcementWaitMs, maxAnnouncements } from '../limits.ts';

interface Announcement {
  readonly from: Username;
  readonly token: LineText;
}

export class Announcements {
  readonly #timers: Timers;
  readonly #unknown: (from: Username) => void;
  readonly #waiting = new Map<Announcement, () => void>();

  /** `unknown` is called for an announcement that is not described in time. */
  constructor(timers: Timers, unknown: (from: Username) => void) {
    this.#timers = timers;
    this.#unknown = unknown;
  }

  /** Waits for the description. */
  hold(from: Username, token: LineText): void {
    if (this.#waiting.size >= maxAnnouncements) {
      this.#unknown(from);
      return;
    }
    const announcement = { from, token };
    const cancel = this.#timers.after(announcementWaitMs, () => {
      this.#waiting.delete(announcement);
      this.#unknown(from);
    });
    this.#waiting.set(announcement, cancel);
  }

  /** Removes the announcement of `from` with that token. Returns whether there was one. */
  take(from: Username, token: LineText): boolean {
    for (const [announcement, cancel] of this.#waiting) {
      if (announcement.from !== from || announcement.token !== token) continue;
      cancel();
      return this.#waiting.delete(announcement);
    }
    return false;
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
