// What the server is still to erase from its log: the messages that this account has deleted, and their edits; and to
// delete, the files that these have named. Kept until the server has answered. The deletion itself holds without it: it is
// what every device follows.
import type { Result } from '../../lib/result.ts';
import { formatPlace, parsePlace, type Place } from '../../wire/extended/names.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';
import { keptFileId } from './account-kept-files.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';

export interface ErasuresPorts {
  readonly values: readonly KeptValue[];
  readonly write: (changes: readonly ClientChange[]) => Promise<void>;
}

/** Beyond that the oldest are forgotten: they stay in the log of the server. */
const maxDue = 1_000;
const valueName = 'erasures';

/** A number in the log, or a file that the server keeps, in hex: it goes with its message, but not if that is in no log any more. */
export type ToErase = number | string;
type Due = readonly [place: string, what: ToErase];

export class Erasures {
  readonly #ports: ErasuresPorts;
  #due: readonly Due[];
  #requests: PendingRequests | undefined;

  constructor(ports: ErasuresPorts) {
    this.#ports = ports;
    const kept = ports.values.find(({ name }) => name === valueName)?.value;
    this.#due = kept === undefined ? [] : (JSON.parse(kept) as Due[]);
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
    for (const due of this.#due) this.#ask(due);
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** Those messages are to be erased: the change to write. Call `ask` once it is written. */
  add(place: Place, all: readonly ToErase[]): ClientChange {
    const more = all.map((what) => [formatPlace(place), what] as const);
    this.#due = [...this.#due, ...more].slice(-maxDue);
    return this.#change();
  }

  ask(place: Place, all: readonly ToErase[]): void {
    for (const what of all) this.#ask([formatPlace(place), what]);
  }

  /** The numbers of a conversation are those of another log: they name other messages. */
  forget(place: Place): readonly ClientChange[] {
    const name = formatPlace(place);
    const left = this.#due.filter(([where, what]) => where !== name || typeof what === 'string');
    if (left.length === this.#due.length) return [];
    this.#due = left;
    return [this.#change()];
  }

  #ask([where, what]: Due): void {
    if (parsePlace(where) === undefined) return;
    const answered = (answer: Result<unknown, RequestFailure>): void => {
      const isOver =
        answer.ok || (answer.error.code !== 'gone' && answer.error.code !== 'store-failed');
      if (!isOver) return;
      this.#due = this.#due.filter(([place, one]) => place !== where || one !== what);
      // What cannot be written is told elsewhere: this client ends then.
      void this.#ports.write([this.#change()]).catch(() => {});
    };
    if (typeof what === 'number') this.#requests?.ask('ERASE', { in: where, seq: what }, answered);
    else this.#requests?.ask('DROP', { id: keptFileId(what) }, answered);
  }

  #change(): ClientChange {
    const value = this.#due.length === 0 ? undefined : JSON.stringify(this.#due);
    return { type: 'kept-value', name: valueName, value };
  }
}
