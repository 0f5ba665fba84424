// The records as a store would have them after the hub's changes, for the tests of the hub. Stricter than a store: the
// object of a change must exist.

import { invariant } from '../lib/invariant.ts';
import type { SaidPost } from './effects.ts';
import type {
  Change,
  DeviceRecord,
  DirectoryRecord,
  GroupInfoRecord,
  GroupLineRecord,
  LinkRecord,
  LogEnd,
  LogMark,
  LogRecord,
  MemberRecord,
  Records,
  RunRecord,
  StartRecord,
} from './records.ts';

/** A message of a log: of an erased one nothing is left but who said it, and when. */
export type KeptPost = SaidPost & { readonly erased?: true };

export interface Memory {
  apply(change: Change): void;
  /** Appends a message to its log. */
  append(said: SaidPost): void;
  records(): Records;
  /** The messages of a log, in order. */
  messages(log: number | undefined): readonly KeptPost[];
  /** Of a sealed group: the lines that are no messages, the GroupInfos, and a tree's parts. */
  lines(log: number): readonly GroupLineRecord[];
  infos(log: number): readonly GroupInfoRecord[];
  /** When the messages of a log are to be erased, by their numbers. */
  expiring(log: number): ReadonlyMap<number, number>;
  treeOf(log: number, tree: number): readonly string[];
  /** The links of an account's chain, base64url, the root first. */
  linksOf(account: number): readonly string[];
  /** The entries of the directory. */
  directory(): readonly DirectoryRecord[];
  /** The server starts a new run, with a new number. */
  beginRun(run: number): void;
  /** A copy of the current state, in a new generation if one is named. */
  copy(generation?: number): Memory;
}

/** What a memory starts with. */
interface Past {
  readonly steps: readonly (Change | { readonly type: 'said'; readonly said: SaidPost })[];
  readonly generation: number;
  readonly ends: readonly LogEnd[];
  /** The latest first. */
  readonly runs: readonly RunRecord[];
  readonly marks: readonly LogMark[];
}

const noPast: Past = { steps: [], generation: 0, ends: [], runs: [], marks: [] };

type Row<
  K extends
    | 'accounts'
    | 'groups'
    | 'cursors'
    | 'streams'
    | 'invites'
    | 'sealedGroups'
    | 'sealedLeaves'
    | 'rosters',
> = Records[K][number];

const nothing = { text: undefined, content: undefined, sealed: undefined, inSealed: undefined };

/** As the stores do it: the Welcome of a session stays. */
function erased(said: KeptPost): KeptPost {
  return { ...said, ...nothing, erased: true };
}

