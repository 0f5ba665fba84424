// The state of the chat: who is connected, who is logged in, who has an account, which groups and logs exist. Only
// this folder changes it, and only inside a step. Holds names and plain lookups; the files beside it hold what
// commands do, and restore.ts how it begins from the store.

import type { ConversationName } from '../wire/extended/names.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { ConnectionId, Form, TransferId } from './effects.ts';
import type { ConnectionWay } from './inputs.ts';
import type { AccountId, InviteRecord, LogId, LogMark, RunRecord } from './records.ts';

/** One connection that is logged in, and as whom. */
export interface Visit {
  readonly user: User;
  readonly connection: ConnectionId;
  readonly form: Form;
  /** Whether private messages and files may come here. */
  readonly private: boolean;
  /** A guest where guests may speak in the lobby and nowhere else. */
  readonly lobbyOnly: boolean;
  /** What stands for its address; undefined where addresses do not tell who somebody is. */
  readonly from: string | undefined;
}

/**
 * Somebody who has a name. A guest has it for one visit and holds nothing once that ends; who has an account keeps
 * it, with any number of visits, also none.
 */
export interface User {
  readonly name: Username;
  readonly account: Account | undefined;
  /** In the order of their logins. Replaced as a whole: nearly everybody has one, and a list that grows has room for 17. */
  visits: readonly Visit[];
  /** Undefined until the first: most people who are idle are in none. */
  groups: Set<Group> | undefined;
  /** Where the visit that ended last came from. */
  lastFrom: string | undefined;
}

/** What belongs to a name beyond a visit. */
export interface Account {
  readonly id: AccountId;
  /** The Ed25519 public key of the account's device, base64url; undefined after a reset, until the next login. */
  device: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  banned: boolean;
  /** The last number that was accepted of each stream, the least recently used first. Undefined until the first. */
  streams: Map<string, number> | undefined;
  /** Whose private messages and files it does not want, by their folded names. Undefined until the first. */
  blocked: Map<string, Username> | undefined;
  /** The conversations with one other, by the other. Undefined until the first. */
  directs: Map<User, Direct> | undefined;
  /** Of private messages that it has written, to whomever, and that wait for one of the two. */
  waitingBytes?: number;
  /** Of its quota. Undefined until it has written something that is kept. */
  spent?: Spent;
}

/** What a writer had used up at a moment, in bytes and in milliseconds since 1970. */
export interface Spent {
  bytes: number;
  at: number;
}

/** What guests have used up: together, and by where they come from; the oldest first. */
export interface GuestsSpent {
  readonly all: Spent;
  readonly by: Map<string, Spent>;
}

/** What is known of the messages of one conversation that are stored. */
export interface Log {
  readonly id: LogId;
  readonly name: ConversationName;
  /** What clients know it by (logs.ts). */
  readonly number: number;
  /** What they knew it by in earlier generations, and up to where it was the same; undefined for a log without. */
  readonly earlier: readonly EarlierLog[] | undefined;
  /** How far it was when runs of the server began, the latest first; undefined for a log that is newer than all. */
  readonly marks: readonly LogMark[] | undefined;
  /** The number of the first message that is still there; one behind the last for none. */
  first: number;
  /** The number of the last message; 0 for none. */
  last: number;
}

/** A log before the server was put back. */
export interface EarlierLog {
  readonly log: number;
  readonly last: number;
}

/** A conversation of two accounts that is kept. */
export interface Direct {
  readonly log: Log;
  /** In the order of the conversation's name. */
  readonly people: readonly [User, User];
  /** Up to where each one's device has stored it. */
  readonly got: [number, number];
  /** How many bytes of each one's wait for one of the two, of how many messages. */
  readonly waiting: { readonly bytes: [number, number]; messages: number };
}

/**
 * Addresses from which somebody was put out, those that were banned last behind the others: because of whom, as folded
 * names, and until when, in milliseconds since 1970; undefined for until it is lifted.
 */
export type AddressBans = Map<string, Map<string, number | undefined>>;

/** A group of users [7.6]. The admin is one of its members. */
export interface Group {
  readonly name: GroupName;
  admin: User;
  /**
   * In the order in which they joined, so that the first is the longest-standing; with the number of the first message
   * that each may read.
   */
  readonly members: Map<User, number>;
  /** Who may come in, where that is by invitation: to others there is no such group. Undefined where everybody may. */
  readonly invited: Set<AccountId> | undefined;
  /** How many of the members have an account. The group is kept while there is one. */
  accounts: number;
  /** Folded names of those who were kicked. Belongs to the group, so it outlives the visits of those on it. */
  readonly banned: Set<string>;
  /** Where they came from, for guests. Undefined until the first. */
  bannedFrom: AddressBans | undefined;
  /** Undefined where messages are not kept. */
  log: Log | undefined;
}

