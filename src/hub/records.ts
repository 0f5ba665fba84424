// What the hub wants stored over a restart, and gets back at the start. Plain values: the store stores them
// (src/store). Changes say what holds from now on, never what to add, so applying a change twice is the same as once.

import type { Brand } from '../lib/brand.ts';
import type { RosterItem } from '../wire/extended/events.ts';
import type { ConversationName } from '../wire/extended/names.ts';
import type { GroupRules } from '../wire/groups/group-rules.ts';
import type { BlobKind, KeptFileId } from '../wire/kept-files.ts';
import type { GroupName, Username } from '../wire/text.ts';

/** One account, as long as it exists. Numbers are never reused. */
export type AccountId = Brand<number, 'AccountId'>;

/** One conversation's log. Numbers are never reused, so that a new group differs from an old one of the same name. */
export type LogId = Brand<number, 'LogId'>;

/** What somebody's client can do beyond what every client can. */
export interface Can {
  /** It takes part in sealed groups. */
  readonly sealed: boolean;
  /** It knows that accounts have several devices. */
  readonly devices?: boolean;
  /** It takes part in sealed private conversations. */
  readonly rooms?: boolean;
  /** It knows roles in the rosters of sealed groups. */
  readonly roles?: boolean;
}

export interface AccountRecord {
  readonly id: AccountId;
  readonly name: Username;
  /**
   * The key of the account's first device, base64url. Undefined where it has none: after a reset until the next login, or
   * where all are revoked.
   */
  readonly device: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly banned: boolean;
}

/** A device of an account. */
export interface DeviceRecord {
  readonly account: AccountId;
  /** Its Ed25519 public key, base64url. */
  readonly device: string;
  /** When it became one, and the day of its last login, in milliseconds since 1970; 0 for never. */
  readonly addedAt: number;
  readonly seenAt: number;
  /** What its client said at its last login. */
  readonly can: Can;
}

/** The last start of a device's program (hub/users/starts.ts). */
export interface StartRecord {
  readonly account: AccountId;
  /** Its Ed25519 public key, base64url. */
  readonly device: string;
  readonly start: string;
}

/** A link of an account's chain (wire/statements). The server has verified it. */
export interface LinkRecord {
  readonly account: AccountId;
  /** Counts the links of the chain from 0, the root. */
  readonly n: number;
  /** Its SHA-256, base64url. */
  readonly hash: string;
  /** All of it, base64url. */
  readonly link: string;
}

/** An entry of the directory (users/directory.ts). */
export interface DirectoryRecord {
  /** Counts them from 0. */
  readonly n: number;
  /** Of which account, by its name; of `put-back` the number of the run. */
  readonly name: string;
  /** The SHA-256 of a link, base64url; or `reset`, `removed`, `put-back`. */
  readonly what: string;
}

export interface GroupRecord {
  readonly name: GroupName;
  /** Undefined if the admin is a guest, who is gone after a restart. */
  readonly admin: AccountId | undefined;
  /** Only invited accounts may enter. */
  readonly private?: true;
}

export interface MemberRecord {
  readonly group: GroupName;
  readonly account: AccountId;
  /** The first message of the group's log that this member may read. */
  readonly since: number;
  /** Grows with each join. Members are sorted by it. */
  readonly order: number;
}

/** A leaf of a sealed group's tree: its account by its root, and its key; base64url. */
export interface LeafRecord {
  readonly root: string;
  readonly key: string;
}

/** A tree of a sealed group: behind which commit, in how many parts, and who left it. `tree` counts them. */
export interface TreeRecord {
  readonly tree: number;
  readonly at: number;
  readonly of: number;
  /** Absent of the one of the founding. */
  readonly by?: AccountId | undefined;
}

/** A sealed group, by its log (groups/sealed/sealed-state.ts). */
export interface SealedGroupRecord {
  readonly log: LogId;
  readonly groupId: string;
  /** The numbers of the last commits, the latest first. */
  readonly commits: readonly number[];
  readonly lastOut: number;
  readonly commitsSinceTree: number;
  readonly trees: readonly TreeRecord[];
  readonly lastTree: number;
  /** How many items its roster has. */
  readonly rosterItems: number;
}

