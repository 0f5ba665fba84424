// Watches the free space on the disk of the data directory. Below a reserve nothing new is stored, so stored messages
// can still be read, fetched and deleted, and the server stays up until its operator frees space.

import { statfs } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** Time between two checks, in milliseconds. */
const intervalMs = 1000;

/** On a small disk, at most this part is reserved. */
const largestPart = 0.1;

export interface DiskReserve {
  readonly folder: string;
  readonly bytes: number;
}

/** In bytes. */
export interface DiskRoom {
  readonly free: number;
  readonly reserve: number;
}

interface Room {
  readonly bavail: number;
  readonly blocks: number;
  readonly bsize: number;
}

export class DiskWatch {
  readonly #reserve: DiskReserve;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changed: (hasRoom: boolean) => void;
  readonly #look: (folder: string) => Promise<Room>;
  #cancel = () => {};
  #isClosed = false;
  #hasRoom = true;
  #room: DiskRoom | undefined;

  /** @param changed called when there is no room any more, and when there is again */
  constructor(
    reserve: DiskReserve,
    clock: Clock,
    log: Logger,
    changed: (hasRoom: boolean) => void,
    look: (folder: string) => Promise<Room> = statfs,
  ) {
    this.#reserve = reserve;
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.#look = look;
  }

  get hasRoom(): boolean {
    return this.#hasRoom;
  }

  /** The result of the last check. Undefined if the system does not say. */
  get room(): DiskRoom | undefined {
    return this.#room;
  }

  start(): void {
    void this.#round();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #round(): Promise<void> {
    try {
      const { bavail, blocks, bsize } = await this.#look(this.#reserve.folder);
      const reserve = Math.min(this.#reserve.bytes, blocks * bsize * largestPart);
      const free = bavail * bsize;
      this.#room = { free, reserve };
      this.#note(free >= reserve);
    } catch {
      this.#room = undefined;
      // If the system does not say, the store finds out itself.
    }
    if (!this.#isClosed) this.#cancel = this.#clock.after(intervalMs, () => void this.#round());
  }

  #note(hasRoom: boolean): void {
    if (hasRoom === this.#hasRoom || this.#isClosed) return;
    this.#hasRoom = hasRoom;
    if (hasRoom) this.#log.info({}, 'the disk has room again');
    else this.#log.error({}, 'the disk is nearly full: nothing new is kept until there is room');
    this.#changed(hasRoom);
  }
}
