// What the hub wants remembered over a restart, and gets back at the start. Plain values: storing them is the store's
// task (src/store). Changes state what holds from now on, never what to add, so applying a change twice is the same
// as once.

import type { Brand } from '../lib/brand.ts';
import type { ConversationName } from '../wire/extended/names.ts';
import type { GroupName, Username } from '../wire/text.ts';

/** One account for as long as it exists; numbers are never used twice. */
export type AccountId = Brand<number, 'AccountId'>;

/** One conversation's log; numbers are never used twice, so that a new group is told from an old one of its name. */
export type LogId = Brand<number, 'LogId'>;

export interface AccountRecord {
  readonly id: AccountId;
  readonly name: Username;
  /** The Ed25519 public key of the account's device, base64url; undefined after a reset, until the next login. */
  readonly device: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly banned: boolean;
}

export interface GroupRecord {
  readonly name: GroupName;
  /** Undefined where the admin is a guest, who is gone after a restart. */
  readonly admin: AccountId | undefined;
  /** Entered by invitation. */
  readonly private?: true;
}

export interface MemberRecord {
  readonly group: GroupName;
  readonly account: AccountId;
  /** The first message of the group's log that this member may read. */
  readonly since: number;
  /** Grows with each joining: members stand in its order. */
  readonly order: number;
}

export interface LogRecord {
  readonly log: LogId;
  readonly name: ConversationName;
  /** The number of the last message; 0 for none. Never less than one that was acknowledged. */
  readonly last: number;
  /** The number of the first message that is still there. */
  readonly first: number;
}

/** Where a log was cut off, in a generation that has ended: up to `last` it is the same as the one that goes on. */
export interface LogEnd {
  readonly log: LogId;
  readonly generation: number;
  readonly last: number;
}

/** A run of the server on its database: each start begins one, under a number that was not there before. */
export interface RunRecord {
  readonly run: number;
  /** Grows from one to the next. */
  readonly position: number;
  /** The highest number of a log that had been given out when it began. */
  readonly lastLog: number;
}

/** How far a log was when the run at `position` began, and in the next ones, until another mark says more. */
export interface LogMark {
  readonly log: LogId;
  readonly position: number;
  readonly last: number;
}

/** How far a device has a conversation of two people. */
export interface CursorRecord {
  readonly log: LogId;
  readonly account: AccountId;
  readonly seq: number;
}

/** The last number that was accepted of a client's stream of messages. */
export interface StreamRecord {
  readonly account: AccountId;
  readonly stream: string;
  readonly last: number;
}

/** An account that may come into a group by invitation. */
export interface InvitedRecord {
  readonly group: GroupName;
  readonly account: AccountId;
}

/** Somebody whom an account has blocked. */
export interface BlockRecord {
  readonly account: AccountId;
  readonly name: Username;
}

/** An address that is banned because of somebody (address-bans.ts). */
export interface AddressBanRecord {
  /** Undefined for the whole server. */
  readonly group: GroupName | undefined;
  readonly address: string;
  /** A folded name, or nothing for the operator. */
  readonly because: string;
  /** Milliseconds since 1970; undefined for until it is lifted. */
  readonly until: number | undefined;
}

export interface InviteRecord {
  /** SHA-256 of the one-time code, base64url: the code itself is kept nowhere. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The account that it is for; undefined for whichever new one. */
  readonly name: string | undefined;
}

