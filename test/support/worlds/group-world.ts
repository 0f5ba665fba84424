// People with accounts, their sealed groups on their devices with their stores, at a server in memory (group-server.ts).
// Real ciphers where no others are given. A program may die before or after any of its writes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isSignedBy as isSigned, signWithDevice } from '../../../src/e2ee/device-signature.ts';
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import { exportTree } from '../../../src/e2ee/group/group-info.ts';
import { textContent, textOf } from '../../../src/client/content.ts';
import { GroupEngine } from '../../../src/client/encryption/group/engine.ts';
import type { GroupNotice, ChainedAccount } from '../../../src/client/encryption/group/ports.ts';
import type { ReadOutcome } from '../../../src/client/encryption/group/reading.ts';
import type { MadeCommit } from '../../../src/client/encryption/group/writing.ts';
import { TrustBook } from '../../../src/client/encryption/trust/trust-book.ts';
import type { KnownChain, PinStore } from '../../../src/client/encryption/trust/pin-store.ts';
import { MemoryClientStore } from '../../../src/client/store/memory-store.ts';
import type { ClientChange } from '../../../src/client/store/store-port.ts';
import { encodeBase64url } from '../../../src/lib/base64url.ts';
import { formatHex } from '../../../src/lib/bytes.ts';
import type { AccountChain } from '../../../src/wire/statements/account-chain.ts';
import {
  consentToSign,
  encodeLink,
  linkToSign,
  rootContent,
  type LinkBody,
} from '../../../src/wire/statements/chain-link.ts';
import { accountOf } from '../../../src/client/encryption/group/roster-log.ts';
import type { LaterStatementCiphers } from '../../../src/wire/statements/statement.ts';
import type { RecordBody, RosterAccount } from '../../../src/wire/statements/roster-record.ts';
import { conversationGroup, type ConversationName } from '../../../src/wire/extended/names.ts';
import type { MessageFrame } from '../../../src/client/encryption/message-frame.ts';
import type { GroupName, Username } from '../../../src/wire/text.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { suite as realSuite } from '../pair.ts';
import { type GroupServer, type Said } from './group-server.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The ciphers of statements that go with `suite`. */
export function statementCiphers(suite: Suite): LaterStatementCiphers {
  return { verify: (key, bytes, signature) => isSigned(suite, key, bytes, signature), sha256 };
}

/** What is said in a private conversation: a text, or what the programs say to each other. */
function saidWords({ content }: MessageFrame): string {
  return content.kind === 'text' ? content.text : `(${content.kind})`;
}

/** Pins in memory. */
class Pins implements PinStore {
  readonly #pins = new Map<string, { key: Uint8Array; verified: boolean }>();
  readonly #chains = new Map<string, KnownChain>();
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
  async chain(user: string) {
    return this.#chains.get(user);
  }
  async putChain(user: string, known: KnownChain) {
    this.#chains.set(user, known);
  }
}

/** The program has died; its store is as it was then. */
export class Died extends Error {}

