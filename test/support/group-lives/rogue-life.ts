// The life of one sealed group on devices with their stores, drawn from a seed, with a server and members that lie:
// lines are withheld, damaged, replayed, put elsewhere and shown differently to some; commits are made that nobody can
// follow; ghosts and people who were kicked come with what they have. Then the server is honest, and all who may be in
// have to be in one state; nothing was shown twice, under a wrong name, or to somebody whom its sender knew to be out.
import assert from 'node:assert/strict';
import { exportTree } from '../../../src/e2ee/group/group-info.ts';
import { openInGroup, readGroupMessage } from '../../../src/e2ee/group/group-message.ts';
import type { GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { mls } from '../../../src/e2ee/mls.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import type { Username } from '../../../src/wire/text.ts';
import { Dice } from '../lives/fate.ts';
import { GroupServer, lunch, Member, type Said } from '../worlds/group-world.ts';
import { HostileActs } from './hostile-acts.ts';
import { TrueLog } from './true-log.ts';

export interface RogueOptions {
  readonly accounts: number;
  readonly steps: number;
  /** Whether server and members are hostile. */
  readonly isHostile: boolean;
}

interface Spoken {
  readonly by: string;
  readonly seq: number;
  /** Who was in the roster as the sender knew it. */
  readonly to: ReadonlySet<string>;
}

export async function liveWithRogues(
  suite: Suite,
  seed: number,
  options: RogueOptions,
): Promise<string> {
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
  readonly #spoken = new Map<string, Spoken>();
  readonly #kept: { readonly name: string; readonly session: GroupSession }[] = [];
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
    await first.found(this.#dice.chance(0.3) ? 'invite' : 'open');
    const roster = (await first.engine.roster(lunch)) ?? assert.fail();
    this.#groupId = formatHex(roster.groupId);
  }

  async step(): Promise<void> {
    const who = this.#dice.one(this.#people);
    const draw = this.#dice.next();
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
    await this.#comesBack(who);
    const need = await who.need();
    if (need === 'enter') await who.enter();
    else if (need === 'remove') await who.remove();
    else if (need === 'rotate') await who.rotate();
  }

  /** The server says to somebody who may enter that the group is there. */
  async #comesBack(who: Member): Promise<void> {
    const phase = await who.phase();
    if (phase !== undefined && phase !== 'out') return;
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
    const text = `text ${this.#spoken.size}`;
    const roster = await who.engine.roster(lunch);
    const to = new Set(roster?.members.map(({ name }): string => name));
    const seq = this.#server.last + 1;
    const isRefused = (await who.say(text)) !== undefined;
    this.#spoken.set(text, { by: who.me, seq: isRefused ? 0 : seq, to });
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
      this.#kept.push({ name: whom.me, session: cloned(session) });
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
  }

  async #leaveTree(who: Member): Promise<void> {
    await who.readUpTo();
    const place = await this.#truth.at(this.#server.last);
    const tree = await who.engine.tree(lunch, exportTree);
    if (tree === undefined || tree.at !== place.on) return;
    this.#server.trees.splice(0, this.#server.trees.length - 1);
    this.#server.trees.unshift(tree);
  }

  async end(): Promise<void> {
    this.#hostile.stop(this.#people);
    for (let round = 0; round < 8; round++) {
      for (const who of this.#people) await this.#settle(who);
      for (const who of this.#people) await this.#say(who);
      if (round > 0 && (await this.#agree())) break;
      assert.ok(round < 7, `they do not agree: ${await this.#where()}`);
      for (const who of this.#people) if (this.#dice.chance(0.5)) await who.rotate();
    }
    this.#checkTexts();
    await this.#checkSecrecy();
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
      if (isAlone && who.entryProblem?.startsWith('nobody else is in the group') === true) continue;
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

  /** None twice, none of somebody else, none to somebody whom its sender knew to be out. */
  #checkTexts(): void {
    for (const who of this.#people) {
      assert.equal(new Set(who.texts).size, who.texts.length, `${who.me} reads something twice`);
      for (const shown of who.texts) {
        const [by, text] = shown.split(': ');
        const spoken = this.#spoken.get(text ?? '');
        assert.ok(spoken, `${who.me} reads what nobody said: ${shown}`);
        assert.equal(by, spoken.by, `${who.me} reads ${shown} of another one`);
        assert.ok(spoken.to.has(who.me), `${who.me} reads ${shown}, whose sender knew them as out`);
      }
    }
  }

  /** With the state from before somebody was put out nothing is read that was said knowing of it. */
  async #checkSecrecy(): Promise<void> {
    for (const { name, session } of this.#kept) {
      for (const { to, seq, by } of this.#spoken.values()) {
        const line: Said | undefined = this.#server.log[seq - 1];
        if (to.has(name) || by === name || line?.sealed === undefined) continue;
        const sealed = readGroupMessage(decodeBase64url(line.sealed) ?? new Uint8Array());
        const opened = sealed.ok && (await openInGroup(session, sealed.value)).ok;
        assert.ok(!opened, `${name} reads line ${seq} with old keys`);
      }
    }
  }

  /** All who are in read each other. */
  async #talk(): Promise<void> {
    const inside: Member[] = [];
    for (const who of this.#people) if ((await who.phase()) === 'in') inside.push(who);
    const had = inside.map(({ texts }) => texts.length);
    for (const who of inside) {
      const goodbye = `goodbye of ${who.me}`;
      if ((await who.say(goodbye)) === 'stale') {
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

/** What is done with the copy wipes nothing of `session`. */
function cloned({ [mls]: { suite, state, past }, ...rest }: GroupSession): GroupSession {
  const { clientConfig, signaturePrivateKey, ...secrets } = state;
  const copy = { ...structuredClone(secrets), clientConfig, signaturePrivateKey };
  return { ...rest, [mls]: { suite, state: copy, past } };
}

export type { Username };