/** A memory that holds only `past`. */
export function createMemory(past: Past = noPast): Memory {
  const steps: Past['steps'][number][] = [];
  const accounts = new Map<number, Row<'accounts'>>();
  const devices = new Map<string, DeviceRecord>();
  const starts = new Map<string, StartRecord>();
  const links = new Map<string, LinkRecord>();
  const directory: DirectoryRecord[] = [];
  const groups = new Map<string, Row<'groups'>>();
  const members = new Map<string, MemberRecord>();
  const bans = new Map<string, Records['bans'][number]>();
  const rules = new Map<string, Records['rules'][number]>();
  const logs = new Map<number, LogRecord>();
  const messages = new Map<number, KeptPost[]>();
  const sealedGroups = new Map<number, Row<'sealedGroups'>>();
  const sealedLeaves = new Map<number, Row<'sealedLeaves'>>();
  const rosters = new Map<number, Row<'rosters'>>();
  const lines = new Map<number, GroupLineRecord[]>();
  const infos = new Map<number, GroupInfoRecord[]>();
  const treeParts = new Map<string, string>();
  const expiring = new Map<number, ReadonlyMap<number, number>>();
  const cursors = new Map<string, Row<'cursors'>>();
  const streams = new Map<string, Row<'streams'>>();
  const invited = new Map<string, Records['invited'][number]>();
  const blocks = new Map<string, Records['blocks'][number]>();
  const invites = new Map<string, Row<'invites'>>();
  const addressBans = new Map<string, Records['addressBans'][number]>();
  const keptFiles = new Map<string, Records['keptFiles'][number]>();
  let quotas: Records['quotas'] = [];
  let lastAccount = 0;
  let lastLog = 0;

  const removeWhere = <K, V>(map: Map<K, V>, which: (value: V) => boolean): void => {
    for (const [key, value] of map) if (which(value)) map.delete(key);
  };

  function apply(change: Change): void {
    steps.push(change);
    switch (change.type) {
      case 'account':
        lastAccount = Math.max(lastAccount, change.account.id);
        accounts.set(change.account.id, change.account);
        break;
      case 'account-removed':
        invariant(accounts.delete(change.id), 'what a change speaks of is there');
        removeWhere(devices, ({ account }) => account === change.id);
        removeWhere(starts, ({ account }) => account === change.id);
        removeWhere(links, ({ account }) => account === change.id);
        removeWhere(members, ({ account }) => account === change.id);
        removeWhere(cursors, ({ account }) => account === change.id);
        removeWhere(streams, ({ account }) => account === change.id);
        removeWhere(blocks, ({ account }) => account === change.id);
        removeWhere(invited, ({ account }) => account === change.id);
        break;
      case 'device': {
        const { account, device } = change.device;
        invariant(accounts.has(account), 'what a change speaks of is there');
        devices.set(`${account} ${device}`, change.device);
        break;
      }
      case 'start':
        starts.set(`${change.start.account} ${change.start.device}`, change.start);
        return;
      case 'device-removed': {
        const { account, device: key } = change;
        devices.delete(`${account} ${key}`);
        starts.delete(`${account} ${key}`);
        removeWhere(cursors, (one) => one.account === account && one.device === key);
        break;
      }
      case 'link': {
        const { account, n } = change.link;
        invariant(accounts.has(account), 'what a change speaks of is there');
        links.set(`${account} ${n}`, change.link);
        break;
      }
      case 'directory':
        directory[change.entry.n] = change.entry;
        break;
      case 'account-reset':
        removeWhere(devices, ({ account }) => account === change.account);
        removeWhere(starts, ({ account }) => account === change.account);
        removeWhere(cursors, ({ account, device }) => account === change.account && device !== '');
        removeWhere(links, ({ account }) => account === change.account);
        break;
      case 'group':
        groups.set(change.group.name, change.group);
        break;
      case 'group-removed':
        invariant(groups.delete(change.name), 'what a change speaks of is there');
        removeWhere(members, ({ group }) => group === change.name);
        removeWhere(bans, ({ group }) => group === change.name);
        rules.delete(change.name);
        removeWhere(addressBans, ({ group }) => group === change.name);
        removeWhere(invited, ({ group }) => group === change.name);
        break;
      case 'member': {
        const { group, account } = change.member;
        invariant(groups.has(group) && accounts.has(account), 'what a change speaks of is there');
        // Last in the order.
        members.delete(`${group} ${account}`);
        members.set(`${group} ${account}`, change.member);
        break;
      }
      case 'member-removed':
        invariant(
          members.delete(`${change.group} ${change.account}`),
          'what a change speaks of is there',
        );
        break;
      case 'ban':
        invariant(groups.has(change.group), 'what a change speaks of is there');
        bans.set(`${change.group} ${change.folded}`, change);
        break;
      case 'group-rules': {
        const { group, rules: now } = change;
        invariant(groups.has(group), 'what a change speaks of is there');
        if (now === undefined) rules.delete(group);
        else rules.set(group, { group, rules: now });
        break;
      }
      case 'ban-removed':
        bans.delete(`${change.group} ${change.folded}`);
        break;
      case 'address-ban': {
        const { group, address, because } = change.ban;
        invariant(group === undefined || groups.has(group), 'what a change speaks of is there');
        addressBans.delete(`${group ?? ''} ${address} ${because}`);
        addressBans.set(`${group ?? ''} ${address} ${because}`, change.ban);
        break;
      }
      case 'address-ban-removed': {
        const { group, address, because } = change.ban;
        invariant(
          addressBans.delete(`${group ?? ''} ${address} ${because}`),
          'what a change speaks of is there',
        );
        break;
      }
      case 'log':
        lastLog = Math.max(lastLog, change.log.log);
        logs.set(change.log.log, change.log);
        break;
      case 'sealed-group':
        invariant(logs.has(change.sealed.log), 'what a change speaks of is there');
        sealedGroups.set(change.sealed.log, change.sealed);
        break;
      case 'sealed-leaves':
        invariant(logs.has(change.log), 'what a change speaks of is there');
        sealedLeaves.set(change.log, change);
        break;
      case 'group-line': {
        const { line } = change;
        invariant(logs.has(line.log), 'what a change speaks of is there');
        lines.set(line.log, [...(lines.get(line.log) ?? []), line]);
        const items = [...(rosters.get(line.log)?.items ?? []), ...line.items];
        rosters.set(line.log, { log: line.log, items });
        break;
      }
      case 'group-info':
        invariant(logs.has(change.info.log), 'what a change speaks of is there');
        infos.set(
          change.info.log,
          [change.info, ...(infos.get(change.info.log) ?? [])].slice(0, 3),
        );
        break;
      case 'tree-part': {
        const { log, tree, n, bytes } = change.part;
        treeParts.set(`${log} ${tree} ${n}`, bytes);
        break;
      }
      case 'trees-kept':
        for (const key of treeParts.keys()) {
          const [log, tree] = key.split(' ').map(Number);
          if (log === change.log && !change.trees.includes(tree ?? 0)) treeParts.delete(key);
        }
        break;
      case 'unsealed':
        for (const kept of [sealedGroups, sealedLeaves, rosters, lines, infos])
          kept.delete(change.log);
        for (const key of treeParts.keys()) {
          if (key.startsWith(`${change.log} `)) treeParts.delete(key);
        }
        break;
      case 'log-removed':
        for (const kept of [sealedGroups, sealedLeaves, rosters, lines, infos])
          kept.delete(change.log);
        invariant(logs.delete(change.log), 'what a change speaks of is there');
        messages.delete(change.log);
        removeWhere(cursors, ({ log }) => log === change.log);
        break;
      case 'log-trimmed': {
        const log = logs.get(change.log);
        invariant(log && change.first <= log.last + 1, 'what a change speaks of is there');
        logs.set(change.log, { ...log, first: change.first });
        break;
      }
      case 'line-erased':
        invariant(logs.has(change.log), 'what a change speaks of is there');
        messages.set(
          change.log,
          (messages.get(change.log) ?? []).map((one) =>
            one.seq === change.seq ? erased(one) : one,
          ),
        );
        break;
      case 'line-expiring':
        invariant(logs.has(change.log), 'what a change speaks of is there');
        expiring.set(change.log, new Map(expiring.get(change.log)).set(change.seq, change.ends));
        break;
      case 'cursor':
        invariant(logs.has(change.cursor.log), 'what a change speaks of is there');
        cursors.set(
          `${change.cursor.log} ${change.cursor.account} ${change.cursor.device}`,
          change.cursor,
        );
        break;
      case 'stream':
        streams.set(`${change.stream.account} ${change.stream.stream}`, change.stream);
        break;
      case 'stream-removed':
        streams.delete(`${change.account} ${change.stream}`);
        break;
      case 'invited':
        invariant(groups.has(change.invited.group), 'what a change speaks of is there');
        invited.set(`${change.invited.group} ${change.invited.account}`, change.invited);
        break;
      case 'invited-removed': {
        const { group, account } = change.invited;
        invariant(invited.delete(`${group} ${account}`), 'what a change speaks of is there');
        break;
      }
      case 'block':
        blocks.set(`${change.block.account} ${change.block.name.toLowerCase()}`, change.block);
        break;
      case 'block-removed': {
        const { account, name } = change.block;
        invariant(
          blocks.delete(`${account} ${name.toLowerCase()}`),
          'what a change speaks of is there',
        );
        break;
      }
      case 'invite':
        invites.set(change.invite.hash, change.invite);
        break;
      case 'invite-removed':
        invariant(invites.delete(change.hash), 'what a change speaks of is there');
        break;
      case 'quotas':
        quotas = change.quotas;
        break;
      case 'kept-file':
        invariant(accounts.has(change.file.owner), 'what a change speaks of is there');
        keptFiles.set(change.file.id, change.file);
        break;
      case 'kept-file-removed':
        invariant(keptFiles.delete(change.id), 'what a change speaks of is there');
        break;
      case 'clock':
        break;
    }
  }

  function append(said: SaidPost): void {
    const log = said.log === undefined ? undefined : logs.get(said.log);
    if (said.log === undefined) return;
    invariant(log && said.seq !== undefined && said.seq > log.last, 'numbers only grow');
    steps.push({ type: 'said', said });
    logs.set(log.log, { ...log, last: said.seq });
    messages.set(log.log, [...(messages.get(log.log) ?? []), said]);
  }

  for (const step of past.steps) {
    if (step.type === 'said') append(step.said);
    else apply(step);
  }
  const { generation, ends } = past;
  let { runs, marks } = past;
  return {
    apply,
    append,
    records: () => ({
      accounts: [...accounts.values()],
      devices: [...devices.values()],
      starts: [...starts.values()],
      links: [...links.values()],
      directory: directory.length,
      groups: [...groups.values()],
      members: [...members.values()],
      bans: [...bans.values()],
      rules: [...rules.values()],
      addressBans: [...addressBans.values()],
      logs: [...logs.values()],
      sealedGroups: [...sealedGroups.values()],
      sealedLeaves: [...sealedLeaves.values()],
      rosters: [...rosters.values()],
      cursors: [...cursors.values()],
      streams: [...streams.values()],
      invited: [...invited.values()],
      blocks: [...blocks.values()],
      invites: [...invites.values()],
      quotas,
      keptFiles: [...keptFiles.values()],
      lastAccount,
      lastLog,
      generation,
      ends,
      runs,
      marks,
      putBack: undefined,
      clock: undefined,
    }),
    messages: (log) => messages.get(log ?? 0) ?? [],
    lines: (log) => lines.get(log) ?? [],
    infos: (log) => infos.get(log) ?? [],
    expiring: (log) => expiring.get(log) ?? new Map(),
    treeOf: (log, tree) =>
      [...treeParts]
        .filter(([key]) => key.startsWith(`${log} ${tree} `))
        .sort(([one], [other]) => Number(one.split(' ')[2]) - Number(other.split(' ')[2]))
        .map(([, bytes]) => bytes),
    directory: () => directory,
    linksOf: (account) =>
      [...links.values()]
        .filter((one) => one.account === account)
        .sort((a, b) => a.n - b.n)
        .map(({ link }) => link),
    beginRun(run) {
      const position = (runs[0]?.position ?? 0) + 1;
      runs = [{ run, position, lastLog }, ...runs];
      marks = [...[...logs.values()].map(({ log, last }) => ({ log, position, last })), ...marks];
    },
    copy(next = generation) {
      const cut = [...logs.values()].map(({ log, last }) => ({ log, generation, last }));
      const isNew = next !== generation;
      return createMemory({
        steps: [...steps],
        generation: next,
        ends: isNew ? [...cut, ...ends] : ends,
        runs,
        marks,
      });
    },
  };
}
