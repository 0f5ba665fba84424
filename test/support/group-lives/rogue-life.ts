// The life of one sealed group on devices with their stores, drawn from a seed, with a server and members that lie:
// lines are withheld, damaged, replayed, put elsewhere and shown differently to some; commits are made that nobody can
// follow; ghosts and people who were kicked come with what they have; programs die at their writes. Then the server is
// honest, and all who may be in have to be in one state. What is held against the whole life is in rogue-oracle.ts.
import assert from 'node:assert/strict';
import { exportTree } from '../../../src/e2ee/group/group-info.ts';
import { members, type GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { mls } from '../../../src/e2ee/mls.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import { Dice } from '../lives/fate.ts';
import { openToyCiphers } from '../lives/toy-ciphers.ts';
import { suite as realSuite } from '../pair.ts';
import { GroupServer, lunch } from '../worlds/group-server.ts';
import { Died, Member } from '../worlds/group-world.ts';
import { HostileActs } from './hostile-acts.ts';
import { RogueOracle } from './rogue-oracle.ts';
import { TrueLog } from './true-log.ts';

interface RogueOptions {
  readonly accounts: number;
  readonly steps: number;
  /** Whether server and members are hostile. */
  readonly isHostile: boolean;
}

/** Every so many lives have the real ciphers, and nobody who is hostile. */
const realEvery = 20;
const honestEvery = 4;
/** With real ciphers lives are short. */
const mostWithReal = 5;
/** Each member reads each line, and computes the whole tree for each commit: what a life takes grows with the cube. */
const mostSteps = 150;
const mostStepsEach = 14;

/** The life of seed `number`, with at least `least` and at most `most` accounts; what happened in it. */
export async function rogueLifeOf(
  number: number,
  { least = 2, most }: { least?: number; most: number },
): Promise<string> {
  const dice = new Dice(number);
  const isReal = number % realEvery === 0 && least <= mostWithReal;
  const suite = isReal ? realSuite : (await openToyCiphers(number)).suite;
  const range = (isReal ? Math.min(mostWithReal, most) : most) - least + 1;
  const accounts = least + dice.below(range);
  const isHostile = number % honestEvery !== 0;
  const stepsEach = isReal ? 6 : Math.min(mostStepsEach, Math.ceil(mostSteps / accounts));
  const options = { accounts, steps: stepsEach * accounts, isHostile };
  return `${accounts} accounts: ${await liveWithRogues(suite, number, options)}`;
}

async function liveWithRogues(suite: Suite, seed: number, options: RogueOptions): Promise<string> {
  const life = new RogueLife(suite, seed, options);
  await life.begin();
  for (let step = 0; step < options.steps; step++) await life.step();
  await life.end();
  return life.summary;
}

class RogueLife {
  readonly #dice: Dice;
  readonly #suite: Suite;
  readonly #options: RogueOptions;
  readonly #server = new GroupServer();
  readonly #truth: TrueLog;
  readonly #oracle: RogueOracle;
  readonly #counts = new Map<string, number>();
  readonly #hostile: HostileActs;
  #people: Member[] = [];
  #groupId = '';

  constructor(suite: Suite, seed: number, options: RogueOptions) {
    this.#suite = suite;
    this.#dice = new Dice(seed);
    this.#options = options;
    this.#truth = new TrueLog(suite, this.#server);
    this.#hostile = new HostileActs(suite, this.#dice, this.#server);
    this.#oracle = new RogueOracle(this.#server, this.#truth);
  }

  get summary(): string {
    const lines = `${this.#server.last} lines`;
    return [lines, ...[...this.#counts].map(([what, count]) => `${what} ${count}`)].join(', ');
  }

  async begin(): Promise<void> {
    const names = Array.from({ length: this.#options.accounts }, (_, at) => `user${at}`);
    this.#people = [];
    for (const name of names)
      this.#people.push(await Member.create(name, this.#server, this.#suite));
    const [first] = this.#people;
    assert.ok(first);
    const wasOpen = this.#dice.chance(0.3);
    if (wasOpen) this.#talkOpenly();
    await first.found(this.#dice.chance(0.3) ? 'invite' : 'open');
    const roster = (await first.engine.roster(lunch)) ?? assert.fail();
    this.#groupId = formatHex(roster.groupId);
    // Of an open group that is sealed all are told at once.
    if (wasOpen) for (const who of this.#people) await who.describe(this.#groupId);
  }

  #talkOpenly(): void {
    for (let line = 0; line <= this.#dice.below(5); line++) {
      this.#server.append({ from: this.#dice.one(this.#people).me, text: 'while it was open' });
    }
  }

  async step(): Promise<void> {
    const who = this.#dice.one(this.#people);
    const draw = this.#dice.next();
    if (this.#dice.chance(0.05)) who.dies = this.#dice.one(['before', 'after'] as const);
    try {
      await this.#act(who, draw);
    } catch (cause) {
      if (!(cause instanceof Died)) throw cause;
      await this.#count('death', async () => {});
    }
  }

  async #act(who: Member, draw: number): Promise<void> {
    if (draw < 0.3)
      return who.readUpTo(Math.min(this.#server.last, who.cursor + 1 + this.#dice.below(5)));
    if (draw < 0.5) return this.#count('say', () => this.#say(who));
    if (draw < 0.68) return this.#count('settle', () => this.#does(who));
    if (draw < 0.73) return this.#count('rotate', async () => void (await who.rotate()));
    if (draw < 0.77) return this.#count('kick', () => this.#kick(who));
    if (draw < 0.8) return this.#count('invite', () => this.#invite(who));
    if (draw < 0.81) return this.#count('hand over', () => this.#handOver(who));
    if (draw < 0.83) return this.#count('server out', () => this.#serverOut());
    if (draw < 0.86) return this.#count('restart', () => this.#restart(who));
    if (draw < 0.88) return this.#count('lost answer', () => this.#loseAnswer(who));
    if (draw < 0.89) return this.#count('lost state', () => this.#loseState(who));
    if (draw < 0.9) return this.#count('tree', () => this.#leaveTree(who));
    if (!this.#options.isHostile) return this.#say(who);
    const what = await this.#hostile.act(this.#people, who);
    return this.#count(what, async () => {});
  }

  async #count(what: string, run: () => Promise<void>): Promise<void> {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    await run();
  }

  /** The group's next step of somebody, if any. */
  async #does(who: Member): Promise<void> {
    await who.sendAgain();
    await who.readUpTo();
    const phase = await who.phase();
    if (phase === undefined || phase === 'out') await this.#comesBack(who);
    const need = await who.need();
    if (need === 'enter') await who.enter();
    else if (need === 'remove') await who.remove();
    else if (need !== undefined) await who.rotate();
  }

  /** The server says to somebody who may enter that the group is there. */
  async #comesBack(who: Member): Promise<void> {
    await this.#truth.at(this.#server.last);
    const { mode, admitted, banned, members } = this.#truth.roster;
    const is = (root16: Uint8Array) => Buffer.compare(root16, who.root16) === 0;
    const isIn = members.some((one) => is(one.root16));
    const may =
      isIn || (!banned.some(is) && (mode === 'open' || admitted.some((one) => is(one.root16))));
    if (may) await who.describe(this.#groupId);
  }

  async #say(who: Member): Promise<void> {
    if ((await who.phase()) !== 'in') return;
    const roster = await who.engine.roster(lunch);
    const to = new Set(roster?.members.map(({ name }): string => name));
    let readers: readonly string[] = [];
    await who.engine.tree(lunch, async (session) => {
      readers = members(session).map(({ identity }) => identity.name);
      return new Uint8Array();
    });
    const text = this.#oracle.speaks(who, to);
    await who.say(text);
    const undue = who.sealedTexts.has(text) ? readers.filter((name) => !to.has(name)) : [];
    assert.deepEqual(undue, [], `${who.me} seals for somebody who is out`);
  }

  async #kick(who: Member): Promise<void> {
    const whom = this.#dice.one(this.#people);
    if (whom === who) return;
    await this.#keepSession(whom);
    if (this.#dice.chance(0.5)) await who.readUpTo();
    await who.kick(whom, this.#dice.chance(0.5) ? 'ban' : 'kick');
  }

  async #keepSession(whom: Member): Promise<void> {
    await whom.engine.tree(lunch, async (session) => {
      this.#oracle.keeps(whom.me, cloned(session));
      return new Uint8Array();
    });
  }

  async #invite(who: Member): Promise<void> {
    const { root16, me: name } = this.#dice.one(this.#people);
    await who.record({ kind: 'admit', people: [{ root16, name }] });
    if (this.#dice.chance(0.2)) {
      await who.record({ kind: 'settings', mode: this.#dice.chance(0.5) ? 'open' : 'invite' });
    }
  }

  async #handOver(who: Member): Promise<void> {
    await who.record({ kind: 'admins', admins: [this.#dice.one(this.#people).root16] });
  }

  async #serverOut(): Promise<void> {
    const whom = this.#dice.one(this.#people);
    await this.#keepSession(whom);
    this.#server.out(whom.me, this.#dice.one(['left', 'kicked', 'removed'] as const));
  }

  async #restart(who: Member): Promise<void> {
    who.restart();
    if ((await who.phase()) !== undefined) await this.#comesBack(who);
    if (this.#dice.chance(0.5)) await who.sendAgain();
  }

  async #loseAnswer(who: Member): Promise<void> {
    who.losesAnswer = true;
    await this.#does(who);
    if (this.#dice.chance(0.5)) who.restart();
  }

  async #loseState(who: Member): Promise<void> {
    who.keep(await who.engine.restoredFromCopy());
    who.dropWaiting();
    this.#oracle.losesState(who);
  }

  async #leaveTree(who: Member): Promise<void> {
    await who.readUpTo();
    const place = await this.#truth.at(this.#server.last);
    const tree = await who.engine.tree(lunch, exportTree);
    if (tree === undefined || tree.at !== place.on) return;
    this.#server.leaveTree(tree, who.me);
  }

  async end(): Promise<void> {
    this.#hostile.stop(this.#people);
    // Each logs in again.
    for (const who of this.#people) {
      who.dies = undefined;
      if ((await who.phase()) !== undefined) await this.#comesBack(who);
    }
    for (let round = 0; round < 8; round++) {
      for (const who of this.#people) await this.#settle(who);
      for (const who of this.#people) await this.#say(who);
      if (round > 0 && (await this.#agree())) break;
      assert.ok(round < 7, `they do not agree: ${await this.#where()}`);
      for (const who of this.#people) if (this.#dice.chance(0.5)) await who.rotate();
    }
    await this.#oracle.judge(this.#people, this.#options.isHostile);
    await this.#talk();
  }

  async #settle(who: Member): Promise<void> {
    for (let tries = 0; tries < 12; tries++) {
      const before = `${this.#server.last} ${await who.digits()}`;
      await this.#does(who);
      if (before === `${this.#server.last} ${await who.digits()}`) return;
    }
  }

  async #agree(): Promise<boolean> {
    for (const who of this.#people) await who.readUpTo();
    const place = await this.#truth.at(this.#server.last);
    const digits = new Set<string | undefined>();
    for (const who of this.#people) {
      const isIn = (await who.phase()) === 'in';
      // The only one, whose state is lost, is told so.
      const isAlone = place.leaves.size === 1 && place.leaves.has(who.me);
      if (isAlone && isToldAlone(who)) continue;
      // Of a group that nobody is in any more, somebody may be the only one not to be told.
      if (place.members.size === 0) continue;
      if (isIn !== place.members.has(who.me)) return false;
      if (isIn) digits.add(await who.digits());
      if ((await who.need()) === 'remove') return false;
    }
    return digits.size <= 1;
  }

  async #where(): Promise<string> {
    const place = await this.#truth.at(this.#server.last);
    const all = [`truth ${place.on} (${[...place.members].join()})`];
    for (const who of this.#people) {
      const tree = await who.engine.tree(lunch, async () => new Uint8Array());
      const need = await who.need();
      const why = who.entryProblem ?? '';
      all.push(`${who.me} ${await who.phase()} ${tree?.at ?? ''} ${need ?? ''} ${why}`);
    }
    return all.join('; ');
  }

  /** All who are in read each other. */
  async #talk(): Promise<void> {
    const inside: Member[] = [];
    for (const who of this.#people) {
      const isAlone = (await who.need()) === 'enter' && isToldAlone(who);
      if ((await who.phase()) === 'in' && !isAlone) inside.push(who);
    }
    const had = inside.map(({ texts }) => texts.length);
    for (const who of inside) {
      const goodbye = `goodbye of ${who.me}`;
      if ((await who.say(goodbye)) !== undefined) {
        // Void commits came last.
        await this.#does(who);
        for (const other of inside) await this.#does(other);
        assert.equal(await who.say(goodbye), undefined, `${who.me} can speak`);
      }
    }
    for (const [at, who] of inside.entries()) {
      await who.readUpTo();
      assert.equal(who.texts.length - (had[at] ?? 0), inside.length - 1, `${who.me} reads all`);
    }
  }
}

/** Whether somebody was told that nobody else is there to enter with. */
function isToldAlone({ entryProblem }: Member): boolean {
  return entryProblem?.startsWith('nobody else is in the group') === true;
}

/** What is done with the copy wipes nothing of `session`. */
function cloned({ [mls]: { suite, state, past }, ...rest }: GroupSession): GroupSession {
  const { clientConfig, signaturePrivateKey, ...secrets } = state;
  const copy = { ...structuredClone(secrets), clientConfig, signaturePrivateKey };
  return { ...rest, [mls]: { suite, state: copy, past } };
}