/** Who holds the leaves of a sealed group, by their indexes, behind its last commit. */
export interface SealedLeavesRecord {
  readonly log: LogId;
  readonly leaves: readonly (LeafRecord | undefined)[];
}

/** What bears on the roster of a sealed group, in the order of its log. */
export interface RosterOfLog {
  readonly log: LogId;
  readonly items: readonly RosterItem[];
}

/** A line of a sealed group's log that is no message, and what of it bears on the roster. */
export interface GroupLineRecord {
  readonly log: LogId;
  readonly seq: number;
  /** By the server's age clock, as of a segment. */
  readonly at: number;
  /** A binary string with its line end. */
  readonly line: string;
  readonly items: readonly RosterItem[];
}

/** The GroupInfo behind a commit of a sealed group, and who has left it. */
export interface GroupInfoRecord {
  readonly log: LogId;
  readonly at: number;
  readonly by: Username;
  readonly info: string;
}

/** A part of a tree that is left for those who enter. */
export interface TreePartRecord {
  readonly log: LogId;
  readonly tree: number;
  readonly n: number;
  readonly bytes: string;
}

export interface LogRecord {
  readonly log: LogId;
  readonly name: ConversationName;
  /** The number of the last message; 0 if there is none. Never less than one that was acknowledged. */
  readonly last: number;
  /** The number of the first message that still exists. */
  readonly first: number;
}

/** Where a log was cut in an earlier generation: up to `last` it is the same as the current log. */
export interface LogEnd {
  readonly log: LogId;
  readonly generation: number;
  readonly last: number;
}

/** A run of the server on its database. Each start begins one, with a new number. */
export interface RunRecord {
  readonly run: number;
  /** Grows with each run. */
  readonly position: number;
  /** The highest log number when the run began. */
  readonly lastLog: number;
}

/** The last message of a log when the run at `position` began, and in the next runs, until another mark replaces it. */
export interface LogMark {
  readonly log: LogId;
  readonly position: number;
  readonly last: number;
}

/** How far a device has fetched a conversation of two people. */
export interface CursorRecord {
  readonly log: LogId;
  readonly account: AccountId;
  /** Its key. Empty for those that the account does not have any more: how far the furthest of them came. */
  readonly device: string;
  readonly seq: number;
}

/** The last number that was accepted of a client's stream of messages. */
export interface StreamRecord {
  readonly account: AccountId;
  readonly stream: string;
  readonly last: number;
}

/** An account that may enter a group by invitation. */
export interface InvitedRecord {
  readonly group: GroupName;
  readonly account: AccountId;
}

/** Somebody whom an account blocked. */
export interface BlockRecord {
  readonly account: AccountId;
  readonly name: Username;
}

/** An address that is banned because of a person (address-bans.ts). */
export interface AddressBanRecord {
  /** Undefined for the whole server. */
  readonly group: GroupName | undefined;
  readonly address: string;
  /** A folded name, or an empty text for the operator. */
  readonly because: string;
  /** Milliseconds since 1970. Undefined: until the operator lifts it. */
  readonly until: number | undefined;
}

export interface InviteRecord {
  /** SHA-256 of the one-time code, base64url. The code itself is stored nowhere. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The account that the code is for. Undefined for any new one. */
  readonly name: string | undefined;
}

