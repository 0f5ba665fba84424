// The directory of a server, as this device has it: fetched at each login, kept, and held against what this device knows.
// It must go on from the copy; what the server shows of anybody's devices must be in it, and the own links must be all
// that it has of this account; and people in sealed conversations must have been shown the same list. Whatever does not
// hold is an alarm: it is told, kept over starts, and nothing is sealed until the person has decided. Owns no chain.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes, equalBytes } from '../../../lib/bytes.ts';
import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import {
  directoryEntry,
  directoryEntryBytes,
  directoryTag,
  headToSign,
} from '../../../wire/statements/directory.ts';
import type { Username } from '../../../wire/text.ts';
import type { HashAtOnce } from '../../../wire/statements/tree-hash.ts';
import type { ToldHead } from '../../encryption/told-head.ts';
import type { PendingRequests, RequestFailure } from '../../pending-requests.ts';
import type { WallClock } from '../../ports.ts';
import type { Refreshed } from '../own-chain.ts';
import type { VerifiedChain } from '../verified-chain.ts';
import {
  alarmKey,
  type DirectoryAlarm,
  type DirectoryNews,
  type DirectoryState,
} from './directory-alarm.ts';
import { DirectoryCopy, hasEntry } from './directory-copy.ts';
import { agrees, HeardHeads } from './heard-heads.ts';
import {
  decodeDirectory,
  encodeDirectory,
  maxAccepted,
  maxBranches,
  maxBranchSize,
  maxDirectorySize,
  type DirectoryBranch,
  type DirectoryStore,
} from './stored-directory.ts';

export interface AccountDirectoryPorts {
  readonly me: string;
  readonly sha256: HashAtOnce;
  readonly store: DirectoryStore;
  readonly now: WallClock;
  readonly verify: (
    key: Uint8Array,
    bytes: Uint8Array,
    signature: Uint8Array,
  ) => boolean | Promise<boolean>;
  /** The identity of the server that this device has remembered. */
  readonly server: () => Promise<Uint8Array | undefined>;
  /** The own chain: as it is known, and as the server has it now. */
  readonly own: () => Promise<VerifiedChain>;
  readonly refreshOwn: () => Promise<Refreshed>;
  /** Asks for the chain of somebody whose devices this client uses. */
  readonly meet: (user: Username) => Promise<unknown>;
  /** Those people. */
  readonly people: () => Promise<readonly Username[]>;
  readonly news: (news: DirectoryNews) => void;
  /** The person has decided: what waits may be sealed. */
  readonly released: () => void;
}

/** What came of asking the server. */
type Fetched =
  | 'here'
  | 'none' // the server has no list, and never had one
  | 'too-long' // it is longer than any that is compared here
  | 'failed'; // it does not answer now, or what it says is an alarm

/** When a sealed conversation is told for the first time of the list that was shown here, and how often after that. */
const firstHeadMs = 60_000;
const headEveryMs = 24 * 60 * 60 * 1000;

/** So often the server may refuse the own chain before that counts as hiding it. */
const maxOwnRefused = 3;

/** So many people whose entries are new are asked about at once. */
const maxMet = 32;

export class AccountDirectory {
  readonly #ports: AccountDirectoryPorts;
  #copy: DirectoryCopy;
  #branches: readonly DirectoryBranch[] = [];
  #alarms: readonly DirectoryAlarm[] = [];
  #accepted: readonly string[] = [];
  #requests: PendingRequests | undefined;
  /** What the last fetch of this login has brought. */
  #fetched: Fetched | undefined;
  /** What contradicts the copy, until the person decides. */
  #shown: DirectoryCopy | undefined;
  /** The last head of the server: of the copy, once it is adopted. */
  #signed: ToldHead | undefined;
  /** How often it has refused to show the own chain, where the list has more of it than is known here. */
  #ownRefused = 0;
  /** Told in this run that nothing is compared. */
  #isToldTooLong = false;
  readonly #heads = new HeardHeads();
  /** Who has told something that the server has not signed, in this run. */
  readonly #unproven = new Set<string>();
  /** When each conversation was told which list was shown here. */
  readonly #told = new Map<string, number>();
  readonly #since: number;
  readonly #loaded: Promise<void>;
  #last: Promise<unknown>;

