// Rebuilds a hub from what is stored. Records about accounts, groups or logs that do not exist are skipped and change
// nothing.

import { lobbyGroup, parseConversation } from '../wire/extended/names.ts';
import { groupBans, restoreBan, serverBans } from './users/address-bans.ts';
import { logNumber } from './messages/logs.ts';
import { noRecords, type LogId, type LogMark, type Records } from './records.ts';
import { addDirect, reckon } from './messages/directs.ts';
import { restoreDevices } from './users/restore-devices.ts';
import { restoreBook } from './files/kept/kept-book.ts';
import { restoreQuotas, unspent } from './quotas.ts';
import { restoreSealed } from './groups/sealed/restore-sealed.ts';
import type { Sha256 } from './groups/sealed/roster-items.ts';
import {
  findNamed,
  foldName,
  type Direct,
  type EarlierLog,
  type Group,
  type Hub,
  type Log,
  type User,
} from './state.ts';

/** Of a hub without sealed groups. */
const noHash: Sha256 = () => new Uint8Array();

/** A hub without connections, with the accounts, groups and logs of `records`. */
export function createHub(records: Records = noRecords, sha256: Sha256 = noHash): Hub {
  const hub: Hub = {
    connections: new Map(),
    users: new Map(),
    accounts: new Map(),
    groups: new Map(),
    logs: new Map(),
    lobby: undefined,
    invites: new Map(records.invites.map((invite) => [invite.hash, invite])),
    bannedFrom: new Map(),
    guestsSpent: { all: unspent(), by: new Map() },
    files: {
      offersBy: new Map(),
      offersTo: new Map(),
      transfersOf: new Map(),
      transfers: new Map(),
      lastTransfer: 0,
    },
    kept: restoreBook(records),
    followers: new Set(),
    userList: undefined,
    storing: true,
    hasRoom: true,
    lastAccount: records.lastAccount,
    lastLog: records.lastLog,
    lastOrder: 0,
    generation: records.generation,
    runs: records.runs,
    directory: { size: records.directory, isPutBack: records.putBack !== undefined },
  };
  restoreAccounts(hub, records);
  restoreQuotas(hub, records.quotas);
  restoreGroups(hub, records);
  const directs = new Map<LogId, Direct>();
  const earlier = earlierLogs(records);
  const marks = marksOfLogs(records);
  for (const { log: id, name, first, last } of records.logs) {
    const number = logNumber(records.generation, id);
    const before = { earlier: earlier.get(id), marks: marks.get(id) };
    const direct = restoreLog(hub, { id, name, number, ...before, first, last });
    if (direct !== undefined) directs.set(id, direct);
  }
  restoreSealed(hub, directs, records, sha256);
  for (const { log, account, device, seq } of records.cursors) {
    const direct = directs.get(log);
    const side = direct?.sides.find(({ user }) => user.account?.id === account);
    side?.cursors.push({ device, seq });
  }
  // All devices count until somebody says otherwise who knows the time.
  for (const direct of directs.values()) {
    for (const side of direct.sides) reckon(side, side.user.account?.devices ?? []);
  }
  return hub;
}

function earlierLogs({ ends }: Records): ReadonlyMap<LogId, readonly EarlierLog[]> {
  const earlier = new Map<LogId, EarlierLog[]>();
  for (const { log, generation, last } of ends) {
    const known = earlier.get(log) ?? [];
    earlier.set(log, known);
    known.push({ log: logNumber(generation, log), last });
  }
  return earlier;
}

function marksOfLogs(records: Records): ReadonlyMap<LogId, readonly LogMark[]> {
  const marks = new Map<LogId, LogMark[]>();
  for (const mark of records.marks) {
    const known = marks.get(mark.log);
    if (known === undefined) marks.set(mark.log, [mark]);
    else known.push(mark);
  }
  return marks;
}

