// What a hostile server, hostile members, ghosts and people who were put out do to a sealed group.
import { prepareRotation } from '../../../src/e2ee/group/commits.ts';
import { enterGroup } from '../../../src/e2ee/group/entry.ts';
import { groupInfo, infoOf } from '../../../src/e2ee/group/group-info.ts';
import { publicGroup, type GroupSession } from '../../../src/e2ee/group/group-session.ts';
import { mls } from '../../../src/e2ee/mls.ts';
import { digest, type Suite } from '../../../src/e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../../src/lib/base64url.ts';
import { createDevice } from '../../../src/e2ee/device.ts';
import type { Username } from '../../../src/wire/text.ts';
import type { Dice } from '../lives/fate.ts';
import { lunch, type GroupServer, type Member, type Said } from '../worlds/group-world.ts';

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
      replay: () => this.#replay(),
      'late commit': () => this.#lateCommit(who),
      unfollowable: () => this.unfollowable(who),
      'false external pub': () => this.falseExternalPub(who),
      'old material': () => this.#oldMaterial(who),
      ghost: () => this.#ghost(who),
      'useless record': () => this.#uselessRecord(),
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
    await who.rotate();
    this.#server.tamper = (line) => line;
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
    await who.rotate();
    this.#server.isLax = false;
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

  /** Somebody enters over what was true some time ago. */
  async #oldMaterial(who: Member): Promise<void> {
    if ((await who.need()) !== 'enter') return;
    const material = this.#server.material();
    const until = this.#dice.below(this.#server.last + 1);
    const isOld = ({ seq = 0 }: { readonly seq?: number | undefined }) => seq <= until;
    this.#server.isLax = this.#dice.chance(0.5);
    await who.enter({
      ...material,
      items: material.items.filter(isOld),
      lines: material.lines.filter(isOld),
    });
    this.#server.isLax = false;
  }

  /** Somebody whom the server has made up enters with the help of a member. */
  async #ghost(helper: Member): Promise<void> {
    const device = await createDevice(this.#suite);
    const root = (await digest(this.#suite, device.publicKey)).slice(0, 16);
    const rosterHead = await this.#rosterHead(helper);
    await this.#withSession(helper, async (session, on) => {
      const group = publicGroup(session);
      const info = await groupInfo(session);
      const identity = { root, name: 'ghost' };
      const made = await enterGroup(this.#suite, device, identity, group, info, { on, rosterHead });
      if (!made.ok) return;
      const chain = helper.links;
      this.#put('ghost' as Username, 'enter', on, made.value.commit, made.value.info, chain);
    });
  }

  #uselessRecord(): void {
    const records = this.#server.log.flatMap((line) => line.records ?? []);
    if (records.length === 0) return;
    const record = this.#dice.one(records);
    const from = 'user0' as Username;
    this.#server.append({ from, records: [this.#dice.chance(0.5) ? record : this.#flip(record)] });
  }
}
