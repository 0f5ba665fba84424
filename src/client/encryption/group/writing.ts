// What this device sends to a sealed group: sealed messages, signed records, and its own MLS commits, which are adopted
// once the log holds them.
import { encodeBase64url } from '../../../lib/base64url.ts';
import { formatHex, parseHex } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { signWithDevice } from '../../../e2ee/device-signature.ts';
import { prepareRemoval, prepareRotation } from '../../../e2ee/group/commits.ts';
import { foundGroup } from '../../../e2ee/group/found-group.ts';
import { exportTree, groupInfo } from '../../../e2ee/group/group-info.ts';
import { sealInGroup } from '../../../e2ee/group/group-message.ts';
import { forgetSession, members, publicGroup } from '../../../e2ee/group/group-session.ts';
import { adopt, forgetPending, type PreparedCommit } from '../../../e2ee/group/pending-commit.ts';
import { encodePending } from '../../../e2ee/group/storage/pending-record.ts';
import type { GroupLeaf } from '../../../e2ee/group/public-group.ts';
import { followCommit } from '../../../e2ee/group/replay.ts';
import { treeGaps } from '../../../e2ee/group/tree-gaps.ts';
import { maxPlaintextBytes } from '../../../e2ee/padded-sizes.ts';
import { suiteName } from '../../../e2ee/suite.ts';
import type { ExtendedEventOf, RosterItem } from '../../../wire/extended/events.ts';
import { isPrivateConversation } from '../../../wire/extended/names.ts';
import type { GroupName } from '../../../wire/text.ts';
import {
  encodeRecord,
  recordToSign,
  type GroupMode,
  type RecordBody,
  type RosterAccount,
} from '../../../wire/statements/roster-record.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import { noStatement } from '../../../wire/statements/statement.ts';
import {
  applyAccount,
  isAdmin,
  losesDevice,
  memberOf,
  type SignedRoster,
} from '../../../wire/statements/roster.ts';
import type { ClientChange, CommitFields } from '../../store/store-port.ts';
import { encodeFrame, type MessageFrame } from '../message-frame.ts';
import type { Trust } from '../trust/trust.ts';
import { groupLineOf } from './group-line.ts';
import { isDue, judgeOf } from './judge.ts';
import { rotateAfterMs, rotateAfterTexts, wideGaps } from './limits.ts';
import type { GroupPorts, ChainedAccount, OwnAccount } from './ports.ts';
import { applyItem, foldItems } from './roster-log.ts';
import type { InPhase, SealedGroup } from './sealed-group.ts';

/** A commit that is stored, with its changes, before it is sent. */
export interface MadeCommit {
  readonly fields: CommitFields;
  readonly changes: readonly ClientChange[];
}

export type SealRefusal =
  /** This device enters, or commits, or has yet to process what came: seal again after that. */
  | 'not-ready'
  /** Somebody is out whose device can still read: they are to be removed first. */
  | 'remove-first'
  /** Somebody in the group has another key than the one that is pinned: a person has to decide. */
  | { readonly keyChanged: readonly string[] }
  | 'too-long'
  /** This account is not in the group. */
  | 'out'
  /** The server has an open group of that name. */
  | 'replaced';

export interface SealedText {
  readonly message: string;
  readonly seen: number;
  readonly on: number;
  readonly changes: readonly ClientChange[];
}

/**
 * Seals `frame` for everybody in the group. What is sealed is sent as it is. `id`: of the frame, or of one that has none.
 */
export async function sealForGroup(
  ports: GroupPorts,
  group: SealedGroup,
  frame: MessageFrame,
  id: string,
): Promise<Result<SealedText, SealRefusal>> {
  const able = await sealable(ports, group);
  if (!able.ok) return able;
  const phase = able.value;
  const bytes = encodeFrame(frame);
  if (bytes.length > maxPlaintextBytes) return err('too-long');
  const { on, seen } = group;
  const sealed = await sealInGroup(phase.session, bytes, { on, textId: parseHex(id) });
  bytes.fill(0);
  const changes = group.advance(sealed.session, phase.ownTexts + 1);
  return ok({ message: encodeBase64url(sealed.bytes), seen, on, changes });
}

