// People with accounts, their sealed groups on their devices, and a server in memory that orders the log of one group as
// the real one does: compare-and-set on the last commit, and no look inside. Real ciphers where no others are given. What
// a hostile server shows to some, a test says in `shown`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isSignedBy as isSigned, signWithDevice } from '../../../src/e2ee/device-signature.ts';
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import { exportTree } from '../../../src/e2ee/group/group-info.ts';
import { textContent, textOf } from '../../../src/client/content.ts';
import type { EntryMaterial } from '../../../src/client/encryption/group/entry.ts';
import { GroupEngine } from '../../../src/client/encryption/group/engine.ts';
import { rosterItemsOf } from '../../../src/client/encryption/group/group-line.ts';
import type { GroupNotice } from '../../../src/client/encryption/group/ports.ts';
import { enteringDevice, type ReadOutcome } from '../../../src/client/encryption/group/reading.ts';
import type { MadeCommit } from '../../../src/client/encryption/group/writing.ts';
import { TrustBook } from '../../../src/client/encryption/trust/trust-book.ts';
import type { PinStore } from '../../../src/client/encryption/trust/pin-store.ts';
import { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ClientChange } from '../../../src/client/store/store-port.ts';
import { decodeBase64url, encodeBase64url } from '../../../src/lib/base64url.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import type { ExtendedEventOf, RosterItem } from '../../../src/wire/extended/events.ts';
import type { ConversationName } from '../../../src/wire/extended/names.ts';
import { encodeLink, linkToSign, rootContent } from '../../../src/wire/statements/chain-link.ts';
import type { LaterStatementCiphers } from '../../../src/wire/statements/statement.ts';
import type { RecordBody } from '../../../src/wire/statements/roster-record.ts';
import type { GroupName, Username } from '../../../src/wire/text.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { suite as realSuite } from '../pair.ts';

export type Said = ExtendedEventOf<'MSG'>;

export const lunch = '#lunch' as ConversationName;
const name = 'lunch' as GroupName;

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The ciphers of statements that go with `suite`. */
export function statementCiphers(suite: Suite): LaterStatementCiphers {
  return { verify: (key, bytes, signature) => isSigned(suite, key, bytes, signature), sha256 };
}

/** Pins in memory. */
class Pins implements PinStore {
  readonly #pins = new Map<string, { key: Uint8Array; verified: boolean }>();
  async get(user: string) {
    return this.#pins.get(user);
  }
  async put(user: string, pin: { key: Uint8Array; verified: boolean }) {
    this.#pins.set(user, pin);
    return undefined;
  }
  async note(user: string, key: Uint8Array) {
    this.#pins.set(user, { key, verified: false });
  }
}

/** The server's side of the group. */
export class GroupServer {
  readonly log: Said[] = [];
  readonly items: RosterItem[] = [];
  readonly infos: { at: number; info: Uint8Array }[] = [];
  readonly trees: { at: number; bytes: Uint8Array }[] = [];
  /** What is shown in place of a line to one person; undefined: nothing. */
  readonly shown = new Map<string, Said | undefined>();
  /** Changes what is put into the log. */
  tamper: (line: Partial<Said>) => Partial<Said> = (line) => line;
  /** Whether commits that have not seen the last one go in all the same. */
  isLax = false;
  groupId: string | undefined;
  lastCommit = 0;
  lastOut = 0;

  get last(): number {
    return this.log.length;
  }

  /** The line at `seq` as it is shown to `who`. */
  lineFor(who: string, seq: number): Said | undefined {
    const place = `${who} ${seq}`;
    return this.shown.has(place) ? this.shown.get(place) : this.log[seq - 1];
  }

  /** A commit, or `stale`. Where it is sent again, it keeps its number. */
  commit(from: Username, { fields }: MadeCommit, localId: string): number | 'stale' {
    const id = localId;
    const again = this.log.find((line) => line.id === id && line.from === from);
    if (again?.seq !== undefined) return again.seq;
    if (fields.seen !== this.lastCommit && !this.isLax) return 'stale';
    const { tree, ...rest } = fields;
    const line = this.append(this.tamper({ ...rest, from, id }));
    this.lastCommit = line.seq ?? 0;
    this.infos.unshift({ at: this.lastCommit, info: bytesOf(line.info ?? fields.info) });
    this.infos.splice(3);
    if (tree !== undefined) this.trees.unshift({ at: this.lastCommit, bytes: bytesOf(tree) });
    if (fields.kind === 'remove' && (fields.records?.length ?? 0) > 0)
      this.lastOut = this.lastCommit;
    return this.lastCommit;
  }

  /** A sealed message, or `stale`. */
  send(from: Username, sealed: string, seen: number, on: number): number | 'stale' {
    const commits = this.log.filter(({ kind }) => kind !== undefined).map(({ seq = 0 }) => seq);
    const third = commits.at(-3) ?? 0;
    if (on < third || on < this.lastOut) return 'stale';
    return this.append({ from, sealed, seen, on }).seq ?? 0;
  }