/** How much an account, or all guests together, had used of their quota (quotas.ts). */
export interface QuotaRecord {
  /** Undefined for guests. */
  readonly account: AccountId | undefined;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A file that the server keeps (files/kept): the bytes are in a file of their own. */
export interface KeptFileRecord {
  readonly id: KeptFileId;
  readonly owner: AccountId;
  readonly conversation: ConversationName;
  /** How many bytes are on the disk for certain. What is behind them is of no use. */
  readonly bytes: number;
  /** By the server's age clock. */
  readonly since: number;
  /** Of one that no message has named: it will not be longer than `bound`. */
  readonly upload?: { readonly bound: number };
  /** Of a blob: its kind, and how many bytes it has when it is whole. */
  readonly blob?: { readonly of: BlobKind; readonly bound: number };
  /** Of one that a message has named: the number of that, and who is to have it. */
  readonly sent?: {
    readonly seq?: number;
    readonly people: readonly {
      readonly account: AccountId;
      readonly taken: boolean;
      /** The devices that have taken it, of an account that has others, which have not. */
      readonly devices?: readonly string[];
    }[];
  };
}

/** The time of the server's age clock (server/age-clock.ts), and the wall clock at that moment, in milliseconds. */
export interface ClockRecord {
  readonly age: number;
  readonly wall: number;
}

/** What holds from now on. */
export type Change =
  | { readonly type: 'account'; readonly account: AccountRecord }
  /** With everything that belongs to it: devices, memberships, cursors, streams, key packages, its chain. */
  | { readonly type: 'account-removed'; readonly id: AccountId }
  | { readonly type: 'device'; readonly device: DeviceRecord }
  | { readonly type: 'start'; readonly start: StartRecord }
  /** With its cursors, its key packages and its start. */
  | { readonly type: 'device-removed'; readonly account: AccountId; readonly device: string }
  | { readonly type: 'link'; readonly link: LinkRecord }
  | { readonly type: 'directory'; readonly entry: DirectoryRecord }
  /** The account begins anew: it has no devices and no chain any more, with all that belongs to them. */
  | { readonly type: 'account-reset'; readonly account: AccountId }
  | { readonly type: 'group'; readonly group: GroupRecord }
  /** With its members and its bans. */
  | { readonly type: 'group-removed'; readonly name: GroupName }
  | { readonly type: 'member'; readonly member: MemberRecord }
  | { readonly type: 'member-removed'; readonly group: GroupName; readonly account: AccountId }
  | { readonly type: 'ban'; readonly group: GroupName; readonly folded: string }
  | { readonly type: 'ban-removed'; readonly group: GroupName; readonly folded: string }
  /** Of an open group. Undefined: it has none. */
  | {
      readonly type: 'group-rules';
      readonly group: GroupName;
      readonly rules: GroupRules | undefined;
    }
  | { readonly type: 'address-ban'; readonly ban: AddressBanRecord }
  | { readonly type: 'address-ban-removed'; readonly ban: AddressBanRecord }
  | { readonly type: 'log'; readonly log: LogRecord }
  /** With all its messages. */
  | { readonly type: 'log-removed'; readonly log: LogId }
  /** The messages before `first` were deleted. */
  | { readonly type: 'log-trimmed'; readonly log: LogId; readonly first: number }
  /** What was said under that number is deleted; the line stays. Nothing where there is no such message. */
  | { readonly type: 'line-erased'; readonly log: LogId; readonly seq: number }
  /** The message will be erased when the age clock says `ends`: trimming does it. */
  | {
      readonly type: 'line-expiring';
      readonly log: LogId;
      readonly seq: number;
      readonly ends: number;
    }
  | { readonly type: 'sealed-group'; readonly sealed: SealedGroupRecord }
  | ({ readonly type: 'sealed-leaves' } & SealedLeavesRecord)
  /** Appended to the log, and to the lines that are kept longer than messages. */
  | { readonly type: 'group-line'; readonly line: GroupLineRecord }
  /** The last few of each group are kept. */
  | { readonly type: 'group-info'; readonly info: GroupInfoRecord }
  | { readonly type: 'tree-part'; readonly part: TreePartRecord }
  /** All trees of the group but these are gone. */
  | { readonly type: 'trees-kept'; readonly log: LogId; readonly trees: readonly number[] }
  /** Nothing of a room is left but the messages of its log: it is founded anew. */
  | { readonly type: 'unsealed'; readonly log: LogId }
  | { readonly type: 'cursor'; readonly cursor: CursorRecord }
  | { readonly type: 'stream'; readonly stream: StreamRecord }
  | { readonly type: 'stream-removed'; readonly account: AccountId; readonly stream: string }
  | { readonly type: 'invited'; readonly invited: InvitedRecord }
  | { readonly type: 'invited-removed'; readonly invited: InvitedRecord }
  | { readonly type: 'block'; readonly block: BlockRecord }
  | { readonly type: 'block-removed'; readonly block: BlockRecord }
  | { readonly type: 'invite'; readonly invite: InviteRecord }
  | { readonly type: 'invite-removed'; readonly hash: string }
  /** All quotas that are stored. */
  | { readonly type: 'quotas'; readonly quotas: readonly QuotaRecord[] }
  | { readonly type: 'kept-file'; readonly file: KeptFileRecord }
  | { readonly type: 'kept-file-removed'; readonly id: KeptFileId }
  | { readonly type: 'clock'; readonly clock: ClockRecord };

/** Everything that is stored, for the start of the hub. */
export interface Records {
  readonly accounts: readonly AccountRecord[];
  readonly devices: readonly DeviceRecord[];
  readonly starts: readonly StartRecord[];
  /** Each account's in order. */
  readonly links: readonly LinkRecord[];
  /** How many entries the directory has. They are read where they are asked for. */
  readonly directory: number;
  readonly groups: readonly GroupRecord[];
  /** In the order of their joins. */
  readonly members: readonly MemberRecord[];
  readonly bans: readonly { readonly group: GroupName; readonly folded: string }[];
  readonly rules: readonly { readonly group: GroupName; readonly rules: GroupRules }[];
  /** In the order of their creation. */
  readonly addressBans: readonly AddressBanRecord[];
  readonly logs: readonly LogRecord[];
  readonly sealedGroups: readonly SealedGroupRecord[];
  readonly sealedLeaves: readonly SealedLeavesRecord[];
  readonly rosters: readonly RosterOfLog[];
  readonly cursors: readonly CursorRecord[];
  /** In the order of their last use, the least recent first. */
  readonly streams: readonly StreamRecord[];
  readonly invited: readonly InvitedRecord[];
  readonly blocks: readonly BlockRecord[];
  readonly invites: readonly InviteRecord[];
  readonly quotas: readonly QuotaRecord[];
  /** By their ids. */
  readonly keptFiles: readonly KeptFileRecord[];
  /** The highest numbers that were ever given, so that removed ones are not reused. */
  readonly lastAccount: number;
  readonly lastLog: number;
  /** A new one each time that logs may have lost their ends. Clients know logs by it. */
  readonly generation: number;
  /** The ends of each log in the last few generations, the latest first. */
  readonly ends: readonly LogEnd[];
  /** The latest first. Empty if none are known: then clients are not told of runs either. */
  readonly runs: readonly RunRecord[];
  /** The marks of each log, the latest first. */
  readonly marks: readonly LogMark[];
  /** Why this generation began, if it began with this opening. */
  readonly putBack: PutBack | undefined;
  /** Undefined if no server has run on this database yet. */
  readonly clock: ClockRecord | undefined;
}

/** `restored` from a backup, or `cut`: the database is older than what was acknowledged from it. */
export type PutBack = 'restored' | 'cut';

export const noRecords: Records = {
  accounts: [],
  devices: [],
  starts: [],
  links: [],
  directory: 0,
  groups: [],
  members: [],
  bans: [],
  rules: [],
  addressBans: [],
  logs: [],
  sealedGroups: [],
  sealedLeaves: [],
  rosters: [],
  cursors: [],
  streams: [],
  invited: [],
  blocks: [],
  invites: [],
  quotas: [],
  keptFiles: [],
  lastAccount: 0,
  lastLog: 0,
  generation: 0,
  ends: [],
  runs: [],
  marks: [],
  putBack: undefined,
  clock: undefined,
};