/** The state to seal with, where nothing speaks against it. */
export async function sealable(
  ports: GroupPorts,
  group: SealedGroup,
): Promise<Result<InPhase, Exclude<SealRefusal, 'too-long'>>> {
  const { phase } = group;
  if (phase.kind === 'out') return err(phase.why === 'replaced' ? 'replaced' : 'out');
  if (phase.kind !== 'in' || isBusy(group) || group.isLeftBehind) return err('not-ready');
  const isDueFirst = dueLeaves(ports, group).length > 0 || putOutAgain(group) !== undefined;
  if (isDueFirst || group.on < group.lastOut) return err('remove-first');
  const keyChanged = await changedKeys(ports, group);
  return keyChanged.length > 0 ? err({ keyChanged }) : ok(phase);
}

/** Whether the state is about to change, is behind the log, or was used by somebody else. */
function isBusy({ own, seen, mustReach, phase }: SealedGroup): boolean {
  return own !== undefined || seen < mustReach || (phase.kind === 'in' && phase.isSpent);
}

/** Somebody whom a server that was put back has in again, and whom this device as an admin is to put out once more. */
export function putOutAgain({ returned, roster, root }: SealedGroup): Uint8Array | undefined {
  if (roster === undefined || !isAdmin(roster, parseHex(root))) return undefined;
  const again = returned.find((one) => memberOf(roster, parseHex(one)) !== undefined);
  return again === undefined ? undefined : parseHex(again);
}

/** What a group asks about its members' accounts. */
type ChainedAccounts = Pick<GroupPorts, 'latest' | 'others'>;

const nobody: readonly ChainedAccount[] = [];

/**
 * The roster with what this device knows of its own account, and of devices that others have revoked, where the log does
 * not say it yet: a stolen device does not stay in because its owner is away. Asked before each message.
 */
function rosterNow(ports: ChainedAccounts, group: SealedGroup): SignedRoster | undefined {
  const { roster, now } = group;
  const [own, others] = [ports.latest?.(), ports.others?.() ?? nobody];
  if (roster === undefined) return undefined;
  if (now?.roster === roster && now.own === own && now.others === others) return now.found;
  const applied = own && applyAccount(roster, own.chain);
  let found = applied?.ok === true ? applied.value : roster;
  for (const { chain } of others) {
    const next = applyAccount(found, chain);
    if (next.ok && losesDevice(found, next.value)) found = next.value;
  }
  group.now = { roster, own, others, found };
  return found;
}

/** The leaves that may not be in the tree. */
export function dueLeaves(ports: ChainedAccounts, group: SealedGroup): readonly GroupLeaf[] {
  const { phase, due } = group;
  const roster = rosterNow(ports, group);
  if (phase.kind !== 'in' || roster === undefined) return [];
  const leaves = members(phase.session);
  // Asked before each message, and the same until the tree or the roster is another one.
  if (due?.leaves === leaves && due.roster === roster) return due.found;
  const found = leaves.filter((leaf) => isDue(roster, leaf));
  group.due = { leaves, roster, found };
  return found;
}

/** Whether new keys are due. */
export function isRotationDue(group: SealedGroup, now: number): boolean {
  const { phase, on, lastOut, isLeftBehind } = group;
  if (phase.kind !== 'in') return false;
  const { ownTexts, freshAt, hasFalseInfo } = phase;
  if (hasFalseInfo || isLeftBehind) return true;
  return ownTexts >= rotateAfterTexts || now - freshAt >= rotateAfterMs || on < lastOut;
}

/** Whether gaps in the tree make commits large, and new keys of this device would close one of them. */
export function closesGaps(group: SealedGroup): boolean {
  const { phase, gaps } = group;
  if (phase.kind !== 'in') return false;
  const { epoch } = phase.session;
  if (gaps?.epoch === epoch) return gaps.isWide;
  const { ciphertexts, own } = treeGaps(phase.session);
  const isWide = own > 0 && ciphertexts > wideGaps;
  group.gaps = { epoch, isWide };
  return isWide;
}

/**
 * Those in the tree whose key is another one than the pinned one. Nobody is pinned by being in a group; the other one of
 * a private conversation is.
 */
