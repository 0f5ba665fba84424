// One sealed group on this device: its roster, its MLS session, where both stand in the group's log, and the changes that
// keep all of it on the disk. Decides nothing; reading.ts, writing.ts and entry.ts do.
import type { GroupSession } from '../../../e2ee/group/group-session.ts';
import type { GroupLeaf } from '../../../e2ee/group/public-group.ts';
import type { PendingCommit } from '../../../e2ee/group/pending-commit.ts';
import { changedParts, removedParts } from '../../../e2ee/group/storage/session-parts.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { parseHex } from '../../../lib/bytes.ts';
import { memberOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { ClientChange } from '../../store/store-port.ts';
import { keptEpochs } from './limits.ts';
import type { ChainedAccount } from './ports.ts';
import {
  encodeItem,
  encodeStoredGroup,
  type OutReason,
  type OutsideReason,
  type StoredGroup,
} from './stored-group.ts';

export interface InPhase {
  readonly kind: 'in';
  readonly session: GroupSession;
  /** Which commit line each epoch begins with, the newest first. */
  readonly epochs: readonly { readonly epoch: number; readonly on: number }[];
  readonly ownTexts: number;
  readonly freshAt: number;
  /** Whether nobody can enter with the GroupInfo of this state: it has another key for them than the group. */
  readonly hasFalseInfo: boolean;
  /** Whether the store was an older copy: nothing is sealed or committed with this state, whose keys were used since. */
  readonly isSpent: boolean;
}

export type GroupPhase =
  | InPhase
  | { readonly kind: 'outside'; readonly why: OutsideReason }
  /** `replaced`: the server has an open group of that name, and the person has not decided about it. */
  | { readonly kind: 'out'; readonly why: OutReason | 'replaced' };

/** A commit of one's own on its way. */
export interface OwnCommit {
  /** Its entry of the outbox. */
  readonly localId: string;
  readonly kind: 'found' | 'enter' | 'remove' | 'rotate';
  /** What its line will say about the roster; `seq` is 0 until that is known. */
  readonly items: readonly RosterItem[];
  /** Absent of a founding, whose session is there already. */
  readonly commit: PendingCommit | undefined;
}

/** What was found about a tree and a roster. */
export interface DueLeaves {
  readonly leaves: readonly GroupLeaf[];
  readonly roster: SignedRoster;
  readonly found: readonly GroupLeaf[];
}

/** What a roster is with the accounts that are known beside the log. */
export interface RosterNow {
  readonly roster: SignedRoster;
  readonly own: ChainedAccount | undefined;
  readonly others: readonly ChainedAccount[];
  readonly found: SignedRoster;
}

export class SealedGroup {
  readonly conversation: ConversationName;
  /** The MLS group, in hex. */
  readonly groupId: string;
  /** The own account's root16 in hex, as the own leaf has it; empty outside. */
  root = '';
  roster: SignedRoster | undefined;
  phase: GroupPhase = { kind: 'outside', why: 'new' };
  seen = 0;
  lastOut = 0;
  rosterSeq = 0;
  rosterItems = 0;
  /** Whom a server that was put back has in again though they had been put out: their root16 in hex. */
  returned: readonly string[] = [];
  own: OwnCommit | undefined;
  /** Of a founding: the sealed group that was known by that name before. */
  before: StoredGroup['before'];
  /** Before anything is sealed or committed, the log is to be processed up to here. Not stored. */
  mustReach = 0;
  /** Whether the server takes nothing any more that stands where this device does. Not stored. */
  isLeftBehind = false;
  /** Whether the last commit that the server has named is not the one that it has shown to this device. Not stored. */
  missesLast = false;
  /** How often the server has refused what stands on its last commit, one after the other. Not stored. */
  refusedHere = 0;
  /** The epoch for which the members' keys were compared with the pins. Not stored. */
  comparedEpoch = -1;
  /** Which leaves of a tree may not be in it by a roster. Not stored. */
  due: DueLeaves | undefined;
  /** What the roster is with what is known beside the log, and of what it was made. Not stored. */
  now: RosterNow | undefined;
  /** Whether gaps in the tree of an epoch are to be closed by this device. Not stored. */
  gaps: { readonly epoch: number; readonly isWide: boolean } | undefined;
  /** The line that founded the group; what is in the clear behind it is nobody's. From the roster's items. */
  foundedAt: number | undefined;

  constructor(conversation: ConversationName, groupId: string) {
    this.conversation = conversation;
    this.groupId = groupId;
  }

  /** The commit line that the own state comes from. */
  get on(): number {
    return this.phase.kind === 'in' ? (this.phase.epochs[0]?.on ?? 0) : 0;
  }

  /** Goes on to `phase`. What is stored follows. */
  enter(phase: GroupPhase): ClientChange[] {
    const before = this.phase.kind === 'in' ? this.phase.session : undefined;
    this.phase = phase;
    this.comparedEpoch = -1;
    const after = phase.kind === 'in' ? phase.session : undefined;
    return [...this.#sessionChanges(before, after), this.stateChange()];
  }

  /** The session has gone on within its epoch: a message was sealed or opened. */
  advance(session: GroupSession, ownTexts: number): ClientChange[] {
    if (this.phase.kind !== 'in') return [];
    const { session: before, ownTexts: was } = this.phase;
    this.phase = { ...this.phase, session, ownTexts };
    const changes = this.#sessionChanges(before, session);
    return was === ownTexts ? changes : [...changes, this.stateChange()];
  }

  /** The own state after the commit line `on`. */
  atCommit(
    session: GroupSession,
    on: number,
    isFresh: boolean,
    now: number,
    hasFalseInfo = false,
  ): ClientChange[] {
    const was = this.phase.kind === 'in' ? this.phase : undefined;
    this.isLeftBehind = false;
    this.missesLast = false;
    this.refusedHere = 0;
    const { epoch } = session;
    const earlier = was?.epochs.filter((one) => one.epoch !== epoch) ?? [];
    const epochs = [{ epoch, on }, ...earlier].slice(0, keptEpochs);
    const keys =
      was === undefined || isFresh
        ? { ownTexts: 0, freshAt: now, isSpent: false }
        : { ownTexts: was.ownTexts, freshAt: was.freshAt, isSpent: was.isSpent };
    return this.enter({ kind: 'in', session, epochs, ...keys, hasFalseInfo });
  }

  /** The items of a line are in the roster. The state is for the caller to store. */
  keepItems(roster: SignedRoster, items: readonly RosterItem[], seq: number): ClientChange[] {
    this.roster = roster;
    this.rosterSeq = seq;
    this.returned = this.returned.filter((root) => memberOf(roster, parseHex(root)) !== undefined);
    return items.map((item) => {
      if ('founded' in item) this.foundedAt = item.seq;
      this.rosterItems += 1;
      return this.#part(itemPart(this.rosterItems), encodeItem(item));
    });
  }

  /** The roster is told anew, up to the line `seq`. */
  replaceItems(roster: SignedRoster, items: readonly RosterItem[], seq: number): ClientChange[] {
    const removed = this.rosterItems;
    this.rosterItems = 0;
    const put = this.keepItems(roster, items, seq);
    const rest: ClientChange[] = [];
    for (let at = this.rosterItems + 1; at <= removed; at++) rest.push(this.#gone(itemPart(at)));
    return [...put, ...rest];
  }

  /** A commit of one's own is under way, or none any more. `record`: what is stored of it. */
  commitOwn(own: OwnCommit | undefined, record: Uint8Array | undefined): ClientChange[] {
    this.own = own;
    const part = record === undefined ? this.#gone(pendingPart) : this.#part(pendingPart, record);
    return [part, this.stateChange()];
  }

  stateChange(): ClientChange {
    const { groupId, root, phase, seen, lastOut, rosterSeq, rosterItems, returned, own, before } =
      this;
    const state: StoredGroup = {
      groupId,
      root,
      phase: storedPhase(phase),
      seen,
      lastOut,
      rosterSeq,
      rosterItems,
      returned: [...returned],
      ...(own?.kind === 'found' && before !== undefined && { before }),
      pending: own && { localId: own.localId, kind: own.kind, items: [...own.items] },
    };
    return this.#part(statePart, encodeStoredGroup(state));
  }

  #sessionChanges(
    before: GroupSession | undefined,
    after: GroupSession | undefined,
  ): ClientChange[] {
    if (after !== undefined && (before === undefined || before.groupId === after.groupId)) {
      return changedParts(before, after).map(({ part, bytes }) => this.#sessionPart(part, bytes));
    }
    return before === undefined
      ? []
      : removedParts(before).map(({ part }) => this.#sessionPart(part, undefined));
  }

  #sessionPart(part: string, bytes: Uint8Array | undefined): ClientChange {
    const name = sessionPrefix + part;
    return bytes === undefined ? this.#gone(name) : this.#part(name, bytes);
  }

  #part(part: string, bytes: Uint8Array): ClientChange {
    return { type: 'group-part', part: { conversation: this.conversation, part, bytes } };
  }

  #gone(part: string): ClientChange {
    return { type: 'group-part-removed', conversation: this.conversation, part };
  }
}

export const statePart = 'state';
export const pendingPart = 'pending';
export const sessionPrefix = 'mls.';
export const rosterPrefix = 'roster.';

function itemPart(at: number): string {
  return `${rosterPrefix}${String(at).padStart(8, '0')}`;
}

function storedPhase(phase: GroupPhase): StoredGroup['phase'] {
  if (phase.kind !== 'in') return phase;
  const { epochs, ownTexts, freshAt, hasFalseInfo, isSpent } = phase;
  return { kind: 'in', epochs: [...epochs], ownTexts, freshAt, hasFalseInfo, isSpent };
}
