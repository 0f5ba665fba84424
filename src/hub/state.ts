// The state of the chat: who is connected, who is logged in, who has an account, which groups and logs exist. Only this
// folder changes it, and only inside a step. This file has names and plain lookups. The other files carry out commands,
// and restore.ts builds the state from the store.

import type { ConversationName } from '../wire/extended/names.ts';
import type { GroupRules } from '../wire/groups/group-rules.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { ConnectionId, Form, TransferId } from './effects.ts';
import type { KeptBook } from './files/kept/kept-state.ts';
import type { SealedState } from './groups/sealed/sealed-state.ts';
import type { ConnectionWay } from './inputs.ts';
import type { ChainEnd } from '../wire/statements/account-chain.ts';
import type { DeviceForm } from '../wire/statements/chain-link.ts';
import type { AccountId, Can, InviteRecord, LogId, LogMark, RunRecord } from './records.ts';

export type { Can };

/** What version 1 clients can do, and clients of the extended protocol that say nothing. */
export const canNothing: Can = { sealed: false };

/** One connection that is logged in as a user. */
export interface Visit {
  readonly user: User;
  readonly connection: ConnectionId;
  readonly form: Form;
  /** The Ed25519 public key of the device that has logged in, base64url. Undefined for a guest. */
  readonly device: string | undefined;
  /** Whether private messages and files may go to this connection. */
  readonly private: boolean;
  /** A guest, where guests may write only in the lobby. */
  readonly lobbyOnly: boolean;
  readonly can: Can;
  /** Whether it hears who is writing, and who has read how far. */
  readonly hearsSignals?: boolean | undefined;
  /** The start that the program has named last. */
  start?: string | undefined;
  /** Stands for its address. Undefined if addresses do not identify people here. */
  readonly from: string | undefined;
}

/**
 * Somebody with a name. A guest has it for one visit and holds nothing after that. An account keeps it, with any number
 * of visits or none.
 */
export interface User {
  readonly name: Username;
  readonly account: Account | undefined;
  /**
   * In the order of their logins. Always replaced as a whole: nearly every user has one visit, and an array that grows
   * allocates room for 17.
   */
  visits: readonly Visit[];
  /** Undefined until the first: most idle people are in none. */
  groups: Set<Group> | undefined;
  /** From where the last ended visit came. */
  lastFrom: string | undefined;
}

/** One device of an account (users/devices.ts). */
export interface AccountDevice {
  /** Its Ed25519 public key, base64url. */
  readonly key: string;
  /** Undefined for the first one. */
  readonly form: DeviceForm | undefined;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** The day of its last login, in milliseconds since 1970; 0 for never. */
  seenAt: number;
  /** What the client with its keys said that logged in last. */
  can: Can;
  /** The last start of its program that one of its connections has named. */
  start?: string | undefined;
}