  constructor(ports: AccountDirectoryPorts) {
    this.#ports = ports;
    this.#copy = new DirectoryCopy(ports.sha256);
    this.#since = ports.now();
    this.#loaded = this.#load();
    this.#last = this.#loaded;
  }

  /** A server that knows chains is asked for its list. */
  login(requests: PendingRequests, { links, runs }: ExtendedEventOf<'WELCOME'>): void {
    // A server that keeps nothing has no runs, and begins a new list each time.
    const isAsked = links !== undefined && runs !== undefined;
    this.#requests = isAsked ? requests : undefined;
    this.#fetched = undefined;
    if (!isAsked) {
      void this.#step(() => this.#unanswered('unknown-request'));
      return;
    }
    void this.#step(() => this.#lookAround());
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** Whether nothing is to be sealed before the person has decided. */
  async isHeld(): Promise<boolean> {
    await this.#loaded;
    return this.#alarms.length > 0;
  }

  /** As soon as the server has answered what was asked before. */
  state(): Promise<DirectoryState> {
    return this.#step(async () => {
      const isThere = this.#copy.size > 0 || this.#fetched === 'here';
      return {
        size: isThere ? this.#copy.size : undefined,
        alarms: this.#alarms,
        ...(this.#branches.length > 0 && { isPutBack: true }),
        ...(this.#fetched === 'too-long' && { isTooLong: true }),
      };
    });
  }

  /**
   * The server is about to be asked for the chain of `user`. What comes back tells of its answer whether it fits what the
   * list says: if not, that is an alarm, and the chain is not to be used.
   */
  async expect(user: string): Promise<(links: readonly Uint8Array[]) => Promise<boolean>> {
    await this.#loaded;
    const before = this.#copy.linksOf(user);
    const branches = this.#branches;
    return (links) => this.#step(() => this.#fits(user, links, before, branches));
  }

  /** The server has given a key for `user` that none of their devices has. Whether the person has taken that before. */
  swappedKey(user: string): Promise<boolean> {
    return this.#step(() => this.#alarm({ kind: 'swapped-key', user }));
  }

  /**
   * What people compare in a sealed conversation, where it is time for that: a minute after the start, and daily.
   * Undefined where there is nothing sure to say.
   */
  headFor(conversation: string): ToldHead | undefined {
    const now = this.#ports.now();
    const toldAt = this.#told.get(conversation) ?? this.#since + firstHeadMs - headEveryMs;
    if (now - toldAt < headEveryMs) return undefined;
    const head = this.#head();
    if (head !== undefined) this.#told.set(conversation, now);
    return head;
  }

  #head(): ToldHead | undefined {
    const { size } = this.#copy;
    const isSure = this.#fetched === 'here' && this.#alarms.length === 0 && size > 0;
    return isSure && this.#signed?.size === size ? this.#signed : undefined;
  }

