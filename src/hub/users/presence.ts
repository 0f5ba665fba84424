// Presence, for accounts: the list for PEOPLE, and who follows its changes [14.5, 15.10, 15.13]. The shell, which has
// the clock, decides what followers get and when. A user is online while one of their connections is.

import type { ChangedPerson, ListedPerson } from '../../wire/extended/events.ts';
import { maxListed, type RequestOf } from '../../wire/extended/requests.ts';
import { followers, type ConnectionId } from '../effects.ts';
import type { User, Visit } from '../state.ts';
import { join, leave, report, type Turn } from '../turn.ts';

/** PEOPLE: everybody who is online, then accounts that are offline, up to the requested number. */
export function listPeople(turn: Turn, visit: Visit, request: RequestOf<'PEOPLE'>): void {
  const { hub } = turn;
  const { label, follow, limit = maxListed } = request;
  if (follow === true) startFollowing(turn, visit);
  if (follow === false) unfollow(turn, visit.connection);
  const listed = new List(limit);
  listed.add(hub.users.values(), true);
  listed.add(hub.accounts.values(), false);
  report(turn, visit.connection, {
    verb: 'PEOPLE',
    label,
    people: listed.people,
    more: listed.isCut || undefined,
    following: hub.followers.has(visit.connection) || undefined,
    connections: visit.user.visits.length,
  });
}

function startFollowing(turn: Turn, visit: Visit): void {
  const { hub } = turn;
  if (hub.followers.has(visit.connection)) return;
  hub.followers.add(visit.connection);
  join(turn, followers, visit);
}

export function unfollow(turn: Turn, connection: ConnectionId): void {
  if (turn.hub.followers.delete(connection)) leave(turn, followers, connection);
}

/** The presence or the account of a user has changed: followers get the new state. */
export function cameOrWent(turn: Turn, user: User, isGone = isUnlisted(user)): void {
  if (turn.hub.followers.size === 0) return;
  const person: ChangedPerson = isGone ? { ...entryOf(user), gone: true } : entryOf(user);
  turn.effects.push({ type: 'presence', person });
}

/** Whether lists leave a user out: an offline guest, or a banned person. */
function isUnlisted({ account, visits }: User): boolean {
  return account === undefined ? visits.length === 0 : account.banned;
}

function entryOf({ name, account, visits }: User): ListedPerson {
  const entry = { user: name, online: visits.length > 0 };
  return account === undefined ? { ...entry, guest: true } : entry;
}

/** People for a list, up to a maximum. */
export class List {
  readonly people: ListedPerson[] = [];
  readonly #limit: number;
  /** Whether somebody had no room. */
  isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds those of `users` who are online, or those who are offline. */
  add(users: Iterable<User>, online: boolean): void {
    for (const user of users) {
      if (user.visits.length > 0 !== online || isUnlisted(user)) continue;
      if (this.people.length >= this.#limit) {
        this.isCut = true;
        return;
      }
      this.people.push(entryOf(user));
    }
  }
}
