// The records of the store in memory, after the changes so far.

import type {
  AccountId,
  AccountRecord,
  AddressBanRecord,
  Change,
  ClockRecord,
  CursorRecord,
  DeviceRecord,
  DirectoryRecord,
  GroupLineRecord,
  GroupRecord,
  BlockRecord,
  InvitedRecord,
  InviteRecord,
  KeptFileRecord,
  LinkRecord,
  LogId,
  LogRecord,
  MemberRecord,
  QuotaRecord,
  Records,
  SealedGroupRecord,
  SealedLeavesRecord,
  StartRecord,
  StreamRecord,
} from '../hub/records.ts';
import { unreachable } from '../lib/invariant.ts';
import type { RosterItem } from '../wire/extended/events.ts';
import type { GroupName } from '../wire/text.ts';

type Ban = Records['bans'][number];

export class MemoryRecords {
  readonly #accounts = new Map<AccountId, AccountRecord>();
  readonly #devices = new Map<string, DeviceRecord>();
  readonly #starts = new Map<string, StartRecord>();
  readonly #links = new Map<string, LinkRecord>();
  readonly #groups = new Map<GroupName, GroupRecord>();
  readonly #members = new Map<string, MemberRecord>();
  readonly #bans = new Map<string, Ban>();
  readonly #rules = new Map<string, Records['rules'][number]>();
  readonly #addressBans = new Map<string, AddressBanRecord>();
  readonly #logs = new Map<LogId, LogRecord>();
  readonly #sealedGroups = new Map<LogId, SealedGroupRecord>();
  readonly #leaves = new Map<LogId, SealedLeavesRecord['leaves']>();
  readonly #rosters = new Map<LogId, readonly RosterItem[]>();
  readonly #cursors = new Map<string, CursorRecord>();
  readonly #streams = new Map<string, StreamRecord>();
  readonly #invited = new Map<string, InvitedRecord>();
  readonly #blocks = new Map<string, BlockRecord>();
  readonly #invites = new Map<string, InviteRecord>();
  readonly #keptFiles = new Map<string, KeptFileRecord>();
  readonly #directory: DirectoryRecord[] = [];
  #quotas: readonly QuotaRecord[] = [];
  #lastAccount = 0;
  #lastLog = 0;
  #clock: ClockRecord | undefined;