/** What became of a line here: read, why not, or that it said nothing. */
export type Fate = 'read' | 'not-in' | 'silent' | { readonly why: string };

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
  /** By the number of the line. */
  readonly fates = new Map<number, Fate>();
  /** What was sealed of each own text, in base64url. */
  readonly sealedTexts = new Map<string, string>();
  /** Whether the program dies at its next write: before it, or as soon as it stands. */
  dies: 'before' | 'after' | undefined;
  store = new MemoryClientStore();
  engine: GroupEngine;
  cursor = 0;
  #links: string[];
  /** What this device knows of its own account, where it has several. */
  #chain: AccountChain | undefined;
  #others: readonly ChainedAccount[] = [];
  readonly #root: Uint8Array;
  #root16: Uint8Array;
  #next = 0;
  /** The commit in the outbox, and the sealed text. */
  #waiting: { readonly made: MadeCommit; readonly localId: string } | undefined;
  #unsent: { readonly message: string; readonly seen: number; readonly on: number } | undefined;
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

  get #at(): ConversationName {
    return this.server.conversation;
  }

  /** As charters call it. */
  get #group(): GroupName {
    const { conversation } = this.server;
    return conversation.startsWith('@')
      ? conversationGroup(conversation)
      : (conversation.slice(1) as GroupName);
  }

  /** This account, for a record that lets it in. */
  get account(): RosterAccount {
    return { root16: this.root16, name: this.me };
  }

  /** Another device of the same account, which this one adds. It reads the log from here on. */
  async sibling(): Promise<Member> {
    const device = await createDevice(this.suite);
    const { publicKey: key } = device;
    const form = 'terminal';
    const words = consentToSign(await this.#lastLink(), key, form);
    await this.#extend({
      kind: 'add',
      key,
      form,
      consent: await signWithDevice(this.suite, device, words),
    });
    const other = new Member(this.me, this.server, this.suite, device, this.#root);
    other.#next = 1000 * this.#links.length;
    await other.knows(this);
    return other;
  }

  /** Signs that a device of this account is none any more. */
  async revokes({ device: { publicKey: key } }: Member): Promise<void> {
    await this.#extend({ kind: 'revoke', key, why: 'stolen' });
  }

  /** Hears which devices its account has by now. */
  async knows(sibling: Member): Promise<void> {
    this.#links.splice(0, this.#links.length, ...sibling.links);
    this.#chain = await accountOf(statementCiphers(this.suite), this.#links);
  }

  /** Hears which devices the account of somebody else has by now. */
  async hears(other: Member): Promise<void> {
    const links = [...other.links];
    const chain = await accountOf(statementCiphers(this.suite), links);
    assert.ok(chain);
    this.#others = [...this.#others, { root16: other.root16, links, chain }];
  }

  async #lastLink(): Promise<Uint8Array> {
    const chain = await accountOf(statementCiphers(this.suite), this.#links);
    return chain?.steps.at(-1)?.hash ?? assert.fail();
  }

  async #extend(body: LinkBody): Promise<void> {
    const { publicKey: signer } = this.device;
    const content = { prev: await this.#lastLink(), at: 1, body, signer };
    const signature = await signWithDevice(this.suite, this.device, linkToSign(content));
    this.#links.push(encodeBase64url(encodeLink(content, signature)));
    await this.knows(this);
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
      {
        suite,
        device,
        me,
        now: () => 1_000_000,
        ciphers,
        trusts,
        account: async () => account,
        latest: () => this.#chain && { ...account, chain: this.#chain },
        others: () => this.#others,
      },
      this.store.records.groupParts,
    );
  }

  keep(changes: readonly ClientChange[]): void {
    this.store.apply(changes);
  }

  /** One write of the program: `changes`, and what stands in the store beside them. */
  #write(changes: readonly ClientChange[], beside: () => void = () => {}): void {
    const { dies } = this;
    this.dies = undefined;
    if (dies !== 'before') {
      this.keep(changes);
      beside();
    }
    if (dies === undefined) return;
    this.restart();
    throw new Died(`${this.me} dies ${dies} a write`);
  }

  #localId(): string {
    this.#next += 1;
    return formatHex(sha256(new TextEncoder().encode(`${this.me} ${this.#next}`))).slice(0, 32);
  }

  async found(
    mode: 'open' | 'invite' = 'open',
    invited: readonly RosterAccount[] = [],
  ): Promise<void> {
    const localId = this.#localId();
    const made = await this.engine.found(this.#at, this.#group, mode, localId, invited);
    assert.ok(made);
    await this.#commit(made, localId);
  }

  /** Stores a commit, gives it to the server, and hears of its fate. */
  async #commit(made: MadeCommit, localId: string): Promise<boolean> {
    this.#write(made.changes, () => {
      this.#waiting = { made, localId };
    });
    return this.sendAgain();
  }

  /** Sends what waits in the outbox. */
  async sendAgain(): Promise<boolean> {
    this.#sendText();
    if (this.#waiting === undefined) return false;
    const { made, localId } = this.#waiting;
    const seq = this.server.commit(this.me, made, localId);
    if (seq === 'stale') {
      this.#write(await this.engine.refused(this.#at, localId), () => {
        this.#waiting = undefined;
      });
      this.engine.isBehind(this.#at, this.server.lastCommit, this.cursor);
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

  async #committed(
    localId: string,
    seq: number,
    said: Said | undefined,
    beside: () => void = () => {},
  ): Promise<void> {
    const sent = this.#waiting?.made.fields;
    const line = said !== undefined && sent !== undefined ? { said, sent } : undefined;
    const committed = await this.engine.committed(this.#at, localId, seq, line);
    this.#write(committed?.changes ?? [], () => {
      this.#waiting = undefined;
      beside();
    });
  }

  /** Hears of the group, as at each login. */
  async describe(groupId: string): Promise<void> {
    this.#write(await this.engine.describe(this.#at, groupId));
  }

  /** Enters with the first tree that fits, as a client does. */
  async enter(materials = this.server.materials()): Promise<boolean | string> {
    const localId = this.#localId();
    for (const material of materials) {
      const made = await this.engine.enter(this.#at, material, localId);
      this.entryProblem = undefined;
      if (made.ok) return this.#commit(made.value, localId);
      this.entryProblem = typeof made.error === 'string' ? made.error : made.error.misfit;
      if (typeof made.error === 'string') break;
    }
    return this.entryProblem ?? false;
  }

  async remove(records: readonly string[] = []): Promise<boolean> {
    if (!this.engine.isSealed(this.#at)) return false;
    const localId = this.#localId();
    const made = await this.engine.remove(this.#at, records, localId);
    return made === undefined ? false : this.#commit(made, localId);
  }

  async kick(who: Member, word: 'kick' | 'ban' = 'ban'): Promise<boolean> {
    const body = { kind: 'out', root16: who.root16, word } as const;
    const record = await this.engine.record(this.#at, body);
    return record !== undefined && this.remove([record]);
  }

  /** A record without a commit, if this device can sign one now. */
  async record(body: RecordBody): Promise<void> {
    const record = await this.engine.record(this.#at, body);
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
    if (!this.engine.isSealed(this.#at)) return false;
    const localId = this.#localId();
    const made = await this.engine.rotate(this.#at, localId);
    return made === undefined ? false : this.#commit(made, localId);
  }

  /** Says something; or why it can't be said now. */
  say(text: string): Promise<string | undefined> {
    return this.put({ id: this.#localId(), content: textContent(text) }, text);
  }

  /** The same of what a frame says. */
  async put(frame: MessageFrame, text = ''): Promise<string | undefined> {
    const sealed = await this.engine.seal(this.#at, frame, frame.id ?? this.#localId());
    if (!sealed.ok) {
      return typeof sealed.error === 'string'
        ? sealed.error
        : `key of ${sealed.error.keyChanged.join()}`;
    }
    const { message, seen, on, changes } = sealed.value;
    this.#write(changes, () => {
      this.sealedTexts.set(text, message);
      this.#unsent = { message, seen, on };
    });
    return this.#sendText();
  }

  /** Sends the sealed text that waits. */
  #sendText(): 'stale' | undefined {
    if (this.#unsent === undefined) return undefined;
    const { message, seen, on } = this.#unsent;
    this.#unsent = undefined;
    if (this.server.send(this.me, message, seen, on) !== 'stale') return undefined;
    this.engine.isBehind(this.#at, this.server.lastCommit, this.cursor);
    return 'stale';
  }

  /** Reads the log as far as `last`. */
  async readUpTo(last = this.server.last): Promise<void> {
    while (this.cursor < last) {
      const at = this.cursor + 1;
      const said = this.server.lineFor(this.me, at);
      const passes = () => {
        this.cursor = at;
      };
      if (said === undefined) passes();
      else await this.hear(said, passes);
    }
  }

  /** Reads one line; `beside`: what is written with it. */
  async hear(said: Said, beside: () => void = () => {}): Promise<ReadOutcome | undefined> {
    const isOwn = [...this.sealedTexts.values()].includes(said.sealed ?? '');
    const isMine = this.#chain === undefined ? said.from === this.me : isOwn;
    const isOwnText = isMine && said.sealed !== undefined;
    if (isOwnText || said.text !== undefined) {
      beside();
      return undefined;
    }
    if (said.from === this.me && said.id === this.#waiting?.localId && said.id !== undefined) {
      await this.#committed(said.id, said.seq ?? 0, said, beside);
      return undefined;
    }
    const outcome = await this.engine.read(this.#at, said);
    this.#write(outcome.changes, () => {
      this.#note(said, outcome);
      beside();
    });
    return outcome;
  }

  #note({ from, seq = 0 }: Said, { line, notices }: ReadOutcome): void {
    this.notices.push(...notices);
    if (line.kind === 'message') this.texts.push(`${from}: ${textOf(line.content)}`);
    if (line.kind === 'unreadable') this.unread.push(line.reason);
    if (line.kind === 'said') this.texts.push(`${from}: ${saidWords(line.frame)}`);
    const fate = line.kind === 'unreadable' ? { why: line.reason } : line.kind;
    const isRead = fate === 'message' || fate === 'said';
    this.fates.set(
      seq,
      isRead ? 'read' : fate === 'head' || fate === 'timer-told' ? 'silent' : fate,
    );
  }

  async need(): Promise<string | undefined> {
    return this.engine.need(this.#at);
  }

  async phase(): Promise<string | undefined> {
    return (await this.engine.view(this.#at))?.phase;
  }

  async digits(): Promise<string | undefined> {
    return (await this.engine.view(this.#at))?.digits;
  }

  async leaveTree(): Promise<void> {
    const tree = await this.engine.tree(this.#at, exportTree);
    if (tree !== undefined) this.server.leaveTree(tree, this.me);
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