async function changedKeys(ports: GroupPorts, group: SealedGroup): Promise<readonly string[]> {
  const { phase } = group;
  if (phase.kind !== 'in') return [];
  const isPrivate = isPrivateConversation(group.conversation);
  // In a private conversation a key may have changed without the tree: then nothing is said before the decision.
  if (!isPrivate && group.comparedEpoch === phase.session.epoch) return [];
  const changed: string[] = [];
  for (const { identity, key } of members(phase.session)) {
    if (identity.name === ports.me) continue;
    const account = group.roster && memberOf(group.roster, identity.root)?.account;
    const isAccepted = isPrivate ? isUsable : isNotChanged;
    const isFine = await isAccepted(ports.trusts.of(identity.name), key, account);
    if (!isFine) changed.push(identity.name);
  }
  if (changed.length === 0) group.comparedEpoch = phase.session.epoch;
  return [...new Set(changed)];
}

/** Whether the key of a member is not another one than the pinned one, if there is one. */
async function isNotChanged(
  trust: Trust,
  key: Uint8Array,
  account: AccountChain | undefined,
): Promise<boolean> {
  if ((await trust.pin()) === undefined) return true;
  return (await isOfPinned(trust, key, account)) && !trust.isBlocked;
}

/** Whether `key` is a device of the pinned account. `account`: as the roster has its chain. */
async function isOfPinned(
  trust: Trust,
  key: Uint8Array,
  account: AccountChain | undefined,
): Promise<boolean> {
  const isMet = account !== undefined && (await trust.meet(account, key));
  if (isMet && (await trust.standingOf(key)) !== 'changed') return true;
  return (await trust.judge(key)) !== 'changed';
}

/** Whether what is said to one person may be read with `key`, as in a session of two. */
async function isUsable(
  trust: Trust,
  key: Uint8Array,
  account: AccountChain | undefined,
): Promise<boolean> {
  trust.wanted();
  try {
    if ((await trust.pin()) === undefined) await trust.judge(account?.rootKey ?? key);
    if (!(await isOfPinned(trust, key, account))) return false;
    return (await trust.usableKeys()) !== undefined;
  } catch {
    // A pin that cannot be read names nobody.
    return false;
  }
}

/** A signed record that goes on from the roster; undefined where there is none, or no chain of this account. */
export async function makeRecord(
  ports: GroupPorts,
  group: SealedGroup,
  body: RecordBody,
): Promise<string | undefined> {
  const { roster, groupId } = group;
  if (roster === undefined) return undefined;
  const account = await ports.account();
  const place = { groupId: parseHex(groupId), n: roster.records, prev: roster.head };
  return signRecord(ports, account, { ...place, body });
}

async function signRecord(
  { suite, device, now }: GroupPorts,
  { root16 }: OwnAccount,
  content: Pick<Parameters<typeof recordToSign>[0], 'groupId' | 'n' | 'prev' | 'body'>,
): Promise<string> {
  const whole = { ...content, at: now(), root16, device: device.publicKey };
  const signature = await signWithDevice(suite, device, recordToSign(whole));
  return encodeBase64url(encodeRecord(whole, signature));
}

/** What a group is founded as. */
export interface Founding {
  readonly name: GroupName;
  readonly mode: GroupMode;
  /** Who may enter from the beginning, where the mode lets nobody in. */
  readonly invited: readonly RosterAccount[];
}

/** Founds the group: this device is its only leaf. `localId`: of the outbox entry. */
export async function foundSealedGroup(
  ports: GroupPorts,
  group: SealedGroup,
  { name, mode, invited }: Founding,
  localId: string,
): Promise<MadeCommit | undefined> {
  const account = await ports.account();
  const { suite, device, me, now } = ports;
  const { root16, links } = account;
  const groupId = parseHex(group.groupId);
  const body = { kind: 'charter', group: name, mode, suite: suiteName, admins: [root16] } as const;
  const charter = { groupId, n: 0, prev: noStatement, body };
  const record = await signRecord(ports, account, charter);
  const items: RosterItem[] = [{ seq: 0, founded: { record, chain: [...links] } }];
  const records = [record];
  const roster = await foldItems(ports, undefined, items);
  if (roster.roster === undefined) return undefined;
  if (invited.length > 0) {
    const place = { groupId, n: roster.roster.records, prev: roster.roster.head };
    const admit = { ...place, body: { kind: 'admit', people: invited } } as const;
    const admitted = await signRecord(ports, account, admit);
    records.push(admitted);
    items.push({ seq: 0, record: admitted });
  }
  group.root = formatHex(root16);
  const session = await foundGroup(suite, device, { root: root16, name: me }, groupId);
  const [info, tree] = [await groupInfo(session), await exportTree(session)];
  const own = { localId, kind: 'found', items, commit: undefined } as const;
  const changes = [...group.atCommit(session, 0, true, now()), ...group.commitOwn(own, undefined)];
  return {
    fields: {
      kind: 'found',
      seen: 0,
      on: 0,
      info: encodeBase64url(info),
      tree: encodeBase64url(tree),
      records,
      chain: [...links],
    },
    changes,
  };
}

