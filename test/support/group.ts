// Accounts with devices, and sealed groups of them with their log, for tests of encryption. Real ciphers, no stand-ins;
// the judge is a list of who may be in.
import assert from 'node:assert/strict';
import { createDevice, type Device } from '../../src/e2ee/device.ts';
import type { CommitData, MessageData } from '../../src/e2ee/group/authenticated-data.ts';
import { applyCommit, prepareRemoval, prepareRotation } from '../../src/e2ee/group/commits.ts';
import { enterGroup } from '../../src/e2ee/group/entry.ts';
import { foundGroup } from '../../src/e2ee/group/found-group.ts';
import type { GroupIdentity } from '../../src/e2ee/group/group-identity.ts';
import { exportTree, groupInfo } from '../../src/e2ee/group/group-info.ts';
import {
  openInGroup,
  readGroupMessage,
  sealInGroup,
  type OpenedGroupMessage,
} from '../../src/e2ee/group/group-message.ts';
import type { GroupSession } from '../../src/e2ee/group/group-session.ts';
import { adopt, type PreparedCommit } from '../../src/e2ee/group/pending-commit.ts';
import type { Judge } from '../../src/e2ee/group/policy.ts';
import { drawGroupId } from '../../src/e2ee/group/profile.ts';
import type { PublicGroup } from '../../src/e2ee/group/public-group.ts';
import { followCommit, readTree } from '../../src/e2ee/group/replay.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/lib/bytes.ts';
import type { Result } from '../../src/lib/result.ts';
import { digest } from '../../src/e2ee/suite.ts';
import { suite, value } from './pair.ts';

export { codeOf, suite, value } from './pair.ts';

/** An account with its one device. */
export interface Account {
  readonly identity: GroupIdentity;
  readonly device: Device;
}

/** An account with a root of its own. */
export async function createAccount(name: string): Promise<Account> {
  const device = await createDevice(suite);
  const root = (await digest(suite, device.publicKey)).slice(0, 16);
  return { identity: { root, name }, device };
}

/** Data beside a commit that stands on line `on`. */
export function commitData(on = 0): Omit<CommitData, 'kind'> {
  return { on, rosterHead: new Uint8Array(32) };
}

/** Data beside a message that stands on line `on`. */
export function messageData(on = 0): MessageData {
  return { on, textId: new Uint8Array(16).fill(on % 256) };
}

/** Lets everything happen. */
export const anything: Judge = () => undefined;

export const found = async (who: Account): Promise<GroupSession> =>
  foundGroup(suite, who.device, who.identity, drawGroupId(suite));

/** The public group of a member's exported tree. */
export async function treeOf(member: GroupSession): Promise<PublicGroup> {
  return value(await readTree(suite, await exportTree(member), () => true));
}

/** The commit with which `who` enters the group that `member` is in. */
export async function prepareEntry(who: Account, member: GroupSession): Promise<PreparedCommit> {
  const group = await treeOf(member);
  const info = await groupInfo(member);
  return value(await enterGroup(suite, who.device, who.identity, group, info, commitData()));
}

/** The session after a commit of somebody else's, which must be followed. */
export async function follow(
  session: GroupSession,
  commit: Uint8Array,
  judge: Judge = anything,
): Promise<GroupSession> {
  const applied = value(await applyCommit(session, commit, judge));
  assert.equal(applied.kind, 'in');
  return applied.kind === 'in' ? applied.session : assert.fail();
}

/** A group and all its members' sessions, in the order in which they entered. */
export interface Party {
  readonly accounts: readonly Account[];
  readonly sessions: readonly GroupSession[];
  /** All commits so far. */
  readonly commits: readonly Uint8Array[];
}

/** A group of `names`: the first has founded it, the others entered one by one. */
export async function gather(...names: string[]): Promise<Party> {
  const [first, ...others] = await Promise.all(names.map(createAccount));
  assert.ok(first !== undefined);
  let party: Party = { accounts: [first], sessions: [await found(first)], commits: [] };
  for (const who of others) party = await enter(party, who);
  return party;
}

/** The party after `who` has entered. */
export async function enter(party: Party, who: Account): Promise<Party> {
  const [member] = party.sessions;
  assert.ok(member !== undefined);
  const { commit, pending } = await prepareEntry(who, member);
  const sessions = await Promise.all(party.sessions.map((session) => follow(session, commit)));
  return {
    accounts: [...party.accounts, who],
    sessions: [...sessions, value(adopt(undefined, pending))],
    commits: [...party.commits, commit],
  };
}

/** The party after the member at `by` has removed those at `gone`, with the states that those had. */
export async function remove(
  party: Party,
  by: number,
  gone: readonly number[],
): Promise<Party & { readonly out: readonly GroupSession[] }> {
  const leaves = gone.map((at) => memberAt(party, at).leaf);
  const prepared = value(await prepareRemoval(memberAt(party, by), leaves, commitData()));
  const next = await afterOwn(party, by, prepared, (at) => !gone.includes(at));
  return { ...next, out: gone.map((at) => memberAt(party, at)) };
}

/** The party after the member at `by` has renewed their keys. */
export async function rotate(party: Party, by: number): Promise<Party> {
  return afterOwn(party, by, value(await prepareRotation(memberAt(party, by), commitData())));
}

async function afterOwn(
  party: Party,
  by: number,
  { commit, pending }: PreparedCommit,
  stays: (at: number) => boolean = () => true,
): Promise<Party> {
  const sessions: GroupSession[] = [];
  for (const [at, session] of party.sessions.entries()) {
    if (!stays(at)) continue;
    sessions.push(at === by ? value(adopt(session, pending)) : await follow(session, commit));
  }
  const accounts = party.accounts.filter((_, at) => stays(at));
  return { accounts, sessions, commits: [...party.commits, commit] };
}

/** The session of the member at `at`. */
export function memberAt(party: Party, at: number): GroupSession {
  return party.sessions[at] ?? assert.fail();
}

/** `text` sealed by a member. */
export async function say(
  session: GroupSession,
  text: string,
): Promise<{ readonly session: GroupSession; readonly bytes: Uint8Array }> {
  return sealInGroup(session, encodeUtf8(text), messageData());
}

/** `openInGroup` from bytes, as a receiver does it. */
export async function openBytes(
  session: GroupSession,
  bytes: Uint8Array,
): Promise<Result<OpenedGroupMessage, { readonly code: string; readonly reason: string }>> {
  const sealed = readGroupMessage(bytes);
  return sealed.ok ? openInGroup(session, sealed.value) : sealed;
}

/** The text of a message that opened, and who sent it. */
export function heard({ content, sender }: OpenedGroupMessage): string {
  return `${sender.identity.name}: ${decodeUtf8(content)}`;
}

/** Everybody says something to everybody else; the party after that. */
export async function talk(party: Party): Promise<Party> {
  const sessions = [...party.sessions];
  for (const [from, session] of party.sessions.entries()) {
    const name = party.accounts[from]?.identity.name;
    const said = await say(sessions[from] ?? session, `hello from ${name}`);
    sessions[from] = said.session;
    for (const to of sessions.keys()) {
      if (to === from) continue;
      const opened = value(await openBytes(sessions[to] ?? assert.fail(), said.bytes));
      assert.equal(heard(opened), `${name}: hello from ${name}`);
      sessions[to] = opened.session;
    }
  }
  return { ...party, sessions };
}

/** The public group after `commits`. */
export async function replay(
  group: PublicGroup,
  commits: readonly Uint8Array[],
): Promise<PublicGroup> {
  let now = group;
  for (const commit of commits) now = value(await followCommit(suite, now, commit, anything)).group;
  return now;
}