function restoreAccounts(hub: Hub, records: Records): void {
  const { accounts, streams, blocks } = records;
  for (const { id, name, createdAt, banned } of accounts) {
    const account = {
      id,
      devices: [],
      createdAt,
      banned,
      chain: undefined,
      streams: undefined,
      directs: undefined,
      blocked: undefined,
    };
    const user: User = { name, account, visits: [], groups: undefined, lastFrom: undefined };
    hub.users.set(foldName(name), user);
    hub.accounts.set(id, user);
    hub.lastAccount = Math.max(hub.lastAccount, id);
  }
  restoreDevices(hub, records);
  for (const { account: id, stream, last } of streams) {
    const account = hub.accounts.get(id)?.account;
    if (account !== undefined) (account.streams ??= new Map()).set(stream, last);
  }
  for (const { account: id, name } of blocks) {
    const account = hub.accounts.get(id)?.account;
    if (account !== undefined) (account.blocked ??= new Map()).set(foldName(name), name);
  }
}

function restoreGroups(
  hub: Hub,
  { groups, members, bans, rules, addressBans, invited }: Records,
): void {
  const listOf = new Map<string, Group['members']>();
  for (const { group, account, since, order } of members) {
    hub.lastOrder = Math.max(hub.lastOrder, order);
    const user = hub.accounts.get(account);
    if (user === undefined) continue;
    const list = listOf.get(group) ?? new Map<User, number>();
    listOf.set(group, list.set(user, since));
  }
  for (const { name, admin, private: byInvitation } of groups) {
    const list = listOf.get(name) ?? new Map<User, number>();
    const named = admin === undefined ? undefined : hub.accounts.get(admin);
    // An admin who was a guest is gone: the next member becomes the admin, as when an admin leaves.
    const [heir] = list.keys();
    const leader = named !== undefined && list.has(named) ? named : heir;
    if (leader === undefined) continue;
    hub.groups.set(foldName(name), {
      name,
      admin: leader,
      members: list,
      accounts: list.size,
      banned: new Set(),
      bannedFrom: undefined,
      invited: byInvitation === true ? new Set() : undefined,
      log: undefined,
      sealed: undefined,
      rules: undefined,
      spoke: undefined,
    });
  }
  // In the order in which each account joined its groups.
  for (const { group: name, account } of members) {
    const group = hub.groups.get(foldName(name));
    const user = hub.accounts.get(account);
    if (group !== undefined && user !== undefined) (user.groups ??= new Set()).add(group);
  }
  for (const { group, folded } of bans) hub.groups.get(foldName(group))?.banned.add(folded);
  for (const { group: name, rules: known } of rules) {
    const group = hub.groups.get(foldName(name));
    if (group !== undefined) group.rules = known;
  }
  for (const ban of addressBans) {
    const group = ban.group === undefined ? undefined : hub.groups.get(foldName(ban.group));
    if (group !== undefined) restoreBan(groupBans(group), ban);
    else if (ban.group === undefined) restoreBan(serverBans(hub), ban);
  }
  for (const { group, account } of invited) hub.groups.get(foldName(group))?.invited?.add(account);
}

function putBehind(group: Group | undefined, log: Log): void {
  if (group !== undefined) group.log = log;
}

/** Puts a log where it belongs. Returns the conversation if it is one of two people. */
function restoreLog(hub: Hub, log: Log): Direct | undefined {
  hub.lastLog = Math.max(hub.lastLog, log.id);
  const conversation = parseConversation(log.name);
  switch (conversation?.kind) {
    case 'lobby':
      hub.lobby = log;
      hub.logs.set(log.id, log);
      putBehind(hub.groups.get(lobbyGroup), log);
      return undefined;
    case 'group': {
      const group = hub.groups.get(foldName(conversation.group));
      if (group === undefined) return undefined;
      putBehind(group, log);
      hub.logs.set(log.id, log);
      return undefined;
    }
    case 'direct': {
      const one = findNamed(hub, conversation.people[0]);
      const other = findNamed(hub, conversation.people[1]);
      if (one?.account === undefined || other?.account === undefined) return undefined;
      hub.logs.set(log.id, log);
      return addDirect([one, other], log);
    }
    case undefined:
      return undefined;
  }
}
