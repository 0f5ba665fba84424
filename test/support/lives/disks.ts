// The disks of a simulated life. What was written survives a kill. Of what was being written, the first whole change
// sets may survive, and nobody has been told.
import { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ClientChange, ClientStore } from '../../../src/client/store/store-port.ts';
import type { LogMark, Records, RunRecord } from '../../../src/hub/records.ts';
import type { Commit, Store } from '../../../src/hub/store-port.ts';
import { MemoryStore } from '../../../src/store/memory.ts';
import type { Body, Fate } from './fate.ts';

/** What a client has stored, over all its runs. */
export class ClientDisk {
  readonly kept = new MemoryClientStore();
  /** Everything that was written, as the beginning of another life. */
  readonly written: (readonly ClientChange[])[] = [];
  readonly before: readonly (readonly ClientChange[])[];
  readonly #seen: (changes: readonly ClientChange[]) => void;
  #pending: { readonly changes: readonly ClientChange[]; isDone: boolean }[] = [];

  /** `seen` gets each change set after it is stored. */
  constructor(
    before: readonly (readonly ClientChange[])[],
    seen: (changes: readonly ClientChange[]) => void,
  ) {
    for (const changes of before) this.kept.apply(changes);
    this.before = before;
    this.#seen = seen;
  }

  /** The store for one run of the program. */
  open(fate: Fate, body: Body, name: string): ClientStore {
    const { kept } = this;
    return {
      load: () => kept.load(),
      write: (changes) =>
        new Promise((resolve) => {
          // A dead program writes nothing more, and gets no answer.
          if (!body.isAlive) return;
          // Keys are overwritten in place after their use. What goes to the disk is not.
          const write = { changes: changes.map(withOwnBytes), isDone: false };
          this.#pending.push(write);
          fate.post(`disk of ${name}`, body, () => {
            this.#keep(write);
            this.#pending.shift();
            resolve();
          });
        }),
      history: (conversation, before, limit) => kept.history(conversation, before, limit),
      historyBlocks: (conversation) => kept.historyBlocks(conversation),
      historyBlock: (address) => kept.historyBlock(address),
      ownMessages: (conversation, numbers) => kept.ownMessages(conversation, numbers),
      ownBehind: (...asked) => kept.ownBehind(...asked),
      numbered: (...asked) => kept.numbered(...asked),
      hasText: (...asked) => kept.hasText(...asked),
      pinned: (conversation) => kept.pinned(conversation),
      expiring: (until) => kept.expiring(until),
      nextEnd: () => kept.nextEnd(),
      historyRange: (conversation, historyRange, limit) =>
        kept.historyRange(conversation, historyRange, limit),
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

function withOwnBytes(change: ClientChange): ClientChange {
  if (change.type === 'session') {
    return { ...change, session: { ...change.session, bytes: change.session.bytes.slice() } };
  }
  if (change.type === 'package') {
    return { ...change, package: { ...change.package, bytes: change.package.bytes.slice() } };
  }
  if (change.type === 'group-part') {
    return { ...change, part: { ...change.part, bytes: change.part.bytes.slice() } };
  }
  return change;
}

/**
 * Key packages that the server pretends to have besides the real ones, so that nobody makes fifty, which would take
 * most of a life. When the others are used up, there is the last resort.
 */
const claimed = 46;

type Act = (store: Store) => Promise<unknown>;

/** Packages that may have been given out in the lost time are given out to nobody. Last resorts stay. */
async function spendKeys(store: Store): Promise<void> {
  const { devices } = await store.load();
  for (const { account, device } of devices) {
    while ((await store.countKeys(account, device)) > 0) await store.takeKey(account, [device]);
  }
}

/** A store's generation: a new one after a restore. */
interface Generation extends Pick<Records, 'generation' | 'ends' | 'putBack'> {
  /** How many acts there were at its beginning. */
  readonly from: number;
}

/** A run of the server, and how far its logs were at its beginning. */
interface Run {
  /** How many acts there were. */
  readonly from: number;
  readonly record: RunRecord;
  readonly marks: readonly LogMark[];
}

/** What a server had stored before a life begins. */
export interface ServerBefore {
  readonly acts: readonly Act[];
  readonly runs: readonly Run[];
}

/** What the server has stored, over all its runs. */
export class ServerDisk {
  readonly done: Act[] = [];
  readonly #before: ServerBefore;
  /** The runs of the stored data, the latest first: a restored copy knows none of those that began later. */
  #runs: readonly Run[];
  /** No two have the same number. */
  #lastRun: number;
  readonly #seen: (commit: Commit) => void;
  #kept = new MemoryStore();
  #generations: readonly Generation[] = [{ from: 0, generation: 0, ends: [], putBack: undefined }];
  #lastGeneration = 0;
  /** The generations whose beginning is in the list of devices. */
  readonly #entered = new Set<number>();
  #pending: (() => void)[] = [];

  constructor(before: ServerBefore, seen: (commit: Commit) => void) {
    this.#before = before;
    this.#seen = seen;
    this.#runs = before.runs;
    this.#lastRun = before.runs[0]?.record.run ?? 0;
  }

  /** What another life can begin with. */
  get kept(): ServerBefore {
    const runs = this.#runs.map((run) => ({ ...run, from: -1 }));
    return { acts: [...this.#before.acts, ...this.done], runs };
  }

  async begin(): Promise<void> {
    this.#kept = new MemoryStore();
    await this.replay(this.#kept);
  }

  /** Stores in another one all that was ever stored here, in its order. */
  async replay(store: Store): Promise<void> {
    for (const act of [...this.#before.acts, ...this.done]) await act(store);
  }

  /**
   * Replaces the data by a backup from after `count` acts. Resolves with how far the logs go. `isKnown`: as by `helo
   * restore`, so that the server says that it was restored.
   */
  async putBack(
    count: number,
    isKnown: boolean,
  ): Promise<{ readonly generation: number; readonly lasts: ReadonlyMap<string, number> }> {
    this.done.splice(count);
    await this.begin();
    this.#generations = this.#generations.filter(({ from }) => from <= count);
    // A run that began at the very end of the backup may be in it or not: it has stored nothing.
    this.#runs = this.#runs.filter(({ from }) => from < count);
    const { logs } = await this.#kept.load();
    if (isKnown) {
      const { generation, ends } = this.#generation;
      this.#lastGeneration += 1;
      const ended = logs.map(({ log, last }) => ({ log, generation, last }));
      const next = {
        from: count,
        generation: this.#lastGeneration,
        ends: [...ended, ...ends],
        putBack: 'restored',
      } as const;
      this.#generations = [...this.#generations, next];
      this.done.push(spendKeys);
      await spendKeys(this.#kept);
    }
    const lasts = new Map(logs.map(({ name, last }) => [name as string, last]));
    return { generation: this.#generation.generation, lasts };
  }

  /** As SQLite's store does at its opening. */
  #beginRun({ logs, lastLog }: Records): void {
    const position = (this.#runs[0]?.record.position ?? 0) + 1;
    this.#lastRun += 1;
    const record = { run: this.#lastRun, position, lastLog };
    const marks = logs.map(({ log, last }) => ({ log, position, last }));
    this.#runs = [{ from: this.done.length, record, marks }, ...this.#runs];
  }

  /** Where the server was put back since it last ran, its list of devices says so. */
  async #enterPutBack(): Promise<Records['putBack']> {
    const { generation, putBack } = this.#generation;
    const run = this.#lastRun;
    if (putBack === undefined || this.#entered.has(generation)) return undefined;
    this.#entered.add(generation);
    const enter: Act = async (store) => {
      const { directory: n } = await store.load();
      const entry = { n, name: String(run), what: 'put-back' };
      await store.commit({ changes: [{ type: 'directory', entry }], segments: [] });
    };
    this.done.push(enter);
    await enter(this.#kept);
    return putBack;
  }

  get #generation(): Generation {
    const generation = this.#generations.at(-1);
    if (generation === undefined) throw new Error('there is always one');
    return generation;
  }

  open(fate: Fate, body: Body): Store {
    const change = <T>(act: (store: Store) => Promise<T>, commit?: Commit): Promise<T> =>
      new Promise((resolve, reject) => {
        if (!body.isAlive) return;
        const keep = () => {
          this.done.push(act);
          if (commit !== undefined) this.#seen(commit);
          return act(this.#kept);
        };
        this.#pending.push(() => void keep());
        fate.post('disk of the server', body, () => {
          this.#pending.shift();
          keep().then(resolve, reject);
        });
      });
    const look = <T>(act: (store: Store) => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) =>
        fate.post('disk of the server', body, () => void act(this.#kept).then(resolve, reject)),
      );
    return {
      load: async () => {
        const { generation, ends } = this.#generation;
        this.#beginRun(await this.#kept.load());
        const putBack = await this.#enterPutBack();
        const records = await this.#kept.load();
        const runs = this.#runs.map(({ record }) => record);
        const marks = this.#runs.flatMap((run) => run.marks);
        return { ...records, generation, ends, putBack, runs, marks };
      },
      commit: (commit) => change((store) => store.commit(commit), commit),
      read: (range) => look((store) => store.read(range)),
      trim: (retention, now) => change((store) => store.trim(retention, now)),
      stockKeys: async (...given) => claimed + (await change((store) => store.stockKeys(...given))),
      takeKey: (...given) => change((store) => store.takeKey(...given)),
      readLinks: (account) => look((store) => store.readLinks(account)),
      readDirectory: (...given) => look((store) => store.readDirectory(...given)),
      countKeys: async (...given) => claimed + (await look((store) => store.countKeys(...given))),
      readGroupLines: (...given) => look((store) => store.readGroupLines(...given)),
      readRoster: (log) => look((store) => store.readRoster(log)),
      readGroupInfos: (log) => look((store) => store.readGroupInfos(log)),
      readTree: (...given) => look((store) => store.readTree(...given)),
      backup: () => this.#kept.backup(),
      check: () => this.#kept.check(),
      close: async () => {},
    };
  }

  cutOff(fate: Fate): void {
    for (const keep of this.#pending.slice(0, fate.dice.below(this.#pending.length + 1))) keep();
    this.#pending = [];
  }
}