  /** The server's own word that somebody is out. */
  out(user: Username, why: 'left' | 'kicked' | 'removed'): number {
    const { seq = 0 } = this.append({ out: { user, why } });
    this.lastOut = seq;
    return seq;
  }

  append(fields: Partial<Said>): Said {
    const line: Said = {
      verb: 'MSG',
      in: lunch,
      seq: this.log.length + 1,
      at: this.log.length,
      ...fields,
    };
    this.log.push(line);
    this.items.push(...rosterItemsOf(line, enteringDevice(line)));
    return line;
  }

  material(): EntryMaterial {
    const tree = this.trees[0] ?? assert.fail('there is a tree');
    const about = this.log.filter(({ kind, records, out }) => kind ?? records ?? out);
    return {
      items: this.items,
      tree,
      lines: about.filter(({ seq = 0 }) => seq > tree.at),
      infos: this.infos,
      lastOut: this.lastOut,
    };
  }
}

/** Somebody with an account, one device, and a store. */
export class Member {
  readonly me: Username;
  readonly server: GroupServer;
  readonly suite: Suite;
  readonly device: Device;
  readonly trusts: TrustBook;
  readonly texts: string[] = [];
  readonly notices: GroupNotice[] = [];
  readonly unread: string[] = [];
  store = new MemoryClientStore();
  engine: GroupEngine;
  cursor = 0;
  #links: string[];
  readonly #root: Uint8Array;
  #root16: Uint8Array;
  #next = 0;
  /** The commit in the outbox. */
  #waiting: { readonly made: MadeCommit; readonly localId: string } | undefined;
  /** Why the last entry could not be made. */
  entryProblem: string | undefined;
  /** Whether the answer to the next commit is lost. */
  losesAnswer = false;

  private constructor(
    me: Username,
    server: GroupServer,
    suite: Suite,
    device: Device,
    root: Uint8Array,
  ) {
    this.me = me;
    this.server = server;
    this.suite = suite;
    this.device = device;
    this.#root = root;
    this.#links = [encodeBase64url(root)];
    this.#root16 = sha256(root).slice(0, 16);
    this.trusts = new TrustBook(new Pins(), () => {});
    this.engine = this.#open();
  }

  static async create(me: string, server: GroupServer, suite = realSuite): Promise<Member> {
    const device = await createDevice(suite);
    const content = rootContent(me as Username, device.publicKey, 1);
    const signature = await signWithDevice(suite, device, linkToSign(content));
    return new Member(me as Username, server, suite, device, encodeLink(content, signature));
  }

  /** The same device with the same store, as it is now. */
  copied(): Member {
    const copy = new Member(this.me, this.server, this.suite, this.device, this.#root);
    copy.keep(this.store.records.groupParts.map((part) => ({ type: 'group-part', part })));
    copy.restart();
    copy.cursor = this.cursor;
    copy.#next = 1000;
    return copy;
  }

  get root16(): Uint8Array {
    return this.#root16;
  }

  /** The program ends and starts again: all that is left is the store. */
  restart(): void {
    this.engine = this.#open();
  }

  #open(): GroupEngine {
    const account = { root16: this.#root16, links: this.#links };
    const { device, me, suite, trusts } = this;
    const ciphers = statementCiphers(suite);
    return new GroupEngine(
      { suite, device, me, now: () => 1_000_000, ciphers, trusts, account: async () => account },
      this.store.records.groupParts,
    );
  }

  keep(changes: readonly ClientChange[]): void {
    this.store.apply(changes);
  }

  #localId(): string {
    this.#next += 1;
    return formatHex(sha256(new TextEncoder().encode(`${this.me} ${this.#next}`))).slice(0, 32);
  }

  async found(mode: 'open' | 'invite' = 'open'): Promise<void> {
    const localId = this.#localId();
    const made = await this.engine.found(lunch, name, mode, localId);
    assert.ok(made);
    this.keep(made.changes);
    this.server.groupId = (await this.engine.roster(lunch))?.groupId
      ? undefined
      : this.server.groupId;
    await this.#commit(made, localId);
  }

