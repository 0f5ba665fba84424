// The sealed groups of an account on this device: which there are, what a line of their logs means here, what is sealed
// for them, and what is to be done next. Records in, an answer and changes out, as with private messages.
//
// Three rules for callers, as there. ONE CALL AT A TIME: two at once would use one key twice (it throws). Changes hold in
// memory at once, and are STORED, WITH WHAT THEY BELONG TO, BEFORE anything of it is sent or shown. When a write fails,
// nothing is asked of it any more.
//
// Nothing that the server or a member sends makes it throw. It must not know the connection, the outbox or the history.
import { formatHex, parseHex } from '../../../lib/bytes.ts';
import { invariant } from '../../../lib/invariant.ts';
import type { Result } from '../../../lib/result.ts';
import { epochDigits } from '../../../e2ee/group/group-info.ts';
import { forgetSession, members, type GroupSession } from '../../../e2ee/group/group-session.ts';
import { decodePending } from '../../../e2ee/group/storage/pending-record.ts';
import { drawGroupId } from '../../../e2ee/group/profile.ts';
import { decodeGroupSession } from '../../../e2ee/group/storage/stored-session.ts';
import type { ExtendedEventOf, RosterItem } from '../../../wire/extended/events.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type {
  GroupMode,
  RecordBody,
  RosterAccount,
} from '../../../wire/statements/roster-record.ts';
import { adminsOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import { namesOf, rulesOf } from '../../../wire/statements/roster-roles.ts';
import type { GroupName } from '../../../wire/text.ts';
import type { ClientChange, GroupPart } from '../../store/store-port.ts';
import type { MessageFrame } from '../message-frame.ts';
import {
  enterSealedGroup,
  type EntryMaterial,
  type EntryProblem,
  type MadeEntry,
} from './entry.ts';
import { refusalsUntilEntry } from './limits.ts';
import type { GroupPorts } from './ports.ts';
import { loseTrack, readGroupLine, type ReadOutcome } from './reading.ts';
import { applyItem } from './roster-log.ts';
import {
  pendingPart,
  rosterPrefix,
  SealedGroup,
  sessionPrefix,
  statePart,
} from './sealed-group.ts';
import {
  openGroupSignal,
  sealGroupSignal,
  type OpenedSignal,
  type SealedSignal,
} from './signalling.ts';
import { decodeItem, decodeStoredGroup, type StoredGroup } from './stored-group.ts';
import {
  closesGaps,
  dropOwn,
  dueLeaves,
  foundSealedGroup,
  isOwnValid,
  isPassedOver,
  isRotationDue,
  makeRecord,
  ownCommitted,
  ownRefused,
  putOutAgain,
  removeFromGroup,
  rotateKeys,
  sealForGroup,
  type MadeCommit,
  type OwnLine,
  type SealedText,
  type SealRefusal,
} from './writing.ts';

/** What this device is to do about a group, once it has processed its log. */
export type GroupNeed = 'enter' | 'remove' | 'rotate' | 'fill-gaps' | undefined;

/** A group as views see it. */
export interface GroupView {
  readonly phase: 'in' | 'entering' | 'out';
  readonly mode: GroupMode | undefined;
  readonly admins: readonly string[];
  readonly moderators: readonly string[];
  readonly members: readonly string[];
  /** Digits for members to compare, equal for those in the same state; undefined outside. */
  readonly digits: string | undefined;
}

export class GroupEngine {
  readonly #ports: GroupPorts;
  readonly #groups = new Map<ConversationName, SealedGroup>();
  /** What is stored of groups, until they are first used. */
  readonly #stored: Map<ConversationName, GroupPart[]>;
  #isBusy = false;

  /** `parts` are those that a client starts with. */
  constructor(ports: GroupPorts, parts: readonly GroupPart[]) {
    this.#ports = ports;
    this.#stored = groupParts(parts);
  }

  /** Whether a conversation is known as a sealed group. Once it is one it stays one, whatever the server says. */
  isSealed(conversation: ConversationName): boolean {
    return this.#groups.has(conversation) || this.#stored.has(conversation);
  }

  /** The server describes a conversation as the sealed group `groupId` (in hex); another one of its name is forgotten. */
  describe(conversation: ConversationName, groupId: string): Promise<readonly ClientChange[]> {
    return this.#alone(async () => {
      const known = await this.#group(conversation);
      if (known?.groupId === groupId) {
        // Of an earlier login, and of nobody's signature: it holds up nothing in this one.
        known.mustReach = 0;
        known.missesLast = false;
        known.refusedHere = 0;
        // Let in again.
        return known.phase.kind === 'out' ? known.enter({ kind: 'outside', why: 'new' }) : [];
      }
      if (known?.phase.kind === 'in') forgetSession(known.phase.session);
      const group = new SealedGroup(conversation, groupId);
      this.#groups.set(conversation, group);
      return [{ type: 'group-removed', conversation }, group.stateChange()];
    });
  }

  /**
   * The server has an open conversation of that name. The seal stays: nothing is said there before the person has decided.
   * Undefined where there is nothing to decide.
   */
  replaced(conversation: ConversationName): Promise<readonly ClientChange[] | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      // What becomes of a founding is its own answer.
      if (group === undefined || group.own?.kind === 'found') return undefined;
      const { phase } = group;
      if (phase.kind === 'out' && phase.why === 'replaced') return undefined;
      const refused = dropOwn(group);
      if (phase.kind === 'in') forgetSession(phase.session);
      return [...refused, ...group.enter({ kind: 'out', why: 'replaced' })];
    });
  }

  /** Whether the server has an open conversation of that name, and the person has not decided about it. */
  isReplaced(conversation: ConversationName): boolean {
    const state = this.#stored.get(conversation)?.find(({ part }) => part === statePart);
    const stored = state && decodeStoredGroup(state.bytes);
    const phase = this.#groups.get(conversation)?.phase ?? stored?.phase;
    return phase?.kind === 'out' && phase.why === 'replaced';
  }

  /** The person takes part in the open conversation of that name. */
  forget(conversation: ConversationName): Promise<readonly ClientChange[]> {
    return this.#alone(async () => {
      const known = await this.#group(conversation);
      if (known === undefined) return [];
      if (known.phase.kind === 'in') forgetSession(known.phase.session);
      this.#groups.delete(conversation);
      return [{ type: 'group-removed', conversation }];
    });
  }

  /**
   * The store is an older copy: nothing is sealed with a state of it, because a newer one has used its keys since. It reads
   * on until this device has entered anew.
   */
  restoredFromCopy(): Promise<readonly ClientChange[]> {
    return this.#alone(async () => {
      const changes: ClientChange[] = [];
      for (const conversation of [...this.#stored.keys(), ...this.#groups.keys()]) {
        const group = await this.#group(conversation);
        if (group === undefined) continue;
        changes.push(...dropOwn(group));
        if (group.phase.kind !== 'in') continue;
        changes.push(...group.enter({ ...group.phase, isSpent: true }));
      }
      return changes;
    });
  }

  /**
   * The server was put back: its log is the one of before up to `common` only. What stands on later lines is of no use any
   * more.
   */
  putBack(conversation: ConversationName, common: number): Promise<readonly ClientChange[]> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      if (group === undefined || group.own?.kind === 'found') return [];
      const { seen, rosterSeq, lastOut, phase } = group;
      if (Math.max(seen, rosterSeq, lastOut) <= common) return [];
      const refused = dropOwn(group);
      group.mustReach = 0;
      // Somebody who is out waits for the server's word that this is so no more.
      if (phase.kind === 'out') return refused;
      if (phase.kind === 'in') forgetSession(phase.session);
      return [...refused, ...group.enter({ kind: 'outside', why: 'put-back' })];
    });
  }

  /** Whether a line in the clear at `seq` is nobody's: the group was sealed before. */
  isSealedAt(conversation: ConversationName, seq: number | undefined): Promise<boolean> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group?.foundedAt !== undefined && (seq ?? Infinity) > group.foundedAt;
    });
  }

  /** Reads a line of the group's log. In the log's order, each once. */
  read(conversation: ConversationName, said: ExtendedEventOf<'MSG'>): Promise<ReadOutcome> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group === undefined
        ? { line: { kind: 'silent' }, changes: [], notices: [] }
        : readGroupLine(this.#ports, group, said);
    });
  }

  /** What is to be done next. Only where the log is processed as far as the server has said. */
  need(conversation: ConversationName): Promise<GroupNeed> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      if (group === undefined || group.own !== undefined) return undefined;
      const { phase } = group;
      if (phase.kind === 'outside') return 'enter';
      if (phase.kind === 'in' && (phase.isSpent || group.missesLast)) return 'enter';
      if (phase.kind !== 'in' || group.seen < group.mustReach) return undefined;
      if (dueLeaves(this.#ports, group).length > 0 || putOutAgain(group) !== undefined)
        return 'remove';
      if (isRotationDue(group, this.#ports.now())) return 'rotate';
      return closesGaps(group) ? 'fill-gaps' : undefined;
    });
  }

  /**
   * Something was refused because the log has gone on: nothing is sealed or committed before it is processed up to the
   * commit `last`. `cursor`: how far it is processed.
   */
  isBehind(conversation: ConversationName, last: number, cursor: number): void {
    const group = this.#groups.get(conversation);
    if (group === undefined) return;
    group.mustReach = Math.max(group.mustReach, last);
    // The log was read as far as that, and had no commit there for this device; or one behind it that is in no log.
    if (group.seen > last || (group.seen < last && cursor >= last)) group.missesLast = true;
    // Void commits have come since: what stands before the last few lines of commits is taken no more.
    if (group.on < last && group.seen >= last) group.isLeftBehind = true;
    // Nothing that this device was shown speaks against where it stands: a line that puts somebody out is hidden from it.
    const isThere = group.on === last && group.seen === last && cursor >= last;
    group.refusedHere = isThere ? group.refusedHere + 1 : 0;
    if (group.refusedHere >= refusalsUntilEntry) group.missesLast = true;
  }

  /** Seals `frame` for the group. `id`: of the frame, or of one that has none. */
  seal(
    conversation: ConversationName,
    frame: MessageFrame,
    id = frame.id ?? '',
  ): Promise<Result<SealedText, SealRefusal>> {
    return this.#alone(async () =>
      sealForGroup(this.#ports, await this.#known(conversation), frame, id),
    );
  }

  /** Seals a signal; undefined where a text could not be sealed either. `random`: 12 bytes, never used twice. */
  sealSignal(
    conversation: ConversationName,
    body: Uint8Array,
    random: Uint8Array,
  ): Promise<SealedSignal | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group && sealGroupSignal(this.#ports, group, body, random);
    });
  }

  /** What a signal says, and who; `later`: a commit is to be processed before. Undefined: it is of no use. */
  openSignal(
    conversation: ConversationName,
    signal: SealedSignal,
  ): Promise<OpenedSignal | 'later' | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group && openGroupSignal(group, signal);
    });
  }

  /**
   * Founds a group, or seals an open one. `localId` is the outbox entry that the commit becomes. `invited`: who may enter
   * one by invitation from the beginning.
   */
  found(
    conversation: ConversationName,
    name: GroupName,
    mode: GroupMode,
    localId: string,
    invited: readonly RosterAccount[] = [],
  ): Promise<MadeCommit | undefined> {
    return this.#alone(async () => {
      const known = await this.#group(conversation);
      const group = new SealedGroup(conversation, formatHex(drawGroupId(this.#ports.suite)));
      const isReplaced = this.isReplaced(conversation);
      group.before = known?.before ?? (known && { groupId: known.groupId, isReplaced });
      const made = await foundSealedGroup(this.#ports, group, { name, mode, invited }, localId);
      if (made === undefined) return undefined;
      this.#groups.set(conversation, group);
      const changes = [{ type: 'group-removed', conversation } as const, ...made.changes];
      return { fields: made.fields, changes };
    });
  }

  enter(
    conversation: ConversationName,
    material: EntryMaterial,
    localId: string,
  ): Promise<Result<MadeEntry, EntryProblem>> {
    return this.#alone(async () =>
      enterSealedGroup(this.#ports, await this.#known(conversation), material, localId),
    );
  }

  /** Removes whoever may not be in the tree, and whom `records` put out. */
  remove(
    conversation: ConversationName,
    records: readonly string[],
    localId: string,
  ): Promise<MadeCommit | undefined> {
    return this.#alone(async () =>
      removeFromGroup(this.#ports, await this.#known(conversation), records, localId),
    );
  }

  rotate(conversation: ConversationName, localId: string): Promise<MadeCommit | undefined> {
    return this.#alone(async () => rotateKeys(await this.#known(conversation), localId));
  }

  /** A record about the group, signed by this device; undefined where it can sign none now. */
  record(conversation: ConversationName, body: RecordBody): Promise<string | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group && makeRecord(this.#ports, group, body);
    });
  }

  /**
   * The log holds a commit of this device at `seq`, or no more; `line`: that line, where it is there. `isIn`: whether this
   * device reads the group from here on.
   */
  committed(
    conversation: ConversationName,
    localId: string,
    seq: number | undefined,
    line?: OwnLine,
  ): Promise<{ readonly isIn: boolean; readonly changes: readonly ClientChange[] } | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      if (group === undefined) return undefined;
      const isOwn = group.own?.localId === localId;
      if (isOwn && line === undefined && isPassedOver(group, seq)) {
        const refused = ownRefused(group, localId);
        return { isIn: false, changes: [...refused, ...loseTrack(group)] };
      }
      if (!isOwn || line === undefined || (await isOwnValid(this.#ports, group, line))) {
        return ownCommitted(this.#ports, group, localId, seq);
      }
      const refused = ownRefused(group, localId);
      const { changes } = await readGroupLine(this.#ports, group, line.said);
      return { isIn: group.phase.kind === 'in', changes: [...refused, ...changes] };
    });
  }

  /** The server has refused a commit of this device. A group that it was to found is not there. */
  refused(conversation: ConversationName, localId: string): Promise<readonly ClientChange[]> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      const isFounding = group?.own?.kind === 'found' && group.own.localId === localId;
      if (group === undefined) return [];
      const changes = ownRefused(group, localId);
      if (!isFounding) return changes;
      if (group.phase.kind === 'in') forgetSession(group.phase.session);
      this.#groups.delete(conversation);
      const removed = { type: 'group-removed', conversation } as const;
      const { before } = group;
      if (before === undefined) return [removed];
      const again = new SealedGroup(conversation, before.groupId);
      again.phase = before.isReplaced
        ? { kind: 'out', why: 'replaced' }
        : { kind: 'outside', why: 'lost' };
      this.#groups.set(conversation, again);
      return [removed, again.stateChange()];
    });
  }

  /** Whether a founding by this device is under way. */
  isFounding(conversation: ConversationName): Promise<boolean> {
    return this.#alone(async () => (await this.#group(conversation))?.own?.kind === 'found');
  }

  /** The person has decided about somebody's key: keys are compared anew. */
  decided(): void {
    for (const group of this.#groups.values()) group.comparedEpoch = -1;
  }

  /** The same as `view`, without waiting; undefined also of a group that nothing has been done with since the start. */
  shown(conversation: ConversationName): GroupView | undefined {
    const group = this.#groups.get(conversation);
    return group && viewOf(group);
  }

  view(conversation: ConversationName): Promise<GroupView | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      return group && viewOf(group);
    });
  }

  /** Whether this device is in the sealed group `groupId` (in hex), and the server shows no other in its place. */
  isIn(conversation: ConversationName, groupId: string): Promise<boolean> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      const isThat = group?.groupId === groupId && !this.isReplaced(conversation);
      return isThat && group.phase.kind === 'in';
    });
  }

  /** The signed list of the members, as this device knows it. */
  roster(conversation: ConversationName): Promise<SignedRoster | undefined> {
    return this.#alone(async () => (await this.#group(conversation))?.roster);
  }

  /** The keys of the devices in the tree; none where this device is outside. */
  devices(conversation: ConversationName): Promise<readonly Uint8Array[]> {
    return this.#alone(async () => {
      const phase = (await this.#group(conversation))?.phase;
      return phase?.kind === 'in' ? members(phase.session).map(({ key }) => key) : [];
    });
  }

  /**
   * Whether a device of somebody else has entered a group, and may read what is said there. Of a server that was put back
   * that is not known: they may have come after that.
   */
  isShared(conversation: ConversationName): Promise<boolean> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      const { phase } = group ?? {};
      if (phase?.kind === 'outside' && phase.why === 'put-back') return false;
      return group?.roster?.members.some(({ name }) => name !== this.#ports.me) === true;
    });
  }

  /** The tree as it is, for the server, and behind which commit line; undefined outside. */
  async tree(
    conversation: ConversationName,
    exported: (session: Parameters<typeof members>[0]) => Promise<Uint8Array>,
  ): Promise<{ readonly at: number; readonly bytes: Uint8Array } | undefined> {
    return this.#alone(async () => {
      const group = await this.#group(conversation);
      if (group?.phase.kind !== 'in') return undefined;
      return { at: group.on, bytes: await exported(group.phase.session) };
    });
  }

  async #known(conversation: ConversationName): Promise<SealedGroup> {
    const group = await this.#group(conversation);
    invariant(group !== undefined, 'only what is known as sealed is sealed for');
    return group;
  }

  async #group(conversation: ConversationName): Promise<SealedGroup | undefined> {
    const known = this.#groups.get(conversation);
    const parts = this.#stored.get(conversation);
    if (known !== undefined || parts === undefined) return known;
    this.#stored.delete(conversation);
    const group = await loadGroup(this.#ports, conversation, parts);
    this.#groups.set(conversation, group);
    return group;
  }

  async #alone<T>(task: () => Promise<T>): Promise<T> {
    invariant(!this.#isBusy, 'one call at a time: a key would be used twice');
    this.#isBusy = true;
    try {
      return await task();
    } finally {
      this.#isBusy = false;
    }
  }
}

