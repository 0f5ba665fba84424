// Entering a sealed group, or again after the state was lost: from what the server gives out (roster, tree, commits,
// GroupInfos) to a commit of one's own. Nothing of it is believed: the roster's statements are signed, each leaf of the
// tree hangs from an account's chain, and the commits lead from the tree to exactly the state that the GroupInfo names.
import { encodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes, formatHex, parseHex } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { enterGroup } from '../../../e2ee/group/entry.ts';
import { isPublicInfoOf } from '../../../e2ee/group/group-info.ts';
import type { GroupLeaf, PublicGroup } from '../../../e2ee/group/public-group.ts';
import { followCommit, readTree } from '../../../e2ee/group/replay.ts';
import type { ExtendedEventOf, RosterItem } from '../../../wire/extended/events.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import type { SignedRoster } from '../../../wire/statements/roster.ts';
import { groupConversation } from '../../../wire/extended/names.ts';
import { groupLineOf, rosterItemsOf, type CommitLine } from './group-line.ts';
import { judgeOf } from './judge.ts';
import type { GroupPorts } from './ports.ts';
import { enteringDevice } from './reading.ts';
import { applyItem, foldItems, type CheckedChains } from './roster-log.ts';
import type { SealedGroup } from './sealed-group.ts';
import type { GroupNotice } from './ports.ts';
import { madeCommit, type MadeCommit } from './writing.ts';
import { putBackNotice, returnedRoots } from './put-back.ts';

type Said = ExtendedEventOf<'MSG'>;

/** What the server gives out of a group. */
export interface EntryMaterial {
  /** All of the roster, in the order of the log. */
  readonly items: readonly RosterItem[];
  /** A tree as it was behind the commit line `at`. */
  readonly tree: { readonly at: number; readonly bytes: Uint8Array };
  /** The lines from there on that are about the group itself, in their order, up to now. */
  readonly lines: readonly Said[];
  readonly infos: readonly { readonly at: number; readonly info: Uint8Array }[];
  readonly lastOut: number;
}

export type EntryProblem =
  /** The roster does not let this account in. */
  | 'not-let-in'
  /** What the server gives out does not fit together; `why` is a sentence. */
  | { readonly misfit: string };

/** An entry, and what has become of the group meanwhile, for people. */
export interface MadeEntry extends MadeCommit {
  readonly notices: readonly GroupNotice[];
}

/** The commit with which this device enters; the roster that it stands on is kept with it. */
export async function enterSealedGroup(
  ports: GroupPorts,
  group: SealedGroup,
  material: EntryMaterial,
  localId: string,
): Promise<Result<MadeEntry, EntryProblem>> {
  const account = await ports.account();
  const { suite, device, me } = ports;
  const walked = await walk(ports, group, material);
  if (!walked.ok) return walked;
  const { roster, items, rosterSeq, publicGroup, on, seen, info } = walked.value;
  const own = {
    seq: 0,
    entry: { device: encodeBase64url(device.publicKey), chain: [...account.links] },
  };
  const letIn = await applyItem(ports, roster, own);
  if (!letIn.ok) return err('not-let-in');
  const identity = { root: account.root16, name: me };
  const data = { on, rosterHead: roster.head };
  const prepared = await enterGroup(suite, device, identity, publicGroup, info, data);
  if (!prepared.ok) return misfit(prepared.error.reason);
  const { phase, roster: before } = group;
  const wasPutBack = phase.kind === 'outside' && phase.why === 'put-back' && before !== undefined;
  const kept = group.replaceItems(roster, items, rosterSeq);
  if (wasPutBack) group.returned = [...group.returned, ...returnedRoots(before, roster)];
  group.seen = seen;
  group.root = formatHex(account.root16);
  // Where the server names a later line than there is, the own entry, which comes behind all of them, is late enough.
  group.lastOut = Math.min(material.lastOut, rosterSeq);
  const what = { localId, kind: 'enter', items: [own] } as const;
  const made = madeCommit(group, what, prepared.value, [], account.links, on);
  const notice = wasPutBack ? putBackNotice(before, roster, me) : undefined;
  const notices = notice === undefined ? [] : [notice];
  return ok({ fields: made.fields, changes: [...kept, ...made.changes], notices });
}

function misfit(why: string): Result<never, EntryProblem> {
  return err({ misfit: why });
}

