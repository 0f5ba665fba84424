// What the log of a sealed group says to whoever has seen all of it as it is: which commits count, who is in the tree and
// in the roster behind each line. For the judgement of simulated lives.
import assert from 'node:assert/strict';
import { isPublicInfoOf } from '../../../src/e2ee/group/group-info.ts';
import { leaves, type PublicGroup } from '../../../src/e2ee/group/public-group.ts';
import { followCommit, readTree } from '../../../src/e2ee/group/replay.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { groupLineOf, rosterItemsOf } from '../../../src/client/encryption/group/group-line.ts';
import { judgeOf } from '../../../src/client/encryption/group/judge.ts';
import { enteringDevice } from '../../../src/client/encryption/group/reading.ts';
import { applyItem } from '../../../src/client/encryption/group/roster-log.ts';
import type { SignedRoster } from '../../../src/wire/statements/roster.ts';
import { value } from '../group.ts';
import type { GroupServer } from '../worlds/group-server.ts';
import { statementCiphers } from '../worlds/group-world.ts';

export interface TruePlace {
  /** The commit line that the group stands on. */
  readonly on: number;
  readonly leaves: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
  /** The last entry of each that counts, by its line. */
  readonly entries: ReadonlyMap<string, number>;
  /** The last line that put somebody out, or says so. */
  readonly lastOut: number;
}

export class TrueLog {
  readonly #suite: Suite;
  readonly #server: GroupServer;
  readonly #places: TruePlace[] = [];
  #roster: SignedRoster | undefined;
  #group: PublicGroup | undefined;
  #on = 0;
  #entries: ReadonlyMap<string, number> = new Map();
  #lastOut = 0;

  constructor(suite: Suite, server: GroupServer) {
    this.#suite = suite;
    this.#server = server;
  }

  get roster(): SignedRoster {
    return this.#roster ?? assert.fail();
  }

  /** How it is behind the line `seq`. */
  async at(seq: number): Promise<TruePlace> {
    while (this.#places.length < seq) await this.#next();
    return this.#places[seq - 1] ?? assert.fail(`there is a line ${seq}`);
  }

  async #next(): Promise<void> {
    const said = this.#server.log[this.#places.length] ?? assert.fail();
    for (const item of rosterItemsOf(said, enteringDevice(said))) {
      const before = this.#roster;
      const next = await applyItem({ ciphers: statementCiphers(this.#suite) }, before, item);
      if (next.ok) this.#roster = next.value;
      const isOut =
        'out' in item || (this.#roster?.members.length ?? 0) < (before?.members.length ?? 0);
      if (isOut) this.#lastOut = item.seq;
    }
    const line = groupLineOf(said);
    if (line?.kind === 'commit') {
      const followed = await this.#follow(line);
      if (followed !== undefined) {
        [this.#group, this.#on] = [followed, line.seq];
        const enters = line.what === 'enter' || line.what === 'found';
        if (enters) this.#entries = new Map([...this.#entries, [line.from ?? '', line.seq]]);
      }
    }
    const names = this.#group === undefined ? [] : leaves(this.#group);
    this.#places.push({
      on: this.#on,
      leaves: new Set(names.map(({ identity }) => identity.name)),
      members: new Set(this.#roster?.members.map(({ name }) => name)),
      entries: this.#entries,
      lastOut: this.#lastOut,
    });
  }

  async #follow(
    line: NonNullable<ReturnType<typeof groupLineOf>> & { readonly kind: 'commit' },
  ): Promise<PublicGroup | undefined> {
    if (line.what === 'found' && this.#group === undefined) {
      const tree = this.#server.trees.at(-1) ?? assert.fail();
      return value(await readTree(this.#suite, tree.bytes, () => true));
    }
    if (line.commit === undefined || line.on !== this.#on || this.#group === undefined) {
      return undefined;
    }
    const judge = judgeOf(this.roster, line);
    const followed = await followCommit(this.#suite, this.#group, line.commit, judge);
    if (!followed.ok) return undefined;
    const { group } = followed.value;
    return (await isPublicInfoOf(this.#suite, group, line.info)) ? group : undefined;
  }
}