  /** A device of `user` has said in a sealed conversation which list it was shown. */
  heard(user: string, device: Uint8Array, head: ToldHead): void {
    this.#heads.heard(user, device, head);
    if (this.#fetched === 'here') void this.#step(() => this.#compareHeads());
  }

  /** The person takes what the server shows now. */
  accept(): Promise<boolean> {
    return this.#step(async () => {
      if (this.#alarms.length === 0) return false;
      const taken = this.#alarms.map(alarmKey).filter((key) => !this.#accepted.includes(key));
      // What has been taken once about the whole list may well happen again.
      const lasting = taken.filter((key) => key.includes(' ') || lastingAlarms.has(key));
      this.#accepted = [...lasting, ...this.#accepted].slice(0, maxAccepted);
      if (this.#shown !== undefined) this.#branchOff(this.#shown);
      this.#shown = undefined;
      this.#alarms = [];
      await this.#save();
      this.#ports.released();
      return true;
    });
  }

  /** Resolves when everything up to here is checked. */
  settled(): Promise<void> {
    return this.#step(async () => {});
  }

  // ---- one step after the other -----------------------------------------------------------------------------

  async #lookAround(): Promise<void> {
    // Only then the server has what this account says of itself.
    const own = await this.#ports.own().catch(() => undefined);
    const from = this.#copy.size;
    if ((await this.#fetch()) !== 'here') return;
    if (own !== undefined) await this.#checkOwn(own);
    await this.#compareHeads();
    const { people, meet, me } = this.#ports;
    if (from === 0 || this.#copy.size === from) return;
    const changed = (await people()).filter((one) => this.#copy.speaksOf(one, from));
    // Each of them takes a step of its own.
    for (const user of changed.filter((one) => one !== me).slice(0, maxMet)) {
      void meet(user).catch(() => {});
    }
  }

  async #checkOwn(known: VerifiedChain): Promise<void> {
    const { me, own, refreshOwn } = this.#ports;
    const isStrange = ({ chain }: VerifiedChain) =>
      this.#copy.linksOf(me).some((link) => !hasStep(chain.steps, link));
    if (!isStrange(known)) return;
    // Another device of this account may have made it just now. Without an answer the next login asks again.
    const refreshed = await refreshOwn();
    if (refreshed === 'gone' || !isStrange(await own())) return;
    if (refreshed === 'refused' && ++this.#ownRefused < maxOwnRefused) return;
    await this.#alarm({ kind: 'not-ours' });
  }

  async #fits(
    user: string,
    links: readonly Uint8Array[],
    before: readonly Uint8Array[],
    branches: readonly DirectoryBranch[],
  ): Promise<boolean> {
    if (this.#fetched === undefined) await this.#fetch();
    if (this.#fetched === 'none') return true;
    if (this.#fetched === 'too-long') return this.#alarm({ kind: 'too-long' });
    const isHidden = () => {
      const kept = this.#keptSince(branches).linksOf(user);
      return before.some((link) => !hasLink(links, link) && hasLink(kept, link));
    };
    const isListed = () => links.every((link) => this.#knows(user, link));
    if (isHidden() || !isListed()) {
      // A reset, or a link of just now, is in the list by now.
      if ((await this.#fetch()) !== 'here') return false;
    }
    if (isHidden()) return this.#alarm({ kind: 'hidden', user });
    return isListed() || this.#alarm({ kind: 'not-listed', user });
  }

  /** The list as far as it was never lost since there were only these branches: what is behind it may have come back later. */
  #keptSince(branches: readonly DirectoryBranch[]): DirectoryCopy {
    const parted = this.#branches.filter((one) => !branches.includes(one));
    if (parted.length === 0) return this.#copy;
    return this.#copy.cut(Math.min(this.#copy.size, ...parted.map(({ at }) => at)));
  }

  /** Whether the list has, or once had, that link of `user`. */
  #knows(user: string, link: Uint8Array): boolean {
    if (this.#copy.has(user, link)) return true;
    const entry = directoryEntry(directoryTag(this.#ports.sha256, user), link);
    return this.#branches.some(({ entries }) => hasEntry(entries, entry));
  }

  async #compareHeads(): Promise<void> {
    for (const heard of this.#heads.waiting) {
      const { user, head } = heard;
      const alarm = { kind: 'differs', user } as const;
      // Whoever says it again and again costs no more work.
      if (this.#isKnown(alarm)) {
        this.#heads.compared(heard);
        continue;
      }
      if (!(await this.#isProven(head))) {
        this.#heads.compared(heard);
        if (!this.#unproven.has(user)) this.#ports.news({ kind: 'unproven', user });
        this.#unproven.add(user);
        continue;
      }
      const fetched = head.size > this.#copy.size ? await this.#fetch() : this.#fetched;
      // They go on waiting: a server that does not answer now must not make them forgotten, and is no liar.
      if (fetched !== 'here') return;
      this.#heads.compared(heard);
      if (!agrees(head, this.#copy, this.#branches)) await this.#alarm(alarm);
    }
  }

  /** Whether this server has signed it. */
  async #isProven({ signature, ...head }: ToldHead): Promise<boolean> {
    const server = await this.#ports.server();
    return server === undefined || this.#ports.verify(server, headToSign(head), signature);
  }

  // ---- the list ---------------------------------------------------------------------------------------------

  async #fetch(): Promise<Fetched> {
    const requests = this.#requests;
    if (requests === undefined) return 'failed';
    const got = await this.#ask(requests, this.#copy.size);
    if (!got.ok) return this.#unanswered(got.code);
    this.#fetched = await this.#adopt(requests, got);
    // One that grows too long again is told again.
    if (this.#fetched === 'here' && this.#accepted.includes('too-long')) {
      this.#accepted = this.#accepted.filter((key) => key !== 'too-long');
      await this.#save();
    }
    return this.#fetched;
  }

  async #unanswered(code: RequestFailure['code'] | 'false-head' | 'too-long'): Promise<Fetched> {
    if (code === 'too-long') {
      this.#fetched = code;
      const isTaken = await this.#alarm({ kind: code });
      if (isTaken && !this.#isToldTooLong) this.#ports.news({ kind: 'not-compared' });
      this.#isToldTooLong ||= isTaken;
      return code;
    }
    const hasNone = code === 'unknown-request' && this.#copy.size === 0;
    if (code === 'false-head' || (code === 'unknown-request' && !hasNone)) {
      await this.#alarm({ kind: 'no-list' });
    }
    this.#fetched = hasNone ? 'none' : 'failed';
    return this.#fetched;
  }

  /** All entries behind `after`, with the head that they lead to. */
  async #ask(
    requests: PendingRequests,
    after: number,
  ): Promise<
    | { readonly ok: true; readonly entries: Uint8Array; readonly head: ToldHead }
    | { readonly ok: false; readonly code: RequestFailure['code'] | 'false-head' | 'too-long' }
  > {
    const pages: Uint8Array[] = [];
    let at = after;
    for (;;) {
      const answer = await requests.asking('DIRECTORY', { after: at });
      if (!answer.ok) return { ok: false, code: answer.error.code };
      const head = await this.#signedHead(answer.value);
      if (head === undefined) return { ok: false, code: 'false-head' };
      const { size } = head;
      const more = decodeBase64url(answer.value.entries ?? '') ?? new Uint8Array();
      pages.push(more);
      at += more.length / directoryEntryBytes;
      if (Math.max(size, at) > maxDirectorySize) return { ok: false, code: 'too-long' };
      if (at >= size || more.length === 0) {
        this.#signed = head;
        return { ok: true, entries: concatBytes(...pages), head };
      }
    }
  }

  async #signedHead({
    size,
    hash: text,
    at,
    signature: signed,
  }: ExtendedEventOf<'DIRECTORY'>): Promise<ToldHead | undefined> {
    const [hash, signature] = [decodeBase64url(text), decodeBase64url(signed)];
    if (hash === undefined || signature === undefined) return undefined;
    const head = { size, hash, at, signature };
    return (await this.#isProven(head)) ? head : undefined;
  }

  async #adopt(
    requests: PendingRequests,
    { entries, head: { size, hash } }: { readonly entries: Uint8Array; readonly head: ToldHead },
  ): Promise<Fetched> {
    const before = this.#copy.size;
    if (size >= before) {
      this.#copy.append(entries);
      if (this.#copy.size === size && equalBytes(this.#copy.root(), hash)) {
        if (size > before) await this.#save();
        return 'here';
      }
      this.#copy = this.#copy.cut(before);
    }
    if (before === 0) return this.#unanswered('false-head');
    return this.#contradicted(requests);
  }

  /** The list does not go on from the copy: all of it is fetched, to see why. */
  async #contradicted(requests: PendingRequests): Promise<Fetched> {
    const all = await this.#ask(requests, 0);
    if (!all.ok) return this.#unanswered(all.code);
    const shown = new DirectoryCopy(this.#ports.sha256, all.entries);
    if (shown.size !== all.head.size || !equalBytes(shown.root(), all.head.hash)) {
      return this.#unanswered('false-head');
    }
    const shared = this.#copy.shared(shown);
    if (shared === this.#copy.size) {
      this.#copy = shown;
      await this.#save();
      return 'here';
    }
    if (shown.putBacks() > shown.putBacks(shared)) {
      const lost = this.#copy.size - shared;
      this.#branchOff(shown);
      await this.#save();
      this.#ports.news({ kind: 'put-back', lost });
      return 'here';
    }
    this.#shown = shown;
    await this.#alarm({ kind: shared === shown.size ? 'older-list' : 'other-list' });
    return 'failed';
  }

  /** From now on `shown` is the list. What the copy had beyond it is remembered. */
  #branchOff(shown: DirectoryCopy): void {
    const at = this.#copy.shared(shown);
    const to = Math.min(this.#copy.size, at + maxBranchSize);
    if (to > at) {
      const branch = { at, entries: this.#copy.bytes(at, to), left: this.#ports.now() };
      // Branches begin where this list and theirs part, which may be earlier by now.
      const others = this.#branches.filter((one) => one.at <= at);
      this.#branches = [branch, ...others].slice(0, maxBranches);
    }
    this.#copy = shown;
  }

  /** Whether the person has been told, or has taken it. */
  #isKnown(alarm: DirectoryAlarm): boolean {
    const key = alarmKey(alarm);
    return this.#accepted.includes(key) || this.#alarms.some((one) => alarmKey(one) === key);
  }

  /** Raises an alarm that the person has not decided about. Whether they have taken the same before. */
  async #alarm(alarm: DirectoryAlarm): Promise<boolean> {
    if (this.#accepted.includes(alarmKey(alarm))) return true;
    if (this.#isKnown(alarm)) return false;
    this.#alarms = [...this.#alarms, alarm];
    await this.#save();
    this.#ports.news({ kind: 'alarm', alarm });
    return false;
  }

  async #load(): Promise<void> {
    const { store, sha256, news } = this.#ports;
    const content = await store.load().catch(() => new Uint8Array());
    const stored = content && decodeDirectory(sha256, content);
    if (stored === undefined) {
      if (content !== undefined) news({ kind: 'damaged' });
      return;
    }
    this.#copy = new DirectoryCopy(sha256, stored.entries);
    this.#branches = stored.branches;
    this.#alarms = stored.alarms;
    this.#accepted = stored.accepted;
    for (const alarm of stored.alarms) news({ kind: 'alarm', alarm });
  }

  async #save(): Promise<void> {
    const { store, sha256 } = this.#ports;
    const entries = this.#copy.bytes();
    const [branches, alarms, accepted] = [this.#branches, this.#alarms, this.#accepted];
    // What cannot be kept holds for this run, and the next one fetches the list again.
    await store
      .save(encodeDirectory(sha256, { entries, branches, alarms, accepted }))
      .catch(() => {});
  }

  #step<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** What has been taken once holds from then on. Of the others each time is another one. */
const lastingAlarms: ReadonlySet<string> = new Set<DirectoryAlarm['kind']>([
  'not-ours',
  'too-long',
]);

function hasLink(links: readonly Uint8Array[], link: Uint8Array): boolean {
  return links.some((one) => equalBytes(one, link));
}

function hasStep(steps: VerifiedChain['chain']['steps'], link: Uint8Array): boolean {
  return steps.some(({ hash }) => equalBytes(hash, link));
}