interface Walked {
  readonly roster: SignedRoster;
  readonly items: readonly RosterItem[];
  readonly rosterSeq: number;
  readonly publicGroup: PublicGroup;
  /** The commit line that the group stands on, and the last one. */
  readonly on: number;
  readonly seen: number;
  readonly info: Uint8Array;
}

/** From the tree along the log to its end. */
async function walk(
  ports: GroupPorts,
  group: SealedGroup,
  material: EntryMaterial,
): Promise<Result<Walked, EntryProblem>> {
  const { items, tree, lines } = material;
  const chains: CheckedChains = new Map();
  const before = items.filter(({ seq }) => seq <= tree.at);
  const folded = await foldItems(ports, undefined, before, chains);
  if (folded.roster === undefined) return misfit('the group has no founding');
  if (!isOf(folded.roster, group)) return misfit('its founding is of another group');
  // Also of somebody in the tree who is due to be removed.
  const certified = new Set([...chains.values()].flatMap((one) => (one ? leavesOf(one) : [])));
  const certify = ({ identity: { root, name }, key }: GroupLeaf) =>
    certified.has(leafOf(root, name, key));
  const read = await readTree(ports.suite, tree.bytes, certify);
  if (!read.ok) return misfit(read.error.reason);
  if (read.value.groupId !== group.groupId) return misfit('its tree is of another group');
  const kept = [...folded.items];
  let walked = { roster: folded.roster, publicGroup: read.value, on: tree.at };
  let seen = tree.at;
  let info: Uint8Array | undefined;
  let rosterSeq = tree.at;
  for (const said of lines) {
    const line = groupLineOf(said);
    if (line === undefined || line.seq <= rosterSeq) continue;
    const told = rosterItemsOf(said, enteringDevice(said));
    const next = await foldItems(ports, walked.roster, told, chains);
    kept.push(...next.items);
    walked = { ...walked, roster: next.roster ?? walked.roster };
    rosterSeq = line.seq;
    if (line.kind !== 'commit') continue;
    seen = line.seq;
    const followed = await follow(ports, walked, line);
    if (followed === undefined) continue;
    walked = { ...walked, publicGroup: followed, on: line.seq };
    info = line.info;
  }
  const latest = info ?? (await infoAt(ports, walked, material));
  if (latest === undefined) return misfit('the server has nothing to enter with');
  return ok({ ...walked, items: kept, rosterSeq, seen, info: latest });
}

/** The GroupInfo of the tree's own state: in its line, or with the server, where a member may have put a false one. */
async function infoAt(
  { suite }: GroupPorts,
  { publicGroup, on }: Pick<Walked, 'publicGroup' | 'on'>,
  { lines, infos }: EntryMaterial,
): Promise<Uint8Array | undefined> {
  const ofLines = lines.filter(({ seq }) => seq === on).map(groupLineOf);
  const candidates = [
    ...ofLines.flatMap((line) => (line?.kind === 'commit' ? [line.info] : [])),
    ...infos.filter(({ at }) => at === on).map(({ info }) => info),
  ];
  for (const info of candidates) if (await isPublicInfoOf(suite, publicGroup, info)) return info;
  return undefined;
}

async function follow(
  { suite }: GroupPorts,
  { publicGroup, roster, on }: Pick<Walked, 'publicGroup' | 'roster' | 'on'>,
  line: CommitLine,
): Promise<PublicGroup | undefined> {
  if (line.commit === undefined || line.on !== on) return undefined;
  const followed = await followCommit(suite, publicGroup, line.commit, judgeOf(roster, line));
  if (!followed.ok) return undefined;
  const { group } = followed.value;
  return (await isPublicInfoOf(suite, group, line.info)) ? group : undefined;
}

/** Whether a roster is that of the group, by its signed charter. */
function isOf(roster: SignedRoster, { conversation, groupId }: SealedGroup): boolean {
  const isNamed = groupConversation(roster.group) === conversation;
  return isNamed && equalBytes(roster.groupId, parseHex(groupId));
}

/** Each leaf that an account may have had. */
function leavesOf({ root16, name, devices, revoked }: AccountChain): string[] {
  return [...devices, ...revoked].map(({ key }) => leafOf(root16, name, key));
}

function leafOf(root16: Uint8Array, name: string, key: Uint8Array): string {
  return `${formatHex(root16)} ${formatHex(key)} ${name}`;
}