  all(): Records {
    const byNumber = (one: number, other: number) => one - other;
    const byText = (one: string, other: string) => (one < other ? -1 : Number(one > other));
    return {
      accounts: [...this.#accounts.values()].sort((a, b) => byNumber(a.id, b.id)),
      devices: [...this.#devices.values()].sort(
        (a, b) => byNumber(a.account, b.account) || byText(a.device, b.device),
      ),
      starts: [...this.#starts.values()].sort(
        (a, b) => byNumber(a.account, b.account) || byText(a.device, b.device),
      ),
      links: this.#sortedLinks(),
      directory: this.#directory.length,
      groups: [...this.#groups.values()].sort((a, b) => byText(a.name, b.name)),
      members: [...this.#members.values()].sort(
        (a, b) =>
          byNumber(a.order, b.order) || byText(a.group, b.group) || byNumber(a.account, b.account),
      ),
      rules: [...this.#rules.values()].sort((one, other) => (one.group < other.group ? -1 : 1)),
      bans: [...this.#bans.values()].sort(
        (a, b) => byText(a.group, b.group) || byText(a.folded, b.folded),
      ),
      addressBans: [...this.#addressBans.values()],
      logs: [...this.#logs.values()].sort((a, b) => byNumber(a.log, b.log)),
      sealedGroups: [...this.#sealedGroups.values()].sort((a, b) => byNumber(a.log, b.log)),
      sealedLeaves: [...this.#sealedGroups.keys()]
        .sort(byNumber)
        .map((log) => ({ log, leaves: this.#leaves.get(log) ?? [] })),
      rosters: [...this.#rosters]
        .sort(([a], [b]) => byNumber(a, b))
        .map(([log, items]) => ({ log, items })),
      cursors: [...this.#cursors.values()].sort(
        (a, b) =>
          byNumber(a.log, b.log) || byNumber(a.account, b.account) || byText(a.device, b.device),
      ),
      streams: [...this.#streams.values()],
      invited: [...this.#invited.values()].sort(
        (a, b) => byText(a.group, b.group) || byNumber(a.account, b.account),
      ),
      blocks: [...this.#blocks.values()].sort(
        (a, b) =>
          byNumber(a.account, b.account) || byText(a.name.toLowerCase(), b.name.toLowerCase()),
      ),
      invites: [...this.#invites.values()].sort((a, b) => byText(a.hash, b.hash)),
      quotas: this.#quotas.toSorted((a, b) => byNumber(a.account ?? 0, b.account ?? 0)),
      keptFiles: [...this.#keptFiles.values()].sort((a, b) => byText(a.id, b.id)),
      lastAccount: this.#lastAccount,
      lastLog: this.#lastLog,
      generation: 0,
      ends: [],
      runs: [],
      marks: [],
      putBack: undefined,
      clock: this.#clock,
    };
  }

  /** The links of an account, in order. */
  linksOf(id: AccountId): readonly string[] {
    return this.#sortedLinks()
      .filter(({ account }) => account === id)
      .map(({ link }) => link);
  }

  /** Entries of the directory from the number `from` on, at most `limit`. */
  directoryFrom(from: number, limit: number): readonly DirectoryRecord[] {
    return this.#directory.slice(from, from + limit);
  }

  #sortedLinks(): readonly LinkRecord[] {
    return [...this.#links.values()].sort((a, b) => a.account - b.account || a.n - b.n);
  }

  /** A log now has messages up to `last`. False if there is no such log. */
  reach(log: LogId, last: number): boolean {
    const record = this.#logs.get(log);
    if (record === undefined) return false;
    this.#logs.set(log, { ...record, last: Math.max(record.last, last) });
    return true;
  }

  apply(change: Change): void {
    switch (change.type) {
      case 'account':
        this.#accounts.set(change.account.id, change.account);
        this.#lastAccount = Math.max(this.#lastAccount, change.account.id);
        return;
      case 'account-removed': {
        const { id } = change;
        this.#accounts.delete(id);
        removeWhere(this.#devices, ({ account }) => account === id);
        removeWhere(this.#starts, ({ account }) => account === id);
        removeWhere(this.#links, ({ account }) => account === id);
        removeWhere(this.#members, ({ account }) => account === id);
        removeWhere(this.#cursors, ({ account }) => account === id);
        removeWhere(this.#streams, ({ account }) => account === id);
        this.#quotas = this.#quotas.filter(({ account }) => account !== id);
        removeWhere(this.#blocks, ({ account }) => account === id);
        removeWhere(this.#invited, ({ account }) => account === id);
        return;
      }
      case 'device':
        this.#devices.set(key(change.device.account, change.device.device), change.device);
        return;
      case 'start':
        this.#starts.set(key(change.start.account, change.start.device), change.start);
        return;
      case 'device-removed': {
        const { account, device } = change;
        this.#devices.delete(key(account, device));
        this.#starts.delete(key(account, device));
        removeWhere(this.#cursors, (one) => one.account === account && one.device === device);
        return;
      }
      case 'link':
        this.#links.set(key(change.link.account, change.link.n), change.link);
        return;
      case 'directory':
        this.#directory[change.entry.n] = change.entry;
        return;
      case 'account-reset':
        removeWhere(this.#devices, ({ account }) => account === change.account);
        removeWhere(this.#starts, ({ account }) => account === change.account);
        removeWhere(
          this.#cursors,
          ({ account, device }) => account === change.account && device !== '',
        );
        removeWhere(this.#links, ({ account }) => account === change.account);
        return;
      case 'group':
        this.#groups.set(change.group.name, change.group);
        return;
      case 'group-removed': {
        const { name } = change;
        this.#groups.delete(name);
        removeWhere(this.#members, ({ group }) => group === name);
        removeWhere(this.#bans, ({ group }) => group === name);
        removeWhere(this.#addressBans, ({ group }) => group === name);
        removeWhere(this.#invited, ({ group }) => group === name);
        this.#rules.delete(name);
        return;
      }
      case 'member':
        this.#members.set(key(change.member.group, change.member.account), change.member);
        return;
      case 'member-removed':
        this.#members.delete(key(change.group, change.account));
        return;
      case 'ban': {
        const { group, folded } = change;
        this.#bans.set(key(group, folded), { group, folded });
        return;
      }
      case 'group-rules': {
        const { group, rules } = change;
        if (rules === undefined) this.#rules.delete(group);
        else this.#rules.set(group, { group, rules });
        return;
      }
      case 'ban-removed':
        this.#bans.delete(key(change.group, change.folded));
        return;
      case 'address-ban': {
        const { group = '', address, because } = change.ban;
        // Inserted again, it moves to the end.
        this.#addressBans.delete(key(group, address, because));
        this.#addressBans.set(key(group, address, because), change.ban);
        return;
      }
      case 'address-ban-removed': {
        const { group = '', address, because } = change.ban;
        this.#addressBans.delete(key(group, address, because));
        return;
      }
      case 'log':
        this.#setLog(change.log);
        return;
      case 'sealed-group':
        if (this.#logs.has(change.sealed.log)) {
          this.#sealedGroups.set(change.sealed.log, change.sealed);
        }
        return;
      case 'sealed-leaves':
        if (this.#logs.has(change.log)) this.#leaves.set(change.log, change.leaves);
        return;
      case 'group-line':
        this.#addItems(change.line);
        return;
      // Read by themselves (memory-sealed.ts).
      case 'group-info':
      case 'tree-part':
      case 'trees-kept':
        return;
      case 'unsealed':
        this.#unseal(change.log);
        return;
      case 'log-removed':
        this.#logs.delete(change.log);
        this.#unseal(change.log);
        removeWhere(this.#cursors, ({ log }) => log === change.log);
        return;
      case 'log-trimmed': {
        const record = this.#logs.get(change.log);
        if (record !== undefined) this.#setLog({ ...record, first: change.first });
        return;
      }
      case 'line-erased':
      case 'line-expiring':
        // Of the messages, not of the records.
        return;
      case 'cursor':
        this.#cursors.set(
          key(change.cursor.log, change.cursor.account, change.cursor.device),
          change.cursor,
        );
        return;
      case 'stream': {
        const { account, stream } = change.stream;
        // Inserted again, it moves to the end.
        this.#streams.delete(key(account, stream));
        this.#streams.set(key(account, stream), change.stream);
        return;
      }
      case 'stream-removed':
        this.#streams.delete(key(change.account, change.stream));
        return;
      case 'invited':
        this.#invited.set(key(change.invited.group, change.invited.account), change.invited);
        return;
      case 'invited-removed':
        this.#invited.delete(key(change.invited.group, change.invited.account));
        return;
      case 'block':
        this.#blocks.set(key(change.block.account, change.block.name.toLowerCase()), change.block);
        return;
      case 'block-removed':
        this.#blocks.delete(key(change.block.account, change.block.name.toLowerCase()));
        return;
      case 'invite':
        this.#invites.set(change.invite.hash, change.invite);
        return;
      case 'invite-removed':
        this.#invites.delete(change.hash);
        return;
      case 'quotas':
        this.#quotas = change.quotas;
        return;
      case 'kept-file':
        this.#keptFiles.set(change.file.id, change.file);
        return;
      case 'kept-file-removed':
        this.#keptFiles.delete(change.id);
        return;
      case 'clock':
        this.#clock = change.clock;
        return;
      default:
        unreachable(change);
    }
  }

  #unseal(log: LogId): void {
    this.#sealedGroups.delete(log);
    this.#leaves.delete(log);
    this.#rosters.delete(log);
  }

  #addItems({ log, seq, items }: GroupLineRecord): void {
    if (!this.#logs.has(log) || items.length === 0) return;
    const before = (this.#rosters.get(log) ?? []).filter((item) => item.seq !== seq);
    this.#rosters.set(log, [...before, ...items]);
  }

  /** Whether there is such a log. */
  hasLog(log: LogId): boolean {
    return this.#logs.has(log);
  }

  rosterOf(log: LogId): readonly RosterItem[] {
    return this.#rosters.get(log) ?? [];
  }

  #setLog(record: LogRecord): void {
    const before = this.#logs.get(record.log);
    this.#logs.set(record.log, {
      ...record,
      last: Math.max(record.last, before?.last ?? 0),
      first: Math.max(record.first, before?.first ?? 0),
    });
    this.#lastLog = Math.max(this.#lastLog, record.log);
  }
}

function key(...parts: readonly (string | number)[]): string {
  return parts.join('\n');
}

function removeWhere<K, V>(map: Map<K, V>, applies: (value: V) => boolean): void {
  for (const [name, value] of map) if (applies(value)) map.delete(name);
}
