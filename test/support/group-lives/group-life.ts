// The life of one sealed group, drawn from a seed: people enter, talk, are kicked, renew their keys, lose their states and
// come back, while commits are damaged, replayed and made so that some or all cannot follow. In the end all who may be in
// are in one state, nothing was shown twice or under a wrong name, and nobody who was out can read what came after.
import assert from 'node:assert/strict';
import { createDevice } from '../../../src/e2ee/device.ts';
import { prepareRotation } from '../../../src/e2ee/group/commits.ts';
import { foundGroup } from '../../../src/e2ee/group/found-group.ts';
import { epochDigits, exportTree, groupInfo } from '../../../src/e2ee/group/group-info.ts';
import {
  openInGroup,
  readGroupMessage,
  sealInGroup,
} from '../../../src/e2ee/group/group-message.ts';
import { mls } from '../../../src/e2ee/mls.ts';
import type { GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { drawGroupId } from '../../../src/e2ee/group/profile.ts';
import { digest, type Suite } from '../../../src/e2ee/suite.ts';
import { encodeUtf8 } from '../../../src/lib/bytes.ts';
import { value, type Account } from '../group.ts';
import { Dice } from '../lives/fate.ts';
import { GroupLog } from './group-log.ts';
import { GroupPerson } from './group-person.ts';

const rosterHead = new Uint8Array(32);

export interface GroupLifeOptions {
  readonly accounts: number;
  readonly steps: number;
}

/** Lives the life of `seed` and checks it. */
export async function liveGroup(
  suite: Suite,
  seed: number,
  options: GroupLifeOptions,
): Promise<string> {
  const life = new GroupLife(suite, seed);
  await life.begin(options.accounts);
  for (let step = 0; step < options.steps; step++) await life.step();
  await life.end();
  return life.summary;
}

class GroupLife {
  readonly #dice: Dice;
  readonly #suite: Suite;
  #log: GroupLog | undefined;
  #people: GroupPerson[] = [];
  readonly #counts = new Map<string, number>();
  #founding: { readonly at: number; readonly bytes: Uint8Array } = {
    at: 0,
    bytes: new Uint8Array(),
  };

  constructor(suite: Suite, seed: number) {
    this.#suite = suite;
    this.#dice = new Dice(seed);
  }

  get log(): GroupLog {
    return this.#log ?? assert.fail();
  }

  get summary(): string {
    return [...this.#counts].map(([what, count]) => `${what} ${count}`).join(', ');
  }

  async begin(count: number): Promise<void> {
    const accounts: Account[] = [];
    for (let number = 0; number < count; number++) {
      const device = await createDevice(this.#suite);
      const root = (await digest(this.#suite, device.publicKey)).slice(0, 16);
      accounts.push({ device, identity: { root, name: `user${number}` } });
    }
    const [first] = accounts;
    assert.ok(first !== undefined);
    const groupId = drawGroupId(this.#suite);
    const session = await foundGroup(this.#suite, first.device, first.identity, groupId);
    const log = new GroupLog(await groupInfo(session), await exportTree(session));
    this.#log = log;
    this.#founding = log.info;
    this.#people = accounts.map((account) => new GroupPerson(this.#suite, log, account));
    const [founder] = this.#people;
    if (founder !== undefined) founder.state = { kind: 'in', session, ons: [0] };
  }

  /** One thing happens. */
  async step(): Promise<void> {
    const person = this.#dice.one(this.#people);
    const draw = this.#dice.next();
    if (draw < 0.45) return this.#read(person, 1 + this.#dice.below(6));
    if (draw < 0.62) return this.#count('say', () => this.#say(person));
    if (draw < 0.74) return this.#count('enter', () => this.#enter(person));
    if (draw < 0.8) return this.#count('rotate', () => this.#prompt(person, () => person.rotate()));
    if (draw < 0.85) return this.#count('kick', () => this.#kick(person));
    if (draw < 0.88) return this.#count('admit', async () => this.#admit());
    if (draw < 0.91) return this.#count('restart', () => person.restart());
    if (draw < 0.93) return this.#count('lose', async () => this.#lose(person));
    if (draw < 0.95) return this.#count('out', async () => this.#putOut());
    return this.#count('hostile', () => this.#hostile(person));
  }

  async #count(what: string, run: () => Promise<void>): Promise<void> {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    await run();
  }

  async #read(person: GroupPerson, most = Infinity): Promise<void> {
    for (let left = most; left > 0 && person.cursor < this.log.end; left--) await person.read();
  }

  /** Commits have a chance only with the whole log read. */
  async #prompt(person: GroupPerson, run: () => Promise<unknown>): Promise<void> {
    if (this.#dice.chance(0.8)) await this.#read(person);
    await run();
    if (this.#dice.chance(0.1)) await person.restart();
  }

  async #say(person: GroupPerson): Promise<void> {
    if (person.due.length > 0) await this.#prompt(person, () => person.kick([]));
    else await person.say();
  }

  async #enter(person: GroupPerson): Promise<void> {
    await this.#prompt(person, async () => {
      if (this.log.outAt(person.cursor).has(person.name)) return;
      await person.enter();
    });
  }

  async #kick(person: GroupPerson): Promise<void> {
    const names = this.#people.map(({ name }) => name).filter((name) => name !== person.name);
    const chosen = names.length < 2 ? [] : [this.#dice.one(names)];
    if (names.length > 4 && this.#dice.chance(0.3)) chosen.push(this.#dice.one(names));
    await this.#prompt(person, async () => {
      if (!this.log.outAt(person.cursor).has(person.name)) await person.kick([...new Set(chosen)]);
    });
  }

  #admit(): void {
    const [name] = this.log.outAt(this.log.end);
    if (name !== undefined) this.log.append({ type: 'admit', name });
  }

  #putOut(): void {
    const out = this.log.outAt(this.log.end);
    const names = this.#people.map(({ name }) => name).filter((name) => !out.has(name));
    if (names.length > 2) this.log.append({ type: 'out', name: this.#dice.one(names) });
  }

  /** Not where nearly nobody would be left: a group whose last states are gone has to be founded anew. */
  #lose(person: GroupPerson): void {
    if (this.#people.filter(({ state }) => state.kind === 'in').length < 3) return;
    person.giveUp();
    person.state = { kind: 'outside' };
  }

  async #hostile(person: GroupPerson): Promise<void> {
    const tricks = [
      () => this.#prompt(person, () => person.rotate((commit) => this.#damaged(commit))),
      () => this.#prompt(person, () => this.#unfollowable(person)),
      () => this.#prompt(person, () => this.#damagedForSome(person)),
      () => this.#replay(person),
      () => this.#lateText(person),
      () => this.#prompt(person, () => person.enter()),
    ];
    await this.#dice.one(tricks)();
  }

  #damaged(commit: Uint8Array): Uint8Array {
    const changed = commit.slice();
    const at = this.#dice.below(commit.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << this.#dice.below(8));
    return changed;
  }

  /** A commit whose keys nobody else comes to. */
  async #unfollowable(person: GroupPerson): Promise<void> {
    await person.commit([], async (session, on) => {
      const { state } = session[mls];
      const keySchedule = { ...state.keySchedule, initSecret: this.#dice.bytes(32) };
      const lies = { ...session, [mls]: { ...session[mls], state: { ...state, keySchedule } } };
      return value(await prepareRotation(lies, { on, rosterHead }));
    });
  }

  /** A commit with ciphertexts that some members cannot open. */
  async #damagedForSome(person: GroupPerson): Promise<void> {
    const { hpke } = this.#suite[mls];
    const seal: typeof hpke.seal = async (key, plaintext, info, aad) => {
      const sealed = await hpke.seal(key, plaintext, info, aad);
      if (this.#dice.chance(0.4)) sealed.ct[0] = (sealed.ct[0] ?? 0) ^ 1;
      return sealed;
    };
    const suite = { ...this.#suite[mls], hpke: { ...hpke, seal } };
    await person.commit([], async (session, on) => {
      const lies = { ...session, [mls]: { ...session[mls], suite } };
      const prepared = value(await prepareRotation(lies, { on, rosterHead }));
      const { pending } = prepared;
      return {
        ...prepared,
        pending: { ...pending, [mls]: { ...pending[mls], suite: this.#suite[mls] } },
      };
    });
  }

  /** An old commit once more, as a new line. */
  async #replay(person: GroupPerson): Promise<void> {
    const commits = this.log.lines.filter((line) => line.type === 'commit');
    if (commits.length === 0) return;
    const line = this.#dice.one(commits);
    const seen = this.log.lastCommit;
    this.log.append({ ...line, by: person.name, id: 'replayed', seen, outs: [] });
  }

  /** Somebody who was put out says something with the keys that they kept, and the server helps. */
  async #lateText(person: GroupPerson): Promise<void> {
    const kept = person.kept.at(-1);
    if (kept === undefined) return;
    const copy = { ...kept.session, [mls]: cloned(kept.session) };
    const data = { on: this.log.lastCommit, textId: new Uint8Array(16) };
    const { bytes } = await sealInGroup(copy, encodeUtf8(`${person.name} late`), data);
    this.log.append({ type: 'text', by: person.name, seen: -1, on: data.on, bytes }, true);
  }

  /** Nothing more is broken: everybody reads, comes back, and clears up. */
  async end(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      for (const person of this.#people) {
        await this.#read(person);
        // A commit that never reached the log.
        person.giveUp();
      }
      if (this.#agrees() && round > 1) break;
      assert.ok(round < 39, `they do not agree: ${this.#where()}`);
      for (const person of this.#people) await this.#clearUp(person);
    }
    await this.#checkSecrecy();
    await this.#talk();
  }

  async #clearUp(person: GroupPerson): Promise<void> {
    await this.#read(person);
    if (this.log.outAt(this.log.end).has(person.name)) return;
    if (person.state.kind === 'outside') {
      if (!(await person.enter())) await this.#help();
      return;
    }
    const { info, lastCommit, lastOut } = this.log;
    const [on = 0] = person.state.ons;
    if (info.at !== on && this.#dice.chance(0.5)) await person.upload();
    if (person.due.length > 0) await person.kick([]);
    // The last commit leads this one nowhere, or somebody is out who had no leaf: one more commit.
    else if ((on !== lastCommit || on < lastOut) && this.#dice.chance(0.5)) await person.rotate();
    else await person.say();
  }

  /** Nobody can enter with what is stored: somebody who is in stores their own, or the server gives out an earlier one. */
  async #help(): Promise<void> {
    const inside = this.#people.filter(({ state }) => state.kind === 'in');
    if (inside.length > 0) await this.#dice.one(inside).upload();
    else this.log.info = this.#dice.one(this.#lastInfos());
  }

  /** The infos of the last commit that is settled, and of those on it. Over one of them the group begins again. */
  #lastInfos(): { readonly at: number; readonly bytes: Uint8Array }[] {
    const settled = this.log.settledAt(this.log.end);
    let tip = 0;
    for (let next = settled.get(0); next !== undefined; next = settled.get(next)) tip = next;
    const infos = tip === 0 ? [this.#founding] : [];
    for (const [before, line] of this.log.lines.entries()) {
      const isLast = line.type === 'commit' && (before + 1 === tip || line.on === tip);
      if (isLast) infos.push({ at: before + 1, bytes: line.info });
    }
    return infos;
  }

  #agrees(): boolean {
    const out = this.log.outAt(this.log.end);
    const may = this.#people.filter(({ name }) => !out.has(name));
    const { lastCommit, lastOut } = this.log;
    if (lastCommit < lastOut) return false;
    if (!may.every(({ state }) => state.kind === 'in' && state.ons[0] === lastCommit)) return false;
    const digits = may.map(({ session }) => session && epochDigits(session));
    return (
      digits.every((one) => one !== undefined && one === digits[0]) &&
      may.every(({ due }) => due.length === 0)
    );
  }

  #where(): string {
    return this.#people
      .map(({ name, state }) => `${name} ${state.kind === 'in' ? state.ons.join('<') : state.kind}`)
      .join(', ');
  }

  async #checkSecrecy(): Promise<void> {
    for (const { kept, name } of this.#people) {
      for (const { session, from } of kept) {
        for (const [before, line] of this.log.lines.entries()) {
          // What a liar seals with old keys is of an old epoch, whatever its line says.
          if (line.type !== 'text' || line.seen < 0) continue;
          if (this.log.pathFrom(from, line.on) === undefined) continue;
          const opened = await openInGroup(session, value(readGroupMessage(line.bytes)));
          assert.ok(
            !opened.ok || line.by === name,
            `${name} reads line ${before + 1} with old keys`,
          );
        }
      }
    }
  }

  async #talk(): Promise<void> {
    const out = this.log.outAt(this.log.end);
    const inside = this.#people.filter(({ name, state }) => state.kind === 'in' && !out.has(name));
    const said = new Map(inside.map((person) => [person.name, person.shown.size]));
    for (const person of inside) assert.ok(await person.say(), `${person.name} can say something`);
    for (const person of inside) {
      await this.#read(person);
      const more = person.shown.size - (said.get(person.name) ?? 0);
      assert.equal(more, inside.length - 1, `${person.name} reads what all others say`);
    }
  }
}

/** What seals with the copy wipes nothing of `session`. */
function cloned({ [mls]: { suite, state, past } }: GroupSession): GroupSession[typeof mls] {
  const { clientConfig, signaturePrivateKey, ...rest } = state;
  return { suite, state: { ...structuredClone(rest), clientConfig, signaturePrivateKey }, past };
}
