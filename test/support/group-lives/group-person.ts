// One account in a simulated sealed group: its session, how far it has read the log, and what it has shown. It does what
// a client does, as plainly as possible: judge, apply, adopt, notice that it is lost, come back.
import assert from 'node:assert/strict';
import { applyCommit, prepareRemoval, prepareRotation } from '../../../src/e2ee/group/commits.ts';
import { enterGroup } from '../../../src/e2ee/group/entry.ts';
import { checkInfo, exportTree, groupInfo } from '../../../src/e2ee/group/group-info.ts';
import {
  openInGroup,
  readGroupMessage,
  sealInGroup,
} from '../../../src/e2ee/group/group-message.ts';
import {
  members,
  pastGroups,
  publicGroup,
  type GroupSession,
} from '../../../src/e2ee/group/group-session.ts';
import {
  adopt,
  forgetPending,
  type PendingCommit,
  type PreparedCommit,
} from '../../../src/e2ee/group/pending-commit.ts';
import { decodePending, encodePending } from '../../../src/e2ee/group/storage/pending-record.ts';
import type { Judge } from '../../../src/e2ee/group/policy.ts';
import type { PublicGroup } from '../../../src/e2ee/group/public-group.ts';
import { followCommit, readTree } from '../../../src/e2ee/group/replay.ts';
import { changedParts } from '../../../src/e2ee/group/storage/session-parts.ts';
import { decodeGroupSession } from '../../../src/e2ee/group/storage/stored-session.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { decodeUtf8, encodeUtf8, equalBytes } from '../../../src/lib/bytes.ts';
import { value, type Account } from '../group.ts';
import type { CommitLine, GroupLog, TextLine } from './group-log.ts';

export interface Inside {
  readonly kind: 'in';
  readonly session: GroupSession;
  /** The commit lines of the session's epochs, the current one first. */
  readonly ons: readonly number[];
}

export type PersonState =
  | Inside
  | {
      readonly kind: 'outside';
      readonly base?: { readonly at: number; readonly group: PublicGroup };
    };

interface Waiting {
  readonly id: string;
  readonly commit: Uint8Array;
  readonly pending: PendingCommit;
  /** Undefined for an entry. */
  readonly session: GroupSession | undefined;
}

const rosterHead = new Uint8Array(32);

/** Decides from the log up to line `at`, as everybody does. */
export function judgeAt(log: GroupLog, at: number): Judge {
  const out = log.outAt(at);
  return (change) => {
    if (change.kind === 'enter') {
      return out.has(change.by.identity.name) ? 'not admitted' : undefined;
    }
    if (out.has(change.by.identity.name)) return 'from somebody who is out';
    const gone = change.kind === 'remove' ? change.removed : [];
    return gone.every(({ identity }) => out.has(identity.name)) ? undefined : 'not due';
  };
}

export class GroupPerson {
  state: PersonState = { kind: 'outside' };
  cursor = 0;
  seen = 0;
  waiting: Waiting | undefined;
  readonly shown = new Map<string, string>();
  /** Copies of sessions that a hostile client keeps after it was put out, and from which line on they must be blind. */
  readonly kept: { readonly session: GroupSession; readonly from: number }[] = [];
  readonly account: Account;
  readonly #suite: Suite;
  readonly #log: GroupLog;
  #count = 0;

  constructor(suite: Suite, log: GroupLog, account: Account) {
    this.#suite = suite;
    this.#log = log;
    this.account = account;
  }

  get name(): string {
    return this.account.identity.name;
  }

  get session(): GroupSession | undefined {
    return this.state.kind === 'in' ? this.state.session : undefined;
  }

  get isUpToDate(): boolean {
    return this.seen === this.#log.lastCommit && this.waiting === undefined;
  }

  /** Who is in the tree and may not be. */
  get due(): number[] {
    const out = this.#log.outAt(this.cursor);
    if (this.session === undefined) return [];
    return members(this.session)
      .filter(({ identity, leaf }) => out.has(identity.name) && leaf !== this.session?.leaf)
      .map(({ leaf }) => leaf);
  }

  /** Reads the next line. */
  async read(): Promise<void> {
    this.cursor += 1;
    const line = this.#log.line(this.cursor);
    if (line.type === 'commit') await this.#readCommit(line);
    if (line.type === 'text' && line.by !== this.name) await this.#readText(line);
    await this.#noticeBranch();
  }

  async #readCommit(line: CommitLine): Promise<void> {
    this.seen = this.cursor;
    const { waiting } = this;
    if (waiting?.id === line.id) {
      this.waiting = undefined;
      if (!equalBytes(waiting.commit, line.bytes)) return;
      this.#adopt(value(adopt(this.session, waiting.pending)));
      return;
    }
    if (waiting !== undefined) this.giveUp();
    if (this.state.kind !== 'in' || line.on !== this.state.ons[0]) return;
    const kept = await this.copy();
    const judge = judgeAt(this.#log, this.cursor);
    const applied = await applyCommit(this.state.session, line.bytes, judge);
    if (!applied.ok) return;
    if (applied.value.kind === 'out') {
      this.kept.push({ session: kept, from: this.cursor });
      this.state = { kind: 'outside', base: { at: this.cursor, group: applied.value.group } };
      return;
    }
    this.#adopt(applied.value.session);
    if (!(await checkInfo(applied.value.session, line.info)).ok) await this.upload();
  }

