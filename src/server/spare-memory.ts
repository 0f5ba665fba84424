// Gives memory back to the system once a crowd has come and hardly anything is said any more. V8 keeps what it needed for
// young objects at the busiest moment until a collection in a quiet one, and a quiet server has none: measured, 10,000
// idle connections held 6,500 bytes each, and 2,400 after it. Knows nothing of connections and people.
//
// Only young objects are collected (measured: 10 to 20 ms), twice: V8 makes their space smaller if few were made in the
// five seconds before, and it counts from one collection to the next.

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** The time from one look to the next, in milliseconds. */
const intervalMs = 4000;

/** So many looks after the first collection comes the second. */
const looksBetween = 2;

/** With more commands than this between two looks, it is not quiet. */
const maxCommands = 200;

/** So much must be spare, in bytes. */
const minSpareBytes = 16 * 1024 * 1024;

/** The heap of this thread, in bytes. */
export interface HeapSize {
  readonly used: number;
  /** What the system has given. */
  readonly taken: number;
}

/** What it asks, and does. */
export interface HeapAccess {
  size(): HeapSize;
  /** Collects what was made lately, now. */
  collectYoung(): void;
}

export class SpareMemory {
  readonly #heap: HeapAccess;
  readonly #clock: Clock;
  readonly #commands: () => number;
  #cancel: () => void = () => {};
  #counted: number;
  /** What was taken after the last two: where they gave nothing back, the next ones would not either. */
  #left = 0;
  /** For how many looks it has been quiet since the first collection. Undefined before it. */
  #quietLooks: number | undefined;

  /** @param commands how many commands there were so far */
  constructor(heap: HeapAccess, clock: Clock, commands: () => number) {
    this.#heap = heap;
    this.#clock = clock;
    this.#commands = commands;
    this.#counted = commands();
  }

  start(): void {
    this.#cancel = this.#clock.after(intervalMs, () => {
      this.#look();
      this.start();
    });
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    const before = this.#counted;
    this.#counted = this.#commands();
    const { used, taken } = this.#heap.size();
    const isSpare = taken - Math.max(used, this.#left) >= minSpareBytes;
    if (this.#counted - before > maxCommands || !isSpare) {
      this.#quietLooks = undefined;
      return;
    }
    this.#quietLooks = this.#quietLooks === undefined ? 0 : this.#quietLooks + 1;
    if (this.#quietLooks === 0) this.#heap.collectYoung();
    if (this.#quietLooks < looksBetween) return;
    this.#heap.collectYoung();
    this.#quietLooks = undefined;
    this.#left = this.#heap.size().taken;
  }
}

/** The heap of this thread. Undefined if Node does not let a program collect it. */
export function ownHeap(): HeapAccess | undefined {
  // The only way to it for a program that runs already.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') return undefined;
  const act = collect as (onlyYoung: boolean) => void;
  return {
    size() {
      const { used_heap_size: used, total_heap_size: taken } = getHeapStatistics();
      return { used, taken };
    },
    collectYoung: () => act(true),
  };
}
