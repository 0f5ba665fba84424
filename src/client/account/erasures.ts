// What the server is still to erase from its log: the messages that this account has deleted, and their edits. Kept until
// the server has answered. The deletion itself holds without it: it is what every device follows.
import { formatPlace, parsePlace, type Place } from '../../wire/extended/names.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';

export interface ErasuresPorts {
  readonly values: readonly KeptValue[];
  readonly write: (changes: readonly ClientChange[]) => Promise<void>;
}

/** Beyond that the oldest are forgotten: they stay in the log of the server. */
const maxDue = 1_000;
const valueName = 'erasures';

type Due = readonly [place: string, seq: number];

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
  add(place: Place, seqs: readonly number[]): ClientChange {
    const more = seqs.map((seq) => [formatPlace(place), seq] as const);
    this.#due = [...this.#due, ...more].slice(-maxDue);
    return this.#change();
  }

  ask(place: Place, seqs: readonly number[]): void {
    for (const seq of seqs) this.#ask([formatPlace(place), seq]);
  }

  /** The numbers of a conversation are those of another log: they name other messages. */
  forget(place: Place): readonly ClientChange[] {
    const name = formatPlace(place);
    if (this.#due.every(([where]) => where !== name)) return [];
    this.#due = this.#due.filter(([where]) => where !== name);
    return [this.#change()];
  }

  #ask(due: Due): void {
    const [where, seq] = due;
    const place = parsePlace(where);
    if (place === undefined) return;
    this.#requests?.ask('ERASE', { in: where, seq }, (answer) => {
      const isOver =
        answer.ok || (answer.error.code !== 'gone' && answer.error.code !== 'store-failed');
      if (!isOver) return;
      this.#due = this.#due.filter(([place, number]) => place !== where || number !== seq);
      // What cannot be written is told elsewhere: this client ends then.
      void this.#ports.write([this.#change()]).catch(() => {});
    });
  }

  #change(): ClientChange {
    const value = this.#due.length === 0 ? undefined : JSON.stringify(this.#due);
    return { type: 'kept-value', name: valueName, value };
  }
}