/** A file that somebody has offered and nobody has taken yet [7.11]. Both connections are logged in. */
export interface Offer {
  readonly sender: Visit;
  readonly receiver: Visit;
  /** What the sender says about the file; opaque, and the same text all the way through. */
  readonly metadata: LineText;
}

/** An offer that was taken. Both connections are logged in. */
export interface AcceptedTransfer {
  readonly id: TransferId;
  readonly offer: Offer;
}

/**
 * Offers and transfers by visit, so that nobody's coming or going costs more than what is theirs. Somebody
 * without any is in none of the books: most people at most times. Changed in file-book.ts only.
 */
export interface FileBook {
  readonly offersBy: Map<Visit, Set<Offer>>;
  readonly offersTo: Map<Visit, Set<Offer>>;
  readonly transfersOf: Map<Visit, Set<AcceptedTransfer>>;
  readonly transfers: Map<TransferId, AcceptedTransfer>;
  lastTransfer: number;
}

/** Where a connection stands: before its login, or logged in as somebody. */
export type Phase =
  | {
      readonly name: 'greeting';
      /** How many lines of it were refused so far. */
      refusals: number;
      readonly way: ConnectionWay;
    }
  | { readonly name: 'open'; readonly visit: Visit };

export interface Hub {
  /** In the order in which they connected, which is the order of the list of users [7.4]. */
  readonly connections: Map<ConnectionId, Phase>;
  /** Every name that is taken, folded: guests while they are here, accounts always. */
  readonly users: Map<string, User>;
  /** Everybody with an account. */
  readonly accounts: Map<AccountId, User>;
  readonly groups: Map<string, Group>;
  /** Every log, whosever it is. */
  readonly logs: Map<LogId, Log>;
  /** The lobby's log, from the first message or account on. */
  lobby: Log | undefined;
  /** The one-time codes that wait, by their SHA-256; the oldest first. */
  readonly invites: Map<string, InviteRecord>;
  /** Where those came from whom the operator has banned, and what is banned by address. */
  readonly bannedFrom: AddressBans;
  readonly guestsSpent: GuestsSpent;
  readonly files: FileBook;
  /** Connections that hear who comes and goes. */
  readonly followers: Set<ConnectionId>;
  /** The list of users as it is sent [7.4], made at most once until somebody comes, goes or logs in. */
  userList: string | undefined;
  /** Whether things can be stored at the moment. */
  storing: boolean;
  /** Whether the disk has room for more. */
  hasRoom: boolean;
  /** The highest numbers that were given out. */
  lastAccount: number;
  lastLog: number;
  lastOrder: number;
  /** Of the logs (records.ts). */
  readonly generation: number;
  /** Of the server on this database, the latest first (runs.ts). */
  readonly runs: readonly RunRecord[];
}

/**
 * The key under which a name is taken. Names that differ only in the case of letters would be mistaken for one
 * another, so only one of them can be in use; asking for somebody still takes the exact name.
 */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** Whoever has exactly this name, here or away. */
export function findNamed(hub: Hub, name: string): User | undefined {
  const user = hub.users.get(foldName(name));
  return user?.name === name ? user : undefined;
}

/** The user who is logged in under exactly this name. */
export function findUser(hub: Hub, name: string): User | undefined {
  const user = findNamed(hub, name);
  return user?.visits.length === 0 ? undefined : user;
}

/** The group with exactly this name, where there is one for `user`: one by invitation is for who is in it or invited. */
export function findGroup(hub: Hub, name: string, user: User): Group | undefined {
  const group = hub.groups.get(foldName(name));
  if (group?.name !== name) return undefined;
  return group.members.has(user) || mayEnter(group, user) ? group : undefined;
}

function mayEnter({ invited }: Group, { account }: User): boolean {
  return invited === undefined || (account !== undefined && invited.has(account.id));
}

/**
 * The one connection that private lines of version 1 and files go to: keys and sessions live in one program. The last
 * that has asked for them, or the last at all. Undefined for somebody who is away, or may speak in the lobby only.
 */
export function primary(user: User): Visit | undefined {
  const visit = user.visits.findLast((visit) => visit.private) ?? user.visits.at(-1);
  return visit?.lobbyOnly === true ? undefined : visit;
}