function groupParts(parts: readonly GroupPart[]): Map<ConversationName, GroupPart[]> {
  const groups = new Map<ConversationName, GroupPart[]>();
  for (const part of parts) {
    const of = groups.get(part.conversation) ?? [];
    of.push(part);
    groups.set(part.conversation, of);
  }
  return groups;
}

function viewOf(group: SealedGroup): GroupView {
  const { phase, roster } = group;
  const session = phase.kind === 'in' ? phase.session : undefined;
  return {
    phase: phase.kind === 'outside' ? 'entering' : phase.kind,
    mode: roster?.mode,
    admins: roster === undefined ? [] : adminsOf(roster).map(({ name }) => name),
    moderators: roster === undefined ? [] : namesOf(roster, rulesOf(roster).moderators),
    members: session === undefined ? [] : namesIn(session),
    digits: session && epochDigits(session),
  };
}

/** Whoever has several devices is one of them. */
function namesIn(session: GroupSession): readonly string[] {
  return [...new Set(members(session).map(({ identity }) => identity.name))];
}

/** A group from what is stored of it. What cannot be used is as good as lost: the device enters anew. */
async function loadGroup(
  ports: GroupPorts,
  conversation: ConversationName,
  parts: readonly GroupPart[],
): Promise<SealedGroup> {
  const named = new Map(parts.map(({ part, bytes }) => [part, bytes]));
  const bytes = named.get(statePart);
  const stored = bytes && decodeStoredGroup(bytes);
  const group = new SealedGroup(conversation, stored?.groupId ?? '');
  if (stored === undefined) return group;
  const { root, seen, lastOut, rosterSeq, rosterItems, returned, before } = stored;
  Object.assign(group, { root, seen, lastOut, rosterSeq, rosterItems, returned, before });
  for (const { part, bytes: itemBytes } of parts) {
    if (!part.startsWith(rosterPrefix)) continue;
    const item = decodeItem(itemBytes);
    const next = item && (await applyItem(ports, group.roster, item));
    if (next?.ok) group.roster = next.value;
    if (item && 'founded' in item) group.foundedAt = item.seq;
  }
  await loadPhase(ports, group, stored, parts);
  const pending = stored.pending;
  if (pending === undefined) return group;
  const record = named.get(pendingPart);
  const { localId, kind, items } = pending;
  const own = { localId, kind, items: items as RosterItem[] };
  if (kind === 'found') {
    group.own = { ...own, commit: undefined };
    return group;
  }
  const identity = { root: parseHex(root), name: ports.me };
  const session = group.phase.kind === 'in' ? group.phase.session : undefined;
  const base = kind === 'enter' ? undefined : session;
  const decoded =
    record && (await decodePending(ports.suite, ports.device, identity, base, record));
  if (decoded?.ok) group.own = { ...own, commit: decoded.value };
  return group;
}

async function loadPhase(
  ports: GroupPorts,
  group: SealedGroup,
  { phase }: StoredGroup,
  parts: readonly GroupPart[],
): Promise<void> {
  if (phase.kind !== 'in') {
    group.phase = phase;
    return;
  }
  const rest = parts
    .filter(({ part }) => part.startsWith(sessionPrefix))
    .map(({ part, bytes }) => ({ part: part.slice(sessionPrefix.length), bytes }));
  const identity = { root: parseHex(group.root), name: ports.me };
  const session = await decodeGroupSession(ports.suite, ports.device, identity, rest);
  group.phase = session.ok
    ? { ...phase, session: session.value }
    : { kind: 'outside', why: 'state-lost' };
}
