// The disks of a simulated life. What was written is there after a kill; of what was being written some is, whole change
// sets and the first of them, and nobody has heard of it.
import { MemoryClientStore } from '../../../src/client/memory-store.ts';
import type { ClientChange, ClientStore } from '../../../src/client/store-port.ts';
import type { Commit, Store } from '../../../src/hub/store-port.ts';
import { MemoryStore } from '../../../src/store/memory.ts';
import type { Body, Fate } from './fate.ts';

/** What a client keeps, over all its runs. */
export class ClientDisk {
  readonly kept = new MemoryClientStore();
  /** Everything that was written, to begin another life with. */
  readonly written: (readonly ClientChange[])[] = [];
  readonly #seen: (changes: readonly ClientChange[]) => void;
  #pending: { readonly changes: readonly ClientChange[]; isDone: boolean }[] = [];

  /** `seen` hears of each change set once it is kept. */
  constructor(
    before: readonly (readonly ClientChange[])[],
    seen: (changes: readonly ClientChange[]) => void,
  ) {
    for (const changes of before) this.kept.apply(changes);
    this.#seen = seen;
  }

  /** The store as one run of the program has it. */
  open(fate: Fate, body: Body, name: string): ClientStore {
    const { kept } = this;
    return {
      load: () => kept.load(),
      write: (changes) =>
        new Promise((resolve) => {
          // Who is dead writes nothing more, and never hears of it.
          if (!body.isAlive) return;
          // Keys are written over in place once they are used up; what goes to the disk is not.
          const write = { changes: structuredClone(changes), isDone: false };
          this.#pending.push(write);
          fate.post(`disk of ${name}`, body, () => {
            this.#keep(write);
            this.#pending.shift();
            resolve();
          });
        }),
      history: (conversation, before, limit) => kept.history(conversation, before, limit),
      ownMessages: (conversation, numbers) => kept.ownMessages(conversation, numbers),
      ownBehind: (...asked) => kept.ownBehind(...asked),
      numbered: (...asked) => kept.numbered(...asked),
      hasText: (...asked) => kept.hasText(...asked),
      stretch: (conversation, stretch, limit) => kept.stretch(conversation, stretch, limit),
      search: (query, limit) => kept.search(query, limit),
      close: async () => {},
    };
  }

  /** The program is killed. */
  cutOff(fate: Fate): void {
    const some = this.#pending.slice(0, fate.dice.below(this.#pending.length + 1));
    for (const write of some) this.#keep(write);
    this.#pending = [];
  }

  #keep({ changes }: { readonly changes: readonly ClientChange[] }): void {
    this.written.push(changes);
    this.kept.apply(changes);
    this.#seen(changes);
  }
}

/**
 * Key packages that the server is said to have beside those that are there, so that nobody makes fifty: most of a life
 * would be that. When the others are used up there is the last resort.
 */
const claimed = 46;

type Act = (store: MemoryStore) => Promise<unknown>;

/** What the server keeps, over all its runs. */
export class ServerDisk {
  readonly kept = new MemoryStore();
  readonly done: Act[] = [];
  readonly #seen: (commit: Commit) => void;
  #pending: (() => void)[] = [];

  constructor(seen: (commit: Commit) => void) {
    this.#seen = seen;
  }

  async begin(before: readonly Act[]): Promise<void> {
    for (const act of before) await act(this.kept);
  }

  open(fate: Fate, body: Body): Store {
    const change = <T>(act: (store: MemoryStore) => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        if (!body.isAlive) return;
        const keep = () => {
          this.done.push(act);
          return act(this.kept);
        };
        this.#pending.push(() => void keep());
        fate.post('disk of the server', body, () => {
          this.#pending.shift();
          keep().then(resolve, reject);
        });
      });
    const look = <T>(act: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) =>
        fate.post('disk of the server', body, () => void act().then(resolve, reject)),
      );
    const { kept } = this;
    return {
      load: () => kept.load(),
      commit: (commit) =>
        change((store) => {
          if (store === kept) this.#seen(commit);
          return store.commit(commit);
        }),
      read: (range) => look(() => kept.read(range)),
      trim: (retention, now) => change((store) => store.trim(retention, now)),
      stockKeys: async (...given) => claimed + (await change((store) => store.stockKeys(...given))),
      takeKey: (account) => change((store) => store.takeKey(account)),
      countKeys: async (account) => claimed + (await look(() => kept.countKeys(account))),
      backup: () => kept.backup(),
      check: () => kept.check(),
      close: async () => {},
    };
  }

  cutOff(fate: Fate): void {
    for (const keep of this.#pending.slice(0, fate.dice.below(this.#pending.length + 1))) keep();
    this.#pending = [];
  }
}
