// Presence, for accounts: the list that PEOPLE asks for, and who follows its changes [14.5, 15.10, 15.13]. The shell
// decides what followers get, and when: it has the clock. Somebody is online while one of their connections is.

import type { ChangedPerson, ListedPerson } from '../../wire/extended/events.ts';
import { maxListed, type RequestOf } from '../../wire/extended/requests.ts';
import { followers, type ConnectionId } from '../effects.ts';
import type { User, Visit } from '../state.ts';
import { join, leave, report, type Turn } from '../turn.ts';

/** PEOPLE: everybody who is here, then those with an account who are away, as many as are asked for. */
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

/** A connection does not hear any more who comes and goes, if it did. */
export function unfollow(turn: Turn, connection: ConnectionId): void {
  if (turn.hub.followers.delete(connection)) leave(turn, followers, connection);
}

/** Somebody has come or gone, or their account has: the followers are to hear how it is now. */
export function cameOrWent(turn: Turn, user: User, isGone = isUnlisted(user)): void {
  if (turn.hub.followers.size === 0) return;
  const person: ChangedPerson = isGone ? { ...entryOf(user), gone: true } : entryOf(user);
  turn.effects.push({ type: 'presence', person });
}

/** Whether lists do not name somebody: a guest who is away, or who is banned. */
function isUnlisted({ account, visits }: User): boolean {
  return account === undefined ? visits.length === 0 : account.banned;
}

function entryOf({ name, account, visits }: User): ListedPerson {
  const entry = { user: name, online: visits.length > 0 };
  return account === undefined ? { ...entry, guest: true } : entry;
}

/** People as they are listed, up to so many. */
export class List {
  readonly people: ListedPerson[] = [];
  readonly #limit: number;
  /** Somebody had no room. */
  isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds those of `users` who are here, or those who are away. */
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