/** What belongs to a name beyond its visits. */
export interface Account {
  readonly id: AccountId;
  /** The valid ones, the oldest first. None after a reset, until the next login, and where all are revoked. */
  devices: readonly AccountDevice[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  banned: boolean;
  /** Undefined until its device has left a root, and after a reset. */
  chain: StoredChain | undefined;
  /** The last accepted number of each stream, the least recently used first. Undefined until the first. */
  streams: Map<string, number> | undefined;
  /** Whose private messages and files it refuses, by folded names. Undefined until the first. */
  blocked: Map<string, Username> | undefined;
  /** The private conversations, by the other person, or by themselves. Undefined until the first. */
  directs: Map<User, Direct> | undefined;
  /** Bytes of private messages that it wrote, to anybody, and that wait for one of the two people. */
  waitingBytes?: number;
  /** What it used of its quota. Undefined until it has written something that is stored. */
  spent?: Spent;
}

/** What the hub knows of the chain of an account. */
export interface StoredChain {
  /** The SHA-256 of its root, base64url. */
  readonly root: string;
  readonly links: number;
  /** What the next link has to fit. Undefined where a link is damaged: then none fits. */
  readonly end: ChainEnd | undefined;
  /** How many links came on which day, counted from 1970. */
  readonly added?: { readonly day: number; readonly links: number };
}

/** How much a writer had used at a moment, in bytes and in milliseconds since 1970. */
export interface Spent {
  bytes: number;
  at: number;
}

/** How much guests used: together, and by their origin, the oldest first. */
export interface GuestsSpent {
  readonly all: Spent;
  readonly by: Map<string, Spent>;
}

/** What is known of the stored messages of one conversation. */
export interface Log {
  readonly id: LogId;
  readonly name: ConversationName;
  /** Its number for clients (logs.ts). */
  readonly number: number;
  /** Its numbers in earlier generations, and up to where it was the same. Undefined if it had none. */
  readonly earlier: readonly EarlierLog[] | undefined;
  /**
   * Its last message when runs of the server began, the latest first. Undefined for a log that is newer than all of
   * them.
   */
  readonly marks: readonly LogMark[] | undefined;
  /** The number of the first message that still exists; `last` + 1 if there is none. */
  first: number;
  /** The number of the last message; 0 if there is none. */
  last: number;
}

/** A log before the server was restored. */
export interface EarlierLog {
  readonly log: number;
  readonly last: number;
}

/** A stored conversation of two accounts, or of one with itself. */
export interface Direct {
  readonly log: Log;
  /** In the order of the conversation's name; of one with itself that one alone. */
  readonly sides: readonly DirectSide[];
  /** How many messages wait for somebody. */
  waitingMessages: number;
  /** Undefined while everything goes by sessions of two devices. */
  sealed: SealedState | undefined;
}

/** One of the people of a private conversation. */
export interface DirectSide {
  readonly user: User;
  /** Up to which number all their devices have stored it, of those that count (users/devices.ts). */
  got: number;
  /** Up to which number the furthest of them has. */
  furthest: number;
  readonly cursors: DeviceCursor[];
  /** How many bytes that they wrote wait for somebody. */
  waitingBytes: number;
}

/** Up to which number a device has stored a conversation. Devices that are no more have one together, with no name. */
export interface DeviceCursor {
  readonly device: string;
  seq: number;
}

/**
 * The origins of people who were removed, with the latest ban last: because of whom, as folded names, and until when,
 * in milliseconds since 1970. Undefined: until the operator lifts it.
 */
export type AddressBans = Map<string, Map<string, number | undefined>>;

/** A group of users [7.6]. The admin is one of its members. */
export interface Group {
  readonly name: GroupName;
  admin: User;
  /**
   * In the order of their joins, so that the first is the longest-standing one; each with the number of the first
   * message that it may read.
   */
  readonly members: Map<User, number>;
  /** Who may enter a group by invitation. For others the group does not exist. Undefined if everybody may enter. */
  invited: Set<AccountId> | undefined;
  /** How many of the members have an account. The group is stored while there is one. */
  accounts: number;
  /** Folded names of kicked people. They belong to the group, so they outlive the visits of these people. */
  readonly banned: Set<string>;
  /** The origins of kicked people, for guests. Undefined until the first. */
  bannedFrom: AddressBans | undefined;
  /** Undefined if messages are not stored. */
  log: Log | undefined;
  /** Undefined of an open group. */
  sealed: SealedState | undefined;
  /** Of an open group: what differs from a group of version 1. Replaced as a whole. */
  rules: GroupRules | undefined;
  /** In slow mode: when each member has spoken last. It is not stored. Undefined until the first. */
  spoke: Map<User, number> | undefined;
}

/** Whether a connection of a member hears a group: a sealed one only if its client can take part, and follow its records. */
export function hearsGroup({ sealed }: Group, { can }: Visit): boolean {
  if (sealed === undefined) return true;
  return can.sealed && (sealed.roster.governed === undefined || can.roles === true);
}

/** The connections of a member that hear a group. */
export function hearersOf(group: Group, { visits }: User): readonly Visit[] {
  return group.sealed === undefined ? visits : visits.filter((visit) => hearsGroup(group, visit));
}

/** An offered file that nobody has accepted yet [7.11]. Both connections are logged in. */
export interface Offer {
  readonly sender: Visit;
  readonly receiver: Visit;
  /** What the sender says about the file: opaque, and never changed. */
  readonly metadata: LineText;
}

/** An offer that was accepted. Both connections are logged in. */
export interface AcceptedTransfer {
  readonly id: TransferId;
  readonly offer: Offer;
}

/**
 * Offers and transfers by visit, so that the end of a visit costs only as much as it has. Visits without any, which are
 * most of them, have no entry. Only file-book.ts changes it.
 */
export interface FileBook {
  readonly offersBy: Map<Visit, Set<Offer>>;
  readonly offersTo: Map<Visit, Set<Offer>>;
  readonly transfersOf: Map<Visit, Set<AcceptedTransfer>>;
  readonly transfers: Map<TransferId, AcceptedTransfer>;
  lastTransfer: number;
}

/** The phase of a connection: before its login, or logged in as somebody. */
export type Phase =
  | {
      readonly name: 'greeting';
      /** How many of its lines were refused so far. */
      refusals: number;
      readonly way: ConnectionWay;
    }
  | { readonly name: 'open'; readonly visit: Visit };

export interface Hub {
  /** In the order in which they connected, which is the order of the list of users [7.4]. */
  readonly connections: Map<ConnectionId, Phase>;
  /** Every name in use, folded: guests while they are connected, accounts always. */
  readonly users: Map<string, User>;
  readonly accounts: Map<AccountId, User>;
  readonly groups: Map<string, Group>;
  /** All logs. */
  readonly logs: Map<LogId, Log>;
  /** The lobby's log. It begins with the first message or account. */
  lobby: Log | undefined;
  /** The unused one-time codes, by their SHA-256, the oldest first. */
  readonly invites: Map<string, InviteRecord>;
  /** The origins of people whom the operator banned, and the addresses that are banned themselves. */
  readonly bannedFrom: AddressBans;
  readonly guestsSpent: GuestsSpent;
  readonly files: FileBook;
  readonly kept: KeptBook;
  /** Connections that get presence changes. */
  readonly followers: Set<ConnectionId>;
  /** The list of users as it is sent [7.4], made at most once between two changes of the people. */
  userList: string | undefined;
  /** Whether the store works at the moment. */
  storing: boolean;
  hasRoom: boolean;
  /** The highest numbers that were given. */
  lastAccount: number;
  lastLog: number;
  lastOrder: number;
  /** The generation of the logs (records.ts). */
  readonly generation: number;
  /** The runs of the server on this database, the latest first (runs.ts). */
  readonly runs: readonly RunRecord[];
  /** How many entries the directory has, and whether one of them says of this run that the server was put back. */
  readonly directory: { size: number; isPutBack: boolean };
}

/**
 * The key under which a name is registered. Names that differ only in the case of letters are easy to confuse, so only
 * one of them can be in use. To reach a person, the exact name is still required.
 */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The user with exactly this name, online or offline. */
export function findNamed(hub: Hub, name: string): User | undefined {
  const user = hub.users.get(foldName(name));
  return user?.name === name ? user : undefined;
}

/** The user who is logged in under exactly this name. */
export function findUser(hub: Hub, name: string): User | undefined {
  const user = findNamed(hub, name);
  return user?.visits.length === 0 ? undefined : user;
}

/**
 * The group with exactly this name, if it exists for `user`: a group by invitation exists only for members and invited
 * people.
 */
export function findGroup(hub: Hub, name: string, user: User): Group | undefined {
  const group = hub.groups.get(foldName(name));
  if (group?.name !== name) return undefined;
  return group.members.has(user) || mayEnter(group, user) ? group : undefined;
}

/** The same as a connection is told of it: there are no sealed groups for one whose client can't take part in them. */
export function findGroupFor(hub: Hub, name: string, visit: Visit): Group | undefined {
  const group = findGroup(hub, name, visit.user);
  return group !== undefined && hearsGroup(group, visit) ? group : undefined;
}

function mayEnter({ invited }: Group, { account }: User): boolean {
  return invited === undefined || (account !== undefined && invited.has(account.id));
}

/**
 * The one connection that gets private lines of version 1 and files, because keys and sessions are in one program. It
 * is the last one that requested them, or the last one at all. Undefined for users who are offline or may only write in
 * the lobby.
 */
export function primary(user: User): Visit | undefined {
  const visit = user.visits.findLast((visit) => visit.private) ?? user.visits.at(-1);
  return visit?.lobbyOnly === true ? undefined : visit;
}