  /** Gives a commit to the server, and hears of its fate. */
  async #commit(made: MadeCommit, localId: string): Promise<boolean> {
    this.#waiting = { made, localId };
    return this.sendAgain();
  }

  /** Sends what waits in the outbox. */
  async sendAgain(): Promise<boolean> {
    if (this.#waiting === undefined) return false;
    const { made, localId } = this.#waiting;
    const seq = this.server.commit(this.me, made, localId);
    if (seq === 'stale') {
      this.#waiting = undefined;
      this.keep(await this.engine.refused(lunch, localId));
      this.engine.isBehind(lunch, this.server.lastCommit);
      return false;
    }
    if (this.losesAnswer) {
      this.losesAnswer = false;
      return false;
    }
    await this.readUpTo(seq);
    // Its line is not shown.
    if (this.#waiting !== undefined) await this.#committed(localId, seq, undefined);
    return true;
  }

  async #committed(localId: string, seq: number, said: Said | undefined): Promise<void> {
    const sent = this.#waiting?.made.fields;
    this.#waiting = undefined;
    const line = said !== undefined && sent !== undefined ? { said, sent } : undefined;
    const committed = await this.engine.committed(lunch, localId, seq, line);
    this.keep(committed?.changes ?? []);
  }

  /** Hears of the group. */
  async describe(groupId: string): Promise<void> {
    this.keep(await this.engine.describe(lunch, groupId));
  }

  async enter(material = this.server.material()): Promise<boolean | string> {
    const localId = this.#localId();
    const made = await this.engine.enter(lunch, material, localId);
    this.entryProblem = undefined;
    if (!made.ok) {
      this.entryProblem = typeof made.error === 'string' ? made.error : made.error.misfit;
      return this.entryProblem;
    }
    this.keep(made.value.changes);
    return this.#commit(made.value, localId);
  }

  async remove(records: readonly string[] = []): Promise<boolean> {
    if (!this.engine.isSealed(lunch)) return false;
    const localId = this.#localId();
    const made = await this.engine.remove(lunch, records, localId);
    if (made === undefined) return false;
    this.keep(made.changes);
    return this.#commit(made, localId);
  }

  async kick(who: Member, word: 'kick' | 'ban' = 'ban'): Promise<boolean> {
    const body = { kind: 'out', root16: who.root16, word } as const;
    const record = await this.engine.record(lunch, body);
    return record !== undefined && this.remove([record]);
  }

  /** A record without a commit, if this device can sign one now. */
  async record(body: RecordBody): Promise<void> {
    const record = await this.engine.record(lunch, body);
    if (record !== undefined) this.server.append({ from: this.me, records: [record] });
  }

  /** What waits in the outbox is not there any more: the store is an older copy. */
  dropWaiting(): void {
    this.#waiting = undefined;
  }

  get links(): readonly string[] {
    return this.#links;
  }

  async rotate(): Promise<boolean> {
    if (!this.engine.isSealed(lunch)) return false;
    const localId = this.#localId();
    const made = await this.engine.rotate(lunch, localId);
    if (made === undefined) return false;
    this.keep(made.changes);
    return this.#commit(made, localId);
  }

  /** Says something; or why it can't be said now. */
  async say(text: string): Promise<string | undefined> {
    const id = this.#localId();
    const sealed = await this.engine.seal(lunch, { id, content: textContent(text) });
    if (!sealed.ok) {
      return typeof sealed.error === 'string'
        ? sealed.error
        : `key of ${sealed.error.keyChanged.join()}`;
    }
    const { message, seen, on, changes } = sealed.value;
    this.keep(changes);
    const seq = this.server.send(this.me, message, seen, on);
    if (seq === 'stale') {
      this.engine.isBehind(lunch, this.server.lastCommit);
      return 'stale';
    }
    return undefined;
  }

  /** Reads the log as far as `last`. */
  async readUpTo(last = this.server.last): Promise<void> {
    while (this.cursor < last) {
      this.cursor += 1;
      const said = this.server.lineFor(this.me, this.cursor);
      if (said !== undefined) await this.hear(said);
    }
  }

  /** Reads one line. */
  async hear(said: Said): Promise<ReadOutcome | undefined> {
    if (said.from === this.me && said.sealed !== undefined) return undefined;
    if (said.from === this.me && said.id === this.#waiting?.localId && said.id !== undefined) {
      await this.#committed(said.id, said.seq ?? 0, said);
      return undefined;
    }
    const outcome = await this.engine.read(lunch, said);
    this.keep(outcome.changes);
    this.notices.push(...outcome.notices);
    if (outcome.line.kind === 'message')
      this.texts.push(`${said.from}: ${textOf(outcome.line.content)}`);
    if (outcome.line.kind === 'unreadable') this.unread.push(outcome.line.reason);
    return outcome;
  }

  async need(): Promise<string | undefined> {
    return this.engine.need(lunch);
  }

  async phase(): Promise<string | undefined> {
    return (await this.engine.view(lunch))?.phase;
  }

  async digits(): Promise<string | undefined> {
    return (await this.engine.view(lunch))?.digits;
  }

  async leaveTree(): Promise<void> {
    const tree = await this.engine.tree(lunch, exportTree);
    if (tree !== undefined) this.server.trees.unshift(tree);
    this.server.trees.splice(2);
  }

  /** Does what is to be done, until nothing is. */
  async settle(): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      await this.readUpTo();
      const need = await this.need();
      if (need === undefined) return;
      if (need === 'enter') await this.enter();
      else if (need === 'remove') await this.remove();
      else await this.rotate();
    }
    assert.fail(`${this.me} never settles: ${await this.need()}`);
  }
}

function bytesOf(token: string): Uint8Array {
  return decodeBase64url(token) ?? assert.fail();
}
