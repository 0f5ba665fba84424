// The state of the chat: who is connected, who is logged in, which groups exist. Only this folder changes it,
// and only inside a step. Lookups live here; what commands do with it lives in the files beside.

import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { ConnectionId, TransferId } from './effects.ts';

/** Somebody who is logged in. Guests hold nothing once their connection ends. */
export interface User {
  readonly name: Username;
  readonly connection: ConnectionId;
  /** Undefined until the first: most people who are idle are in none. */
  groups: Set<Group> | undefined;
}

/** A group of users [7.6]. The admin is one of its members. */
export interface Group {
  readonly name: GroupName;
  admin: User;
  /** In the order in which they joined, so that the first is the longest-standing. */
  readonly members: Set<User>;
  /** Folded names of those who were kicked. Belongs to the group, so it outlives the visits of those on it. */
  readonly banned: Set<string>;
}

/** A file that somebody has offered and nobody has taken yet [7.11]. Both people are logged in. */
export interface Offer {
  readonly sender: User;
  readonly receiver: User;
  /** What the sender says about the file; opaque, and the same text all the way through. */
  readonly metadata: LineText;
}

/** An offer that was taken. Both people are logged in. */
export interface Transfer {
  readonly id: TransferId;
  readonly offer: Offer;
}

/**
 * Offers and transfers by person, so that nobody's coming or going costs more than what is theirs. Somebody
 * without any is in none of the books: most people at most times. Changed in file-book.ts only.
 */
export interface FileBook {
  readonly offersBy: Map<User, Set<Offer>>;
  readonly offersTo: Map<User, Set<Offer>>;
  readonly transfersOf: Map<User, Set<Transfer>>;
  readonly transfers: Map<TransferId, Transfer>;
  lastTransfer: number;
}

/** Where a connection stands: before its login, or logged in as somebody. */
export type Phase = { readonly name: 'greeting' } | { readonly name: 'open'; readonly user: User };

export interface Hub {
  /** In the order in which they connected, which is the order of the list of users [7.4]. */
  readonly connections: Map<ConnectionId, Phase>;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly files: FileBook;
  /** The list of users as it is sent [7.4], made at most once until somebody comes, goes or logs in. */
  userList: string | undefined;
}

/** A hub with nobody in it. */
export function createHub(): Hub {
  return {
    connections: new Map(),
    users: new Map(),
    groups: new Map(),
    files: {
      offersBy: new Map(),
      offersTo: new Map(),
      transfersOf: new Map(),
      transfers: new Map(),
      lastTransfer: 0,
    },
    userList: undefined,
  };
}

/**
 * The key under which a name is taken. Names that differ only in the case of letters would be mistaken for one
 * another, so only one of them can be in use; asking for somebody still takes the exact name.
 */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The user who is logged in under exactly this name. */
export function findUser(hub: Hub, name: string): User | undefined {
  const user = hub.users.get(foldName(name));
  return user?.name === name ? user : undefined;
}

/** The group with exactly this name. */
export function findGroup(hub: Hub, name: string): Group | undefined {
  const group = hub.groups.get(foldName(name));
  return group?.name === name ? group : undefined;
}