  #adopt(session: GroupSession): void {
    const ons = this.state.kind === 'in' ? this.state.ons : [];
    this.state = { kind: 'in', session, ons: [this.cursor, ...ons].slice(0, 3) };
  }

  /** The commit that waits came too late, or was lost. */
  giveUp(): void {
    if (this.waiting === undefined) return;
    forgetPending(this.waiting.session, this.waiting.pending);
    this.waiting = undefined;
  }

  /** Whoever stands where the group does not, or cannot follow it, goes outside and comes back. */
  async #noticeBranch(): Promise<void> {
    if (this.state.kind !== 'in') return;
    const settled = this.#log.settledAt(this.cursor);
    const { ons, session } = this.state;
    const groups = [publicGroup(session), ...pastGroups(session)];
    const behind = settled.get(ons[0] ?? assert.fail());
    const chain: number[] = [];
    for (let at = ons[0] ?? 0; at > 0; at = this.#log.parentOf(at)) chain.push(at);
    const apart = chain.findLastIndex((at) => {
      const chosen = settled.get(this.#log.parentOf(at));
      return chosen === undefined ? this.#isDoubted(at) : chosen !== at;
    });
    if (behind === undefined && apart < 0) return;
    const base = apart + 1;
    const [at, group] = [ons[base], groups[base]];
    this.giveUp();
    this.state = {
      kind: 'outside',
      ...(at !== undefined && group !== undefined && { base: { at, group } }),
    };
  }

  /** Whether two others, or the only one, have seen the own commit at `at` and stand elsewhere. */
  #isDoubted(at: number): boolean {
    const commit = this.#log.line(at);
    if (commit.type !== 'commit' || commit.by !== this.name || this.session === undefined)
      return false;
    const doubters = new Set<string>();
    for (let after = at + 1; after <= this.cursor; after++) {
      const line = this.#log.line(after);
      if (line.type !== 'commit' && line.type !== 'text') continue;
      const elsewhere = line.seen >= at && this.#log.pathFrom(at, line.on) === undefined;
      if (elsewhere && line.by !== this.name) doubters.add(line.by);
    }
    return doubters.size >= Math.min(2, members(this.session).length - 1) && doubters.size > 0;
  }

  async #readText(line: TextLine): Promise<void> {
    if (this.state.kind !== 'in') return;
    const sealed = value(readGroupMessage(line.bytes));
    const opened = await openInGroup(this.state.session, sealed);
    const isIn = members(this.state.session).some(({ identity }) => identity.name === line.by);
    const mustOpen = line.seen >= 0 && this.state.ons.includes(line.on) && isIn;
    if (!opened.ok) {
      const { code } = opened.error;
      // Whoever was put out and came in again may have said it with the keys of before.
      assert.ok(
        !mustOpen || code === 'sender-out',
        `${this.name} cannot read line ${this.cursor}: ${code}`,
      );
      return;
    }
    const { content, sender, session } = opened.value;
    this.state = { ...this.state, session };
    if (sealed.data.on !== line.on) return;
    const text = decodeUtf8(content) ?? assert.fail();
    assert.ok(!this.shown.has(text), `${text} is shown twice`);
    assert.ok(
      text.startsWith(`${sender.identity.name} `),
      `${text} under the name ${sender.identity.name}`,
    );
    this.shown.set(text, sender.identity.name);
  }

  /** Says something, where it stands. */
  async say(forced = false): Promise<boolean> {
    if (this.state.kind !== 'in') return false;
    const [on = 0] = this.state.ons;
    const content = encodeUtf8(`${this.name} ${this.#count++}`);
    const data = { on, textId: new Uint8Array(16) };
    const { session, bytes } = await sealInGroup(this.state.session, content, data);
    this.state = { ...this.state, session };
    return this.#log.append({ type: 'text', by: this.name, seen: this.seen, on, bytes }, forced);
  }

  /** Sends a commit: `make` gives it, `spoil` is what the network or a hostile client does to it. */
  async commit(
    outs: readonly string[],
    make: (session: GroupSession, on: number) => Promise<PreparedCommit>,
    spoil: (commit: Uint8Array) => Uint8Array = (commit) => commit,
  ): Promise<void> {
    if (this.state.kind !== 'in' || !this.isUpToDate) return;
    const { session, ons } = this.state;
    const [on = 0] = ons;
    const prepared = await make(session, on);
    this.#send(prepared, session, on, outs, spoil);
  }

  rotate(spoil?: (commit: Uint8Array) => Uint8Array): Promise<void> {
    return this.commit(
      [],
      async (session, on) => value(await prepareRotation(session, { on, rosterHead })),
      spoil,
    );
  }

  /** Puts `names` out, and removes all leaves of who is out. */
  async kick(names: readonly string[]): Promise<void> {
    if (this.session === undefined) return;
    const gone = members(this.session).filter(({ identity }) => names.includes(identity.name));
    const leaves = [...new Set([...this.due, ...gone.map(({ leaf }) => leaf)])];
    if (leaves.length === 0) return;
    await this.commit(names, async (session, on) =>
      value(await prepareRemoval(session, leaves, { on, rosterHead })),
    );
  }

  /** Enters, from the best base that it has. Whether there was anything to enter with. */
  async enter(): Promise<boolean> {
    if (this.state.kind === 'in' || !this.isUpToDate) return false;
    const { info } = this.#log;
    if (!this.#isSettledBranch(info.at)) return false;
    const { base } = this.state;
    const bases = [...(base === undefined ? [] : [base]), ...(await this.#storedTrees())];
    for (const { at, group } of bases) {
      const followed = await this.#follow(group, at, info.at);
      if (followed === undefined) continue;
      const { device, identity } = this.account;
      const data = { on: info.at, rosterHead };
      const entered = await enterGroup(this.#suite, device, identity, followed, info.bytes, data);
      if (!entered.ok) continue;
      this.#send(entered.value, undefined, info.at, []);
      return true;
    }
    return false;
  }

  /** Whether nothing in the log says that the group went another way than to the commit at `tip`. */
  #isSettledBranch(tip: number): boolean {
    const settled = this.#log.settledAt(this.cursor);
    if (settled.has(tip)) return false;
    for (let at = tip; at > 0; at = this.#log.parentOf(at)) {
      if ((settled.get(this.#log.parentOf(at)) ?? at) !== at) return false;
    }
    return true;
  }

  async #storedTrees(): Promise<{ readonly at: number; readonly group: PublicGroup }[]> {
    const trees: { readonly at: number; readonly group: PublicGroup }[] = [];
    for (const { at, bytes } of this.#log.trees) {
      const group = await readTree(this.#suite, bytes, () => true);
      if (group.ok) trees.push({ at, group: group.value });
    }
    return trees;
  }

  async #follow(group: PublicGroup, from: number, to: number): Promise<PublicGroup | undefined> {
    let now = group;
    for (const line of this.#log.pathFrom(from, to) ?? [undefined]) {
      if (line === undefined) return undefined;
      const judge = judgeAt(this.#log, this.#log.numberOf(line));
      const followed = await followCommit(this.#suite, now, line.bytes, judge);
      if (!followed.ok) return undefined;
      now = followed.value.group;
    }
    return now;
  }

  #send(
    { commit, info, pending }: PreparedCommit,
    session: GroupSession | undefined,
    on: number,
    outs: readonly string[],
    spoil: (commit: Uint8Array) => Uint8Array = (bytes) => bytes,
  ): void {
    const id = `${this.name} ${this.#count++}`;
    this.waiting = { id, commit, pending, session };
    const bytes = spoil(commit);
    const { seen, name: by } = this;
    if (!this.#log.append({ type: 'commit', by, id, seen, on, bytes, info, outs })) this.giveUp();
  }

  /** Stores the own tree for others: the last GroupInfo leads nowhere. */
  async upload(): Promise<void> {
    if (this.state.kind !== 'in') return;
    const [at = 0] = this.state.ons;
    const { session } = this.state;
    this.#log.info = { at, bytes: await groupInfo(session) };
    const [founding] = this.#log.trees.slice(-1);
    const trees = [{ at, bytes: await exportTree(session) }, ...this.#log.trees.slice(0, -1)];
    this.#log.trees = [...trees.slice(0, 3), ...(founding === undefined ? [] : [founding])];
  }

  /** Ends the program and begins it again, from what is stored. */
  async restart(): Promise<void> {
    const { device, identity } = this.account;
    if (this.state.kind === 'in') this.state = { ...this.state, session: await this.copy() };
    if (this.waiting === undefined) return;
    const { pending } = this.waiting;
    const before = this.waiting.session === undefined ? undefined : this.session;
    const record = encodePending(before, pending);
    const read = value(await decodePending(this.#suite, device, identity, before, record));
    this.waiting = { ...this.waiting, pending: read, session: before };
  }

  /** The session as it comes back from its parts. */
  async copy(): Promise<GroupSession> {
    const session = this.session ?? assert.fail();
    const { device, identity } = this.account;
    const parts = changedParts(undefined, session).map(({ part, bytes }) => ({
      part,
      bytes: (bytes ?? assert.fail()).slice(),
    }));
    return value(await decodeGroupSession(this.#suite, device, identity, parts));
  }
}
