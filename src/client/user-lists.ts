// Which request a list of users answers [7.4]. Replies of version 1 have no label, but come in the order of the
// requests: the person's are for the screen, the client's own are not.

import type { Timers } from './ports.ts';

/** A request that is not answered within this time is forgotten. Otherwise its answer would count as the next one's. */
export const listTimeoutMs = 5_000;

export type Asker = 'person' | 'client';

interface Question {
  readonly asker: Asker;
  readonly cancel: () => void;
}

export class UserLists {
  readonly #timers: Timers;
  #questions: Question[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Whether the client itself waits for a list. */
  get isAwaited(): boolean {
    return this.#questions.some(({ asker }) => asker === 'client');
  }

  asked(asker: Asker, timeoutMs = listTimeoutMs): void {
    const cancel = this.#timers.after(timeoutMs, () => {
      this.#questions = this.#questions.filter((other) => other !== question);
    });
    const question = { asker, cancel };
    this.#questions.push(question);
  }

  /** Returns whom a list is for. One that nobody requested is shown. */
  answered(): Asker {
    const question = this.#questions.shift();
    question?.cancel();
    return question?.asker ?? 'person';
  }

  clear(): void {
    for (const { cancel } of this.#questions) cancel();
    this.#questions = [];
  }
}