/** Removes everybody who is due, whom `records` put out, and who is to be put out again. */
export async function removeFromGroup(
  ports: GroupPorts,
  group: SealedGroup,
  asked: readonly string[],
  localId: string,
): Promise<MadeCommit | undefined> {
  const { phase, on } = group;
  if (phase.kind !== 'in' || isBusy(group)) return undefined;
  const again = asked.length === 0 ? putOutAgain(group) : undefined;
  const record =
    again && (await makeRecord(ports, group, { kind: 'out', root16: again, word: 'ban' }));
  const records = record === undefined ? asked : [record];
  const chain = newLinks(ports, group);
  const items: RosterItem[] = records.map((record) => ({ seq: 0, record }));
  if (chain !== undefined) items.unshift({ seq: 0, account: { chain: [...chain] } });
  const roster = await rosterBehind(ports, group, items);
  if (roster === undefined) return undefined;
  const gone = members(phase.session).filter((leaf) => isDue(roster, leaf));
  const data = { on, rosterHead: roster.head };
  const leaves = gone.map(({ leaf }) => leaf);
  const prepared =
    leaves.length === 0 ? undefined : await prepareRemoval(phase.session, leaves, data);
  if (prepared?.ok !== true) return undefined;
  const what = { localId, kind: 'remove', items } as const;
  return madeCommit(group, what, prepared.value, [...records], chain);
}

/**
 * The chain of a member, the own one first, that has revoked a device of which the log does not know that. A commit
 * carries one; the next one carries the next.
 */
function newLinks(
  { latest, others }: ChainedAccounts,
  { roster }: SealedGroup,
): readonly string[] | undefined {
  const own = latest?.();
  const accounts = [...(own ? [own] : []), ...(others?.() ?? nobody)];
  const news = accounts.find(({ chain }) => {
    const applied = roster && applyAccount(roster, chain);
    return roster && applied?.ok === true && losesDevice(roster, applied.value);
  });
  return news?.links;
}

/** Renews the own keys. */
export async function rotateKeys(
  group: SealedGroup,
  localId: string,
): Promise<MadeCommit | undefined> {
  const { phase, on, roster } = group;
  if (phase.kind !== 'in' || roster === undefined || isBusy(group)) return undefined;
  const prepared = await prepareRotation(phase.session, { on, rosterHead: roster.head });
  if (!prepared.ok) return undefined;
  return madeCommit(group, { localId, kind: 'rotate', items: [] }, prepared.value, []);
}

async function rosterBehind(
  ports: GroupPorts,
  { roster }: SealedGroup,
  items: readonly RosterItem[],
): Promise<SignedRoster | undefined> {
  let next = roster;
  for (const item of items) {
    const applied = await applyItem(ports, next, item);
    if (!applied.ok) return undefined;
    next = applied.value;
  }
  return next;
}

/** Keeps a commit of one's own until its fate is known. */
export function madeCommit(
  group: SealedGroup,
  own: {
    readonly localId: string;
    readonly kind: 'enter' | 'remove' | 'rotate';
    readonly items: readonly RosterItem[];
  },
  { commit, info, pending }: PreparedCommit,
  records: string[],
  chain?: readonly string[],
  on = group.on,
): MadeCommit {
  const { phase } = group;
  const session = own.kind !== 'enter' && phase.kind === 'in' ? phase.session : undefined;
  return {
    fields: {
      kind: own.kind,
      seen: group.seen,
      on,
      commit: encodeBase64url(commit),
      info: encodeBase64url(info),
      records,
      ...(chain && { chain: [...chain] }),
    },
    changes: group.commitOwn({ ...own, commit: pending }, encodePending(session, pending)),
  };
}

/** The line of the log that has a commit of one's own, and what was sent. */
export interface OwnLine {
  readonly said: ExtendedEventOf<'MSG'>;
  readonly sent: CommitFields;
}

