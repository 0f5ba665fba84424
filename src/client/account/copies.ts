// What is done where a copy of this device's data is used by another program, as the starts of both tell (own-starts.ts):
// once in a run for one that was used before, at a login, and once for one that is here, as soon as it logs in. Owns when;
// what is sealed and numbered anew, the outbox and the restoration decide.

import type { ExtendedEventOf } from '../../wire/extended/events.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import { OwnStarts, type OwnStartsPorts } from './own-starts.ts';

export interface CopiesPorts extends OwnStartsPorts {
  /** Nothing more is sealed or numbered as the other program may do. `isHere`: it is connected now. */
  readonly found: (isHere: boolean) => void;
}

export class Copies {
  readonly #ports: CopiesPorts;
  readonly #starts: OwnStarts;
  #write: ((line: string) => void) | undefined;
  readonly #told = new Set<'before' | 'here'>();

  constructor(ports: CopiesPorts) {
    this.#ports = ports;
    this.#starts = new OwnStarts(ports);
  }

  /** The start to name at a login. Rejects where it cannot be stored. */
  start(): Promise<string> {
    return this.#starts.current();
  }

  /** Logged in. Returns whether a copy was used since this program's data were used last, and this is the first to tell. */
  login({ start }: ExtendedEventOf<'WELCOME'>, write: (line: string) => void): boolean {
    this.#write = write;
    return start !== undefined && this.#starts.isCopyBefore(start) && this.#first('before');
  }

  logout(): void {
    this.#write = undefined;
  }

  /** START: the other one is here. It hears that this one is, by a start that it cannot know from the copy. */
  heard({ start }: ExtendedEventOf<'START'>): void {
    if (!this.#starts.isCopy(start) || !this.#first('here')) return;
    this.#ports.found(true);
    // What can't be stored is not said: this client ends then.
    void this.#starts.again().then(
      (again) => this.#write?.(formatRequest('START', { start: again })),
      () => {},
    );
  }

  #first(when: 'before' | 'here'): boolean {
    // Who has heard of it while it was here hears no more at the next login.
    const isFirst = !this.#told.has(when) && !this.#told.has('here');
    this.#told.add(when);
    return isFirst;
  }
}