/** What an account, or all guests together, had used up of their quota (quotas.ts). */
export interface QuotaRecord {
  /** Undefined for guests. */
  readonly account: AccountId | undefined;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Where the server's age clock stood (server/age-clock.ts), and the wall clock at that moment; in milliseconds. */
export interface ClockRecord {
  readonly age: number;
  readonly wall: number;
}

/** Something that is so from now on. */
export type Change =
  | { readonly type: 'account'; readonly account: AccountRecord }
  /** With everything of theirs: memberships, cursors, streams, key packages. */
  | { readonly type: 'account-removed'; readonly id: AccountId }
  /** What was left for the account's device is of no use any more. */
  | { readonly type: 'key-packages-removed'; readonly account: AccountId }
  | { readonly type: 'group'; readonly group: GroupRecord }
  /** With its members and its lists of bans. */
  | { readonly type: 'group-removed'; readonly name: GroupName }
  | { readonly type: 'member'; readonly member: MemberRecord }
  | { readonly type: 'member-removed'; readonly group: GroupName; readonly account: AccountId }
  | { readonly type: 'ban'; readonly group: GroupName; readonly folded: string }
  | { readonly type: 'ban-removed'; readonly group: GroupName; readonly folded: string }
  | { readonly type: 'address-ban'; readonly ban: AddressBanRecord }
  | { readonly type: 'address-ban-removed'; readonly ban: AddressBanRecord }
  | { readonly type: 'log'; readonly log: LogRecord }
  /** With all that was said in it. */
  | { readonly type: 'log-removed'; readonly log: LogId }
  /** What was said before `first` is no longer there. */
  | { readonly type: 'log-trimmed'; readonly log: LogId; readonly first: number }
  | { readonly type: 'cursor'; readonly cursor: CursorRecord }
  | { readonly type: 'stream'; readonly stream: StreamRecord }
  | { readonly type: 'stream-removed'; readonly account: AccountId; readonly stream: string }
  | { readonly type: 'invited'; readonly invited: InvitedRecord }
  | { readonly type: 'invited-removed'; readonly invited: InvitedRecord }
  | { readonly type: 'block'; readonly block: BlockRecord }
  | { readonly type: 'block-removed'; readonly block: BlockRecord }
  | { readonly type: 'invite'; readonly invite: InviteRecord }
  | { readonly type: 'invite-removed'; readonly hash: string }
  /** All that are remembered. */
  | { readonly type: 'quotas'; readonly quotas: readonly QuotaRecord[] }
  | { readonly type: 'clock'; readonly clock: ClockRecord };

/** Everything that is remembered, as the hub starts with it. */
export interface Records {
  readonly accounts: readonly AccountRecord[];
  readonly groups: readonly GroupRecord[];
  /** In the order in which they joined. */
  readonly members: readonly MemberRecord[];
  readonly bans: readonly { readonly group: GroupName; readonly folded: string }[];
  /** In the order in which they were made. */
  readonly addressBans: readonly AddressBanRecord[];
  readonly logs: readonly LogRecord[];
  readonly cursors: readonly CursorRecord[];
  /** In the order of their last use, the least recent first. */
  readonly streams: readonly StreamRecord[];
  readonly invited: readonly InvitedRecord[];
  readonly blocks: readonly BlockRecord[];
  readonly invites: readonly InviteRecord[];
  readonly quotas: readonly QuotaRecord[];
  /** The highest numbers that were ever given out: removed ones are not given out again. */
  readonly lastAccount: number;
  readonly lastLog: number;
  /** Another one, never there before, each time that logs may have lost their ends. Clients know logs by it. */
  readonly generation: number;
  /** Those of each log in the last few generations, the latest first. */
  readonly ends: readonly LogEnd[];
  /** The latest first. None where nothing is known of them: then nothing is told either. */
  readonly runs: readonly RunRecord[];
  /** Those of each log, the latest first. */
  readonly marks: readonly LogMark[];
  /** Why this generation has begun, where it has with this opening. */
  readonly putBack: PutBack | undefined;
  /** Undefined where no server has run on it. */
  readonly clock: ClockRecord | undefined;
}

/** `restored` from a backup; `cut`: the database is older than what was acknowledged from it. */
export type PutBack = 'restored' | 'cut';

/** Nothing is remembered. */
export const noRecords: Records = {
  accounts: [],
  groups: [],
  members: [],
  bans: [],
  addressBans: [],
  logs: [],
  cursors: [],
  streams: [],
  invited: [],
  blocks: [],
  invites: [],
  quotas: [],
  lastAccount: 0,
  lastLog: 0,
  generation: 0,
  ends: [],
  runs: [],
  marks: [],
  putBack: undefined,
  clock: undefined,
};
