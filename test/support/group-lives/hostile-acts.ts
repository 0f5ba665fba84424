// What a hostile server, hostile members, ghosts and people who were put out do to a sealed group.
import { prepareRotation } from '../../../src/e2ee/group/commits.ts';
import { enterGroup } from '../../../src/e2ee/group/entry.ts';
import { exportTree, groupInfo, infoOf } from '../../../src/e2ee/group/group-info.ts';
import { publicGroup, type GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { mls } from '../../../src/e2ee/mls.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../../src/lib/base64url.ts';
import type { EntryMaterial } from '../../../src/client/encryption/group/entry.ts';
import type { RecordBody } from '../../../src/wire/statements/roster-record.ts';
import type { Username } from '../../../src/wire/text.ts';
import type { Dice } from '../lives/fate.ts';
import { lunch, type GroupServer, type Said } from '../worlds/group-server.ts';
import { Member } from '../worlds/group-world.ts';

export class HostileActs {
  readonly #suite: Suite;
  readonly #dice: Dice;
  readonly #server: GroupServer;

  constructor(suite: Suite, dice: Dice, server: GroupServer) {
    this.#suite = suite;
    this.#dice = dice;
    this.#server = server;
  }

  /** One of them, against `who` where it is against one; its name. */
  async act(people: readonly Member[], who: Member): Promise<string> {
    const acts: Record<string, () => Promise<void> | void> = {
      'damage for all': () => this.#damageNext(who),
      'damage for one': () => this.#show(who, (line) => this.#damaged(line)),
      'hide a line': () => this.#show(who, () => undefined),
      'forge a line': () => this.#show(who, (line) => this.#forged(line, people)),
      'show another line': () => this.#show(who, (line) => this.#otherLine(line)),
      'hide many': () => this.#hideMany(who),
      reorder: () => this.#reorder(who),
      fork: () => this.#fork(who, people),
      replay: () => this.#replay(),
      'late commit': () => this.#lateCommit(who),
      unfollowable: () => this.unfollowable(who),
      'false external pub': () => this.falseExternalPub(who),
      'false material': () => this.#falseMaterial(who),
      'false tree': () => this.#falseTree(who),
      ghost: () => this.#ghost(who),
      'comes back all the same': () => this.#comesBack(this.#dice.one(people), who),
      'useless record': () => this.#uselessRecord(),
      'record of no admin': () => this.#undueRecord(who, people),
      'lie about the last commit': () => this.#lieAboutLast(who),
    };
    const what = this.#dice.one(Object.keys(acts));
    await acts[what]?.();
    return what;
  }

  /** From here on the server is honest; what was shown stays so. */
  stop(people: readonly Member[]): void {
    for (const who of people) {
      who.losesAnswer = false;
      for (let seq = who.cursor + 1; seq <= this.#server.last; seq++) {
        this.#server.shown.delete(`${who.me} ${seq}`);
      }
    }
  }

  #flip(token: string): string {
    const bytes = decodeBase64url(token)?.slice() ?? new Uint8Array(1);
    const at = this.#dice.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#dice.below(8));
    return encodeBase64url(bytes);
  }

  #damaged<T extends Partial<Said>>(line: T): T {
    const fields = (['commit', 'info', 'sealed'] as const).filter((one) => line[one] !== undefined);
    if (fields.length === 0) return line;
    const field = this.#dice.one(fields);
    return { ...line, [field]: this.#flip(line[field] ?? '') };
  }

  async #damageNext(who: Member): Promise<void> {
    this.#server.tamper = (line) => this.#damaged(line);
    await who.rotate().finally(() => {
      this.#server.tamper = (line) => line;
    });
  }

  /** Changes a line for one person, which they have not read. */
  #show(who: Member, change: (line: Said) => Said | undefined): void {
    const unread = this.#server.log.slice(who.cursor);
    if (unread.length === 0) return;
    const line = this.#dice.one(unread);
    this.#server.shown.set(`${who.me} ${line.seq}`, change(line));
  }

  #forged(line: Said, people: readonly Member[]): Said {
    const on = this.#dice.below(this.#server.last + 2);
    const changes: Partial<Said>[] = [{ on }, { from: this.#dice.one(people).me }];
    if (line.kind !== undefined) {
      changes.push({ kind: this.#dice.one(['enter', 'remove', 'rotate'] as const) });
    }
    return { ...line, ...this.#dice.one(changes) };
  }

  #otherLine(line: Said): Said {
    const { seq } = line;
    return { ...this.#dice.one(this.#server.log), ...(seq !== undefined && { seq }) };
  }

  #replay(): void {
    const { id: _, seq: __, ...line } = this.#dice.one(this.#server.log);
    const on = this.#dice.chance(0.5) ? this.#server.lastCommit : line.on;
    const again = this.#server.append({ ...line, ...(on !== undefined && { on }) });
    if (again.kind !== undefined) this.#server.lastCommit = again.seq ?? 0;
  }

  /** The server takes a commit of somebody who has not seen the last ones. */
  async #lateCommit(who: Member): Promise<void> {
    this.#server.isLax = true;
    await who.rotate().finally(() => {
      this.#server.isLax = false;
    });
  }

  async #withSession(
    who: Member,
    run: (session: GroupSession, on: number) => Promise<void>,
  ): Promise<void> {
    const tree = await who.engine.tree(lunch, async () => new Uint8Array());
    if (tree === undefined) return;
    await who.engine.tree(lunch, async (session) => {
      await run(session, tree.at);
      return new Uint8Array();
    });
  }

  async #rosterHead(who: Member): Promise<Uint8Array> {
    return (await who.engine.roster(lunch))?.head ?? new Uint8Array(32);
  }

  #put(
    from: Username,
    kind: 'rotate' | 'enter',
    on: number,
    commit: Uint8Array,
    info: Uint8Array,
    chain?: readonly string[],
  ): void {
    const line = this.#server.append({
      from,
      kind,
      on,
      seen: this.#server.lastCommit,
      commit: encodeBase64url(commit),
      info: encodeBase64url(info),
      ...(chain && { chain: [...chain] }),
    });
    this.#server.lastCommit = line.seq ?? 0;
    this.#server.infos.unshift({ at: this.#server.lastCommit, info });
    this.#server.infos.splice(3);
  }

  /** A commit that everybody finds valid and whose keys nobody else comes to. Its maker goes on with the old state. */
  async unfollowable(who: Member): Promise<void> {
    const rosterHead = await this.#rosterHead(who);
    await this.#withSession(who, async (session, on) => {
      const { state } = session[mls];
      const keySchedule = { ...state.keySchedule, initSecret: this.#dice.bytes(32) };
      const lies = { ...session, [mls]: { ...session[mls], state: { ...state, keySchedule } } };
      const made = await prepareRotation(lies, { on, rosterHead });
      if (made.ok) this.#put(who.me, 'rotate', on, made.value.commit, made.value.info);
    });
  }

  /** A rotation whose GroupInfo has another key for those who enter than the group's. */
  async falseExternalPub(who: Member): Promise<void> {
    const rosterHead = await this.#rosterHead(who);
    await this.#withSession(who, async (session, on) => {
      const made = await prepareRotation(session, { on, rosterHead });
      if (!made.ok) return;
      const { suite, state } = made.value.pending[mls];
      const keySchedule = { ...state.keySchedule, externalSecret: this.#dice.bytes(32) };
      const info = await infoOf(suite, { ...state, keySchedule });
      this.#put(who.me, 'rotate', on, made.value.commit, info);
    });
  }

  /** What somebody enters with is of some time ago, incomplete, out of order, or damaged. */
  async #falseMaterial(who: Member): Promise<void> {
    if ((await who.need()) !== 'enter') return;
    this.#server.isLax = this.#dice.chance(0.5);
    try {
      await who.enter(this.#server.materials().map((material) => this.#lieIn(material)));
    } finally {
      this.#server.isLax = false;
    }
  }

  #lieIn(material: EntryMaterial): EntryMaterial {
    const { items, infos, lines, tree } = material;
    const until = this.#dice.below(this.#server.last + 1);
    const isOld = ({ seq = 0 }: { readonly seq?: number | undefined }) => seq <= until;
    const isKept = () => this.#dice.chance(0.8);
    const damagedInfo = ({ at, info }: (typeof infos)[number]) => ({
      at: this.#dice.chance(0.5) ? at : tree.at,
      info: bytesOf(this.#flip(encodeBase64url(info))),
    });
    return this.#dice.one<() => EntryMaterial>([
      () => ({ ...material, items: items.filter(isOld), lines: lines.filter(isOld) }),
      () => ({ ...material, items: items.filter(isKept) }),
      () => ({ ...material, lines: lines.filter(isKept) }),
      () => ({ ...material, items: items.toReversed() }),
      () => ({ ...material, lines: lines.toReversed() }),
      () => ({ ...material, items: [...items, ...items], lines: [...lines, ...lines] }),
      () => ({ ...material, infos: infos.map(damagedInfo) }),
      () => ({ ...material, tree: { ...tree, at: this.#dice.below(this.#server.last + 2) } }),
      () => ({ ...material, lastOut: this.#dice.below(2 ** 40) }),
    ])();
  }

  /** A member leaves a tree that is damaged, old, or of another commit. */
  async #falseTree(who: Member): Promise<void> {
    const tree = await who.engine.tree(lunch, exportTree);
    if (tree === undefined) return;
    const bytes = this.#dice.chance(0.5)
      ? bytesOf(this.#flip(encodeBase64url(tree.bytes)))
      : tree.bytes;
    const at = this.#dice.chance(0.5) ? tree.at : this.#server.lastCommit;
    this.#server.leaveTree({ at, bytes }, who.me);
  }

  /** Several lines are shown to one person in another order. */
  #reorder(who: Member): void {
    const [one, other] = [this.#unread(who), this.#unread(who)];
    if (one?.seq === undefined || other?.seq === undefined || one === other) return;
    this.#server.shown.set(`${who.me} ${one.seq}`, { ...other, seq: one.seq });
    this.#server.shown.set(`${who.me} ${other.seq}`, { ...one, seq: other.seq });
  }

  #unread(who: Member): Said | undefined {
    const unread = this.#server.log.slice(who.cursor);
    return unread.length === 0 ? undefined : this.#dice.one(unread);
  }

  #hideMany(who: Member): void {
    for (const { seq } of this.#server.log.slice(who.cursor)) {
      if (this.#dice.chance(0.5)) this.#server.shown.set(`${who.me} ${seq}`, undefined);
    }
  }

  /** Of two commits of one number some are shown one and some the other. */
  async #fork(who: Member, people: readonly Member[]): Promise<void> {
    const helper = this.#dice.one(people);
    const before = this.#server.last;
    const rosterHead = await this.#rosterHead(helper);
    let other: { commit: Uint8Array; info: Uint8Array; on: number } | undefined;
    await this.#withSession(helper, async (session, on) => {
      const made = await prepareRotation(session, { on, rosterHead });
      if (made.ok) other = { commit: made.value.commit, info: made.value.info, on };
    });
    await who.rotate();
    const line = this.#server.log.slice(before).find(({ kind }) => kind === 'rotate');
    if (other === undefined || line === undefined || helper === who) return;
    const { commit, info, on } = other;
    const [token, infoToken] = [encodeBase64url(commit), encodeBase64url(info)];
    const shown = { ...line, from: helper.me, on, commit: token, info: infoToken };
    for (const one of people) {
      const isAhead = one === who || one.cursor >= (line.seq ?? 0);
      if (isAhead || this.#dice.chance(0.5)) continue;
      this.#server.shown.set(`${one.me} ${line.seq}`, shown);
    }
  }

  /** A refusal names a commit that is not there. */
  #lieAboutLast(who: Member): void {
    who.engine.isBehind(lunch, this.#server.lastCommit + this.#dice.below(1000), who.cursor);
  }

  /** Somebody whom the server has made up enters with the help of a member. */
  async #ghost(helper: Member): Promise<void> {
    const isOpen = (await helper.engine.roster(lunch))?.mode === 'open';
    const ghost = await Member.create('ghost', this.#server, this.#suite);
    // Of an open group anybody may be a member, who is then in the list.
    await this.#forceIn(ghost, helper, isOpen ? helper.links : ghost.links);
  }

  /** Somebody who may be out enters with the help of a member, whatever the roster says. */
  async #comesBack(who: Member, helper: Member): Promise<void> {
    if ((await who.phase()) === 'out') await this.#forceIn(who, helper, who.links);
  }

  async #forceIn(who: Member, helper: Member, chain: readonly string[]): Promise<void> {
    const rosterHead = await this.#rosterHead(helper);
    const { me: name, root16: root, device } = who;
    await this.#withSession(helper, async (session, on) => {
      const [group, info] = [publicGroup(session), await groupInfo(session)];
      const data = { on, rosterHead };
      const made = await enterGroup(this.#suite, device, { root, name }, group, info, data);
      if (made.ok) this.#put(name, 'enter', on, made.value.commit, made.value.info, chain);
    });
  }

  /** Somebody signs what only an admin may. */
  async #undueRecord(who: Member, people: readonly Member[]): Promise<void> {
    const { root16, me: name } = this.#dice.one(people);
    await who.record(
      this.#dice.one<RecordBody>([
        { kind: 'out', root16, word: 'ban' },
        { kind: 'admins', admins: [who.root16] },
        { kind: 'admit', people: [{ root16, name }] },
        { kind: 'settings', mode: 'open' },
      ]),
    );
  }

  #uselessRecord(): void {
    const records = this.#server.log.flatMap((line) => line.records ?? []);
    if (records.length === 0) return;
    const record = this.#dice.one(records);
    const from = 'user0' as Username;
    this.#server.append({ from, records: [this.#dice.chance(0.5) ? record : this.#flip(record)] });
  }
}

function bytesOf(token: string): Uint8Array {
  return decodeBase64url(token) ?? new Uint8Array();
}