/**
 * Whether a commit of one's own counts for the others too: its line is what was sent, and nothing that they follow came
 * before it. `group`: as it is before that line. An honest server takes no other.
 */
export async function isOwnValid(
  ports: GroupPorts,
  group: SealedGroup,
  { said, sent }: OwnLine,
): Promise<boolean> {
  const { own, phase } = group;
  const parts = ({ kind, on, commit, info, records = [], chain = [] }: Partial<CommitFields>) =>
    JSON.stringify([kind, on, commit, info, records, chain]);
  if (own === undefined || parts(said as Partial<CommitFields>) !== parts(sent)) return false;
  if (own.kind === 'found') return true;
  // Outside, nobody can tell which commits count: where one came in between, this device enters again.
  if (own.kind === 'enter') return group.seen <= sent.seen;
  const roster = await rosterBehind(ports, group, own.items);
  const line = groupLineOf(said);
  if (phase.kind !== 'in' || roster === undefined || line?.kind !== 'commit') return false;
  if (line.commit === undefined || line.on !== group.on) return false;
  const judge = judgeOf(roster, line);
  return (await followCommit(ports.suite, publicGroup(phase.session), line.commit, judge)).ok;
}

/**
 * Whether lines of the roster up to `seq` have been read without the own commit that is said to be there: the server has
 * shown another one in its place, and the roster here lacks what that commit says.
 */
export function isPassedOver({ own, rosterSeq }: SealedGroup, seq: number | undefined): boolean {
  return own !== undefined && own.items.length > 0 && seq !== undefined && seq <= rosterSeq;
}

/**
 * The log holds a commit of one's own at `seq`; undefined: it holds it no more, or never did. The state goes on to it.
 */
export async function ownCommitted(
  ports: GroupPorts,
  group: SealedGroup,
  localId: string,
  seq: number | undefined,
): Promise<{ readonly isIn: boolean; readonly changes: readonly ClientChange[] } | undefined> {
  const { own, phase } = group;
  if (own === undefined || own.localId !== localId) return undefined;
  if (seq === undefined) return { isIn: false, changes: ownRefused(group, localId) };
  group.seen = Math.max(group.seen, seq);
  // The server has taken it behind the last one: there is none that is still to come before it.
  group.mustReach = Math.min(group.mustReach, seq);
  const changes: ClientChange[] = [];
  const told = own.items.map((item): RosterItem => ({ ...item, seq }));
  const { roster, items } = await foldItems(ports, group.roster, told);
  if (roster !== undefined && seq > group.rosterSeq) {
    const putsOut = own.items.some((item) => 'record' in item) && own.kind === 'remove';
    const revokes = group.roster !== undefined && losesDevice(group.roster, roster);
    if (putsOut || revokes) group.lastOut = seq;
    changes.push(...group.keepItems(roster, items, seq));
  }
  const session = phase.kind === 'in' ? phase.session : undefined;
  if (own.commit === undefined) {
    // A founding: its session is there, and has its line now.
    if (session !== undefined) changes.push(...group.atCommit(session, seq, true, ports.now()));
  } else {
    const adopted = adopt(own.kind === 'enter' ? undefined : session, own.commit);
    if (adopted.ok) {
      changes.push(...group.atCommit(adopted.value, seq, true, ports.now()));
      if (own.kind === 'enter' && session !== undefined) forgetSession(session);
    } else if (phase.kind === 'in') changes.push(...group.enter({ kind: 'outside', why: 'lost' }));
  }
  changes.push(...group.commitOwn(undefined, undefined));
  return { isIn: group.phase.kind === 'in', changes };
}

/** A commit of one's own that is under way is of no use any more. */
export function dropOwn(group: SealedGroup): ClientChange[] {
  return group.own === undefined ? [] : ownRefused(group, group.own.localId);
}

/** The server has refused a commit of one's own: nothing of it is so. */
export function ownRefused(group: SealedGroup, localId: string): ClientChange[] {
  const { own, phase } = group;
  if (own === undefined || own.localId !== localId) return [];
  const session = own.kind !== 'enter' && phase.kind === 'in' ? phase.session : undefined;
  if (own.commit !== undefined) forgetPending(session, own.commit);
  return group.commitOwn(undefined, undefined);
}
