// Reads the lines of a sealed group in the order of its log: the roster goes on, MLS commits are followed or void, and
// messages are opened.
//
// The first valid commit on the current one is the group's. Valid is what everybody can check: the line, the roster, the
// public tree, and the GroupInfo that comes with it. So all members and all newcomers find the same, whoever the server
// shows the log to. A member whose secrets do not follow a valid commit is lost, and enters anew.
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes, formatHex } from '../../../lib/bytes.ts';
import { applyCommit } from '../../../e2ee/group/commits.ts';
import { checkInfo, isPublicInfoOf } from '../../../e2ee/group/group-info.ts';
import { openInGroup, readGroupMessage } from '../../../e2ee/group/group-message.ts';
import { forgetSession, publicGroup } from '../../../e2ee/group/group-session.ts';
import type { GroupChange } from '../../../e2ee/group/policy.ts';
import type { GroupLeaf } from '../../../e2ee/group/public-group.ts';
import { followCommit } from '../../../e2ee/group/replay.ts';
import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import { isPrivateConversation } from '../../../wire/extended/names.ts';
import { outlineOf } from '../../../wire/mls-outline.ts';
import { losesDevice, memberOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import { isNote, type SpokenContent } from '../../content.ts';
import type { ClientChange } from '../../store/store-port.ts';
import { decodeFrame, type MessageFrame } from '../message-frame.ts';
import type { ToldTimer } from '../../expiring/told-timer.ts';
import type { ToldHead } from '../told-head.ts';
import { deviceChanges } from '../trust/device-news.ts';
import { groupLineOf, rosterItemsOf, type CommitLine, type MessageLine } from './group-line.ts';
import { isDue, judgeOf } from './judge.ts';
import type { GroupNotice, GroupPorts } from './ports.ts';
import { foldItems } from './roster-log.ts';
import type { GroupPhase, InPhase, SealedGroup } from './sealed-group.ts';
import type { OutReason } from './stored-group.ts';

/** What a line was. */
export type ReadLine =
  | {
      readonly kind: 'message';
      /** Random, in hex, and the same wherever the text comes again. */
      readonly id: string;
      readonly content: SpokenContent;
      readonly sender: GroupLeaf;
    }
  /** In a private conversation, whose programs say more to each other than messages. */
  | { readonly kind: 'said'; readonly frame: MessageFrame; readonly sender: GroupLeaf }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** A message from while this device was not in the tree. `wasIn`: it has been there before. */
  | { readonly kind: 'not-in'; readonly wasIn: boolean }
  /** Which list of devices the sender was shown. */
  | { readonly kind: 'head'; readonly head: ToldHead; readonly sender: GroupLeaf }
  /** Which timer the group has, as the sender says. */
  | { readonly kind: 'timer-told'; readonly timer: ToldTimer; readonly sender: GroupLeaf }
  /** About the group itself, or nothing. */
  | { readonly kind: 'silent' };

export interface ReadOutcome {
  readonly line: ReadLine;
  readonly changes: readonly ClientChange[];
  readonly notices: readonly GroupNotice[];
}

type Said = ExtendedEventOf<'MSG'>;

const silent = { kind: 'silent' } as const;

/** Reads `said`, which is nobody's plain text. In the log's order, each once. */
export async function readGroupLine(
  ports: GroupPorts,
  group: SealedGroup,
  said: Said,
): Promise<ReadOutcome> {
  if (said.text !== undefined) {
    const reason = 'the server has shown it in the clear, and members of this group encrypt';
    return { line: { kind: 'unreadable', reason }, ...nothing() };
  }
  const line = groupLineOf(said);
  if (line === undefined) {
    return { line: { kind: 'unreadable', reason: 'a line that makes no sense' }, ...nothing() };
  }
  if (line.kind === 'message') {
    return group.phase.kind === 'in'
      ? openLine(group, group.phase, line)
      : { line: { kind: 'not-in', wasIn: wasIn(group.phase) }, ...nothing() };
  }
  const before = group.roster;
  const changes = await foldLine(ports, group, said);
  const notices = noticesOf(before, group.roster, ports.me);
  notices.push(...(await devicesOf(ports, before, group.roster)));
  const revokes =
    before !== undefined && group.roster !== undefined && losesDevice(before, group.roster);
  const putsOut = notices.some(({ kind }) => kind === 'out' || kind === 'you-are-out');
  // Also about somebody who had not entered: the server takes nothing from before such a line.
  if (putsOut || revokes || line.kind === 'out') {
    group.lastOut = line.seq;
  }
  if (line.kind === 'commit') {
    const followed = isBeyond(group, line.on)
      ? lost(group, { kind: 'lost', by: undefined })
      : isElsewhere(group, line.on)
        ? lost(group, { kind: 'elsewhere', by: line.from ?? '' })
        : await followLine(ports, group, line);
    group.seen = line.seq;
    changes.push(...followed.changes);
    notices.push(...followed.notices);
  }
  changes.push(...leaveIfOut(group, notices), group.stateChange());
  return { line: silent, changes, notices };
}

function wasIn(phase: GroupPhase): boolean {
  return phase.kind === 'outside' && phase.why !== 'new';
}

function nothing(): Pick<ReadOutcome, 'changes' | 'notices'> {
  return { changes: [], notices: [] };
}

/** Whether a line stands on a commit line that never came here: the server has not kept it, or its disk has damaged it. */
function isBeyond({ phase, seen }: SealedGroup, on: number): boolean {
  return phase.kind === 'in' && on > seen;
}

/**
 * Whether a line stands on a commit line that was void here. In a log that is the same for all it was void for all, so
 * the server has shown another one here or there. Whoever lies about it costs members an entry, as with a commit that
 * nobody can follow.
 */
function isElsewhere({ phase, on: own }: SealedGroup, on: number): boolean {
  return phase.kind === 'in' && on > own;
}

/** The state is of no use any more: this device enters anew. */
export function loseTrack(group: SealedGroup): ClientChange[] {
  if (group.phase.kind !== 'in') return [];
  forgetSession(group.phase.session);
  return group.enter({ kind: 'outside', why: 'lost' });
}

function lost(group: SealedGroup, notice: GroupNotice): Pick<ReadOutcome, 'changes' | 'notices'> {
  return { changes: loseTrack(group), notices: [notice] };
}

/** The roster behind a line. */
async function foldLine(
  ports: GroupPorts,
  group: SealedGroup,
  said: Said,
): Promise<ClientChange[]> {
  const { seq = 0 } = said;
  if (seq <= group.rosterSeq) return [];
  const told = rosterItemsOf(said, enteringDevice(said));
  const { roster, items } = await foldItems(ports, group.roster, told);
  return roster === undefined ? [] : group.keepItems(roster, items, seq);
}

/** The key of the leaf that enters with a line, as everybody can read it. */
export function enteringDevice({ kind, commit }: Said): string | undefined {
  if (kind !== 'enter' || commit === undefined) return undefined;
  const bytes = decodeBase64url(commit);
  const outline = bytes && outlineOf(bytes);
  return outline && encodeBase64url(outline.signatureKey);
}

async function followLine(
  ports: GroupPorts,
  group: SealedGroup,
  line: CommitLine,
): Promise<Pick<ReadOutcome, 'changes' | 'notices'>> {
  const { phase, roster } = group;
  const by = line.from ?? '';
  if (phase.kind !== 'in' || line.commit === undefined || roster === undefined) return nothing();
  if (line.on !== group.on) {
    return { changes: [], notices: [{ kind: 'void', by, why: 'it came too late' }] };
  }
  const { suite, now } = ports;
  const judge = judgeOf(roster, line);
  const followed = await followCommit(suite, publicGroup(phase.session), line.commit, judge);
  if (!followed.ok) {
    return { changes: [], notices: [{ kind: 'void', by, why: followed.error.reason }] };
  }
  if (!(await isPublicInfoOf(suite, followed.value.group, line.info))) {
    const why = 'nobody could enter after it: what it brings is of another state';
    return { changes: [], notices: [{ kind: 'void', by, why }] };
  }
  const applied = await applyCommit(phase.session, line.commit, judge);
  if (!applied.ok) return lost(group, { kind: 'lost', by });
  if (applied.value.kind === 'out') return putOut(group, applied.value.change);
  const { session, change } = applied.value;
  // Everybody in it finds this out, and nobody outside can: whoever enters over it leads away from all members.
  const isFalse = !(await checkInfo(session, line.info)).ok;
  const changes = group.atCommit(session, line.seq, false, now(), isFalse);
  return { changes, notices: comers(change) };
}

/** Its secrets are wiped. */
function putOut(group: SealedGroup, change: GroupChange): Pick<ReadOutcome, 'changes' | 'notices'> {
  if (change.kind === 'enter') {
    return {
      changes: group.enter({ kind: 'outside', why: 'copy' }),
      notices: [{ kind: 'copy' }],
    };
  }
  // Why it is so, the roster has said.
  return { changes: group.enter({ kind: 'out', why: 'removed' }), notices: [] };
}

function comers(change: GroupChange): GroupNotice[] {
  if (change.kind !== 'enter') return [];
  const user = change.by.identity.name;
  return [{ kind: change.replaced === undefined ? 'device-in' : 'came-back', user }];
}

/** Whoever is in the roster no more is out, whether or not a commit has said so yet. */
function leaveIfOut(group: SealedGroup, notices: readonly GroupNotice[]): ClientChange[] {
  const { phase } = group;
  const own = notices.find((notice) => notice.kind === 'you-are-out');
  if (own?.kind !== 'you-are-out') return [];
  if (phase.kind === 'in') forgetSession(phase.session);
  return group.enter({ kind: 'out', why: own.why });
}

/** Who has come and gone from one roster to the next. */
export function noticesOf(
  before: SignedRoster | undefined,
  after: SignedRoster | undefined,
  me: string,
): GroupNotice[] {
  if (before === undefined || after === undefined || before === after) return [];
  const notices: GroupNotice[] = [];
  for (const { root16, name } of before.members) {
    if (memberOf(after, root16) !== undefined) continue;
    const gone = after.out.find((one) => equalBytes(one.root16, root16));
    const why: OutReason = gone === undefined || gone.why === 'banned' ? 'kicked' : gone.why;
    const by = gone === undefined || gone.by === 'server' ? undefined : nameIn(before, gone.by);
    notices.push(name === me ? { kind: 'you-are-out', why } : { kind: 'out', user: name, why, by });
  }
  for (const { root16, name } of after.members) {
    if (memberOf(before, root16) !== undefined || name === me) continue;
    const isNewKey = before.out.some((one) => one.name === name && !equalBytes(one.root16, root16));
    notices.push({ kind: 'entered', user: name, isNewKey });
  }
  return notices;
}

/** Whose devices are others now. Of people whose key is pinned it is told once, with the state of their key. */
async function devicesOf(
  { trusts, me }: GroupPorts,
  before: SignedRoster | undefined,
  after: SignedRoster | undefined,
): Promise<GroupNotice[]> {
  const notices: GroupNotice[] = [];
  if (before === undefined || before.members === after?.members) return notices;
  for (const member of after?.members ?? []) {
    const { root16, name: user, account } = member;
    if (before.members.includes(member) || user === me) continue;
    const known = memberOf(before, root16)?.account;
    // A pin that cannot be read names nobody.
    const isMet = await trusts
      .of(user)
      .meet(account)
      .catch(() => false);
    const changes = known === undefined || isMet ? [] : deviceChanges(known, account);
    if (changes.length > 0) notices.push({ kind: 'devices', user, changes });
  }
  return notices;
}

function nameIn(roster: SignedRoster, root16: Uint8Array): string | undefined {
  return memberOf(roster, root16)?.name;
}

async function openLine(
  group: SealedGroup,
  phase: InPhase,
  line: MessageLine,
): Promise<ReadOutcome> {
  const unreadable = (reason: string): ReadOutcome => ({
    line: { kind: 'unreadable', reason },
    ...nothing(),
  });
  if (isBeyond(group, line.on)) {
    return {
      line: {
        kind: 'unreadable',
        reason: 'what is needed to read it is not at the server any more',
      },
      ...lost(group, { kind: 'lost', by: undefined }),
    };
  }
  const sealed = readGroupMessage(line.sealed);
  if (!sealed.ok) return unreadable(sealed.error.reason);
  const { data, epoch } = sealed.value;
  const known = phase.epochs.find((one) => one.epoch === epoch);
  if (data.on !== line.on || (known !== undefined && known.on !== line.on)) {
    return unreadable('the server has put it into another line than the one that it was made for');
  }
  if (isElsewhere(group, line.on)) {
    return {
      line: {
        kind: 'unreadable',
        reason: 'it was sealed with keys that this device does not have',
      },
      ...lost(group, { kind: 'elsewhere', by: line.from ?? '' }),
    };
  }
  if (line.on < group.lastOut) {
    return unreadable('it was sealed without knowing that somebody is out');
  }
  const opened = await openInGroup(phase.session, sealed.value);
  if (!opened.ok) {
    const { code, reason } = opened.error;
    // Lines of own texts that this device has do not come here: an older copy of its store was put back.
    return unreadable(
      code === 'own-message' ? 'this device said it, and has lost it since' : reason,
    );
  }
  const { content: bytes, sender, session } = opened.value;
  const changes = group.advance(session, phase.ownTexts);
  const frame = decodeFrame(bytes);
  bytes.fill(0);
  const isSender = sender.identity.name === line.from;
  if (!isSender || group.roster === undefined || isDue(group.roster, sender)) {
    const reason = 'it is not from whom the server says';
    return { line: { kind: 'unreadable', reason }, changes, notices: [] };
  }
  const isPrivate = isPrivateConversation(group.conversation);
  if (typeof frame === 'string' || (frame.id === undefined && !isPrivate)) {
    const reason = frame === 'newer-version' ? 'it needs a newer helo' : 'nothing readable inside';
    return { line: { kind: 'unreadable', reason }, changes, notices: [] };
  }
  if (frame.id !== undefined && frame.id !== formatHex(data.textId)) {
    return { line: { kind: 'unreadable', reason: 'its id is another one' }, changes, notices: [] };
  }
  if (frame.content.kind === 'head') {
    const { head } = frame.content;
    return { line: { kind: 'head', head, sender }, changes, notices: [] };
  }
  if (frame.content.kind === 'timer-told') {
    const { timer } = frame.content;
    return {
      line: isPrivate ? silent : { kind: 'timer-told', timer, sender },
      changes,
      notices: [],
    };
  }
  if (isPrivate) return { line: { kind: 'said', frame, sender }, changes, notices: [] };
  const { id, content } = frame;
  // Notes about files, questions and answers are between two.
  if (id === undefined || isNote(content)) {
    return { line: silent, changes, notices: [] };
  }
  return { line: { kind: 'message', id, content, sender }, changes, notices: [] };
}
