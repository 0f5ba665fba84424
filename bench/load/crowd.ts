// Many connections, logged in a few at a time.

import { personName, type Dialect, type Step } from '../dialect.ts';
import { Client } from './client.ts';

/** Somebody of the crowd. */
export interface Person {
  readonly client: Client;
  readonly name: string;
}

/** How long one step of one person may take. */
const stuckAfterMs = 30_000;

export class Crowd {
  readonly people: Person[] = [];
  readonly #port: number;
  readonly #dialect: Dialect;

  constructor(port: number, dialect: Dialect) {
    this.#port = port;
    this.#dialect = dialect;
  }

  /** Connects and logs in until there are `count`. */
  async grow(count: number): Promise<void> {
    const from = this.people.length;
    const newcomers = Array.from({ length: Math.max(0, count - from) }, (_, at) => from + at);
    await this.#each(newcomers, async (index) => {
      const name = personName(index);
      const client = new Client(this.#port, this.#dialect);
      this.people[index] = { client, name };
      await this.#play(client, this.#dialect.login(name));
    });
  }

  /** Plays a conversation with each of `people`. */
  async play(people: readonly Person[], stepsFor: (name: string) => readonly Step[]) {
    await this.#each(people, ({ client, name }) => this.#play(client, stepsFor(name)));
  }

  /** Ends all connections. */
  leave(): void {
    for (const person of this.people) person?.client.destroy();
    this.people.length = 0;
  }

  /** Runs `act` for each of `items`, as many at a time as the dialect allows. */
  async #each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < items.length) await act(items[next++] as T);
    };
    const workers = Math.min(items.length, this.#dialect.loginsAtOnce);
    await Promise.all(Array.from({ length: workers }, worker));
  }

  async #play(client: Client, steps: readonly Step[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`stuck ${client.describe()}`)), stuckAfterMs);
    });
    try {
      await Promise.race([client.play(steps), stuck]);
    } finally {
      clearTimeout(timer);
    }
  }
}
