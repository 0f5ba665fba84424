// Who is online and who is in which group, as the server tells an account: lists, requested once per login, and the
// changes after them [14.5, 14.9, 15.13, 15.15]. Nothing of it is stored on the device, and nothing is requested that
// no view wants. A server that does not send changes is asked again by whoever wants to know (isFollowing).

import type { ChangedPerson, ExtendedEvent, ListedPerson } from '../../wire/extended/events.ts';
import { groupConversation, parsePlace } from '../../wire/extended/names.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { ClientEvent } from '../client-event.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { PendingRequests } from '../pending-requests.ts';

/** So many people are asked for, those who are here first: a list for a person to look at. */
export const maxAskedFor = 1_000;
/** So many names are known at most, here and in a group; beyond, those here who are known longest are forgotten. */
export const maxKnown = 20_000;
/** Before all followers ask again at once, each waits so long, and up to as long again [15.13]. */
const askAgainMs = 5_000;

/** Somebody, as far as the server has told. */
export interface KnownPresence {
  readonly online: boolean;
  readonly guest: boolean;
}

/** Who is in a group. */
export interface Members {
  readonly admin: Username;
  /** In the order of the server's list, who came since then at the end. */
  readonly people: ReadonlyMap<Username, KnownPresence>;
  /** There are others who are not named. */
  readonly isCut: boolean;
}

interface KnownMembers extends Members {
  admin: Username;
  readonly people: Map<Username, KnownPresence>;
}

export interface RosterPorts {
  readonly me: Username;
  readonly timers: Timers;
  readonly random: RandomBytes;
  readonly emit: (event: ClientEvent) => void;
}

export class Roster {
  readonly #ports: RosterPorts;
  #requests: PendingRequests | undefined;
  /** Somebody wants to hear who comes and goes. */
  #isWanted = false;
  #isFollowing = false;
  #people = new Map<Username, KnownPresence>();
  /** Everybody who is here is in `#people`. */
  #isWhole = false;
  /** Of the groups that somebody has asked about; undefined until the list is there. */
  readonly #members = new Map<GroupName, KnownMembers | undefined>();
  #cancelAsking: () => void = () => {};

  constructor(ports: RosterPorts) {
    this.#ports = ports;
  }

  /** Whether the server tells who comes and goes. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Everybody known, those listed first at the beginning; empty until somebody follows. */
  get people(): ReadonlyMap<Username, KnownPresence> {
    return this.#people;
  }

  /** Whether somebody is here; undefined where that is not known. */
  isHere(user: Username): boolean | undefined {
    return this.#people.get(user)?.online ?? (this.#isWhole ? false : undefined);
  }

  /** From here on, and in later logins, `presence` events tell who comes and goes. */
  follow(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#askPeople();
  }

  /** Who is in a group; asked for where it is not known, and `members` tells when it is. */
  membersOf(group: GroupName): Members | undefined {
    if (!this.#members.has(group)) {
      this.#members.set(group, undefined);
      this.#askMembers(group);
    }
    return this.#members.get(group);
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
    if (this.#isWanted) this.#askPeople();
    for (const group of this.#members.keys()) this.#askMembers(group);
  }

  logout(): void {
    this.#requests = undefined;
    this.#isFollowing = false;
    this.#isWhole = false;
    this.#cancelAsking();
  }

  /** Takes what the server says of people. */
  receive(event: ExtendedEvent): void {
    switch (event.verb) {
      case 'PEOPLE_CHANGED':
        this.#changed(event.people);
        if (event.again === true) this.#askLater();
        return;
      case 'MEMBER':
        this.#member(event);
        return;
      case 'JOINED': {
        const group = groupOf(event.in);
        if (group !== undefined && this.#members.has(group)) this.#askMembers(group);
        return;
      }
      case 'LEFT': {
        const group = groupOf(event.in);
        if (group !== undefined && this.#members.has(group)) this.#members.set(group, undefined);
        return;
      }
      default:
    }
  }

  #askPeople(): void {
    this.#requests?.ask('PEOPLE', { follow: true, limit: maxAskedFor }, (answer) => {
      if (!answer.ok) return;
      const { people, more, following } = answer.value;
      this.#isFollowing = following === true;
      this.#isWhole = more !== true;
      this.#people = new Map(people.map(knownSenders));
      this.#forgetOldest();
      this.#ports.emit({ type: 'presence', changed: undefined });
    });
  }

  #askLater(): void {
    this.#cancelAsking();
    // What was not told may be of anybody.
    this.#isWhole = false;
    const [part = 0] = this.#ports.random(1);
    const waitMs = askAgainMs + (askAgainMs * part) / 256;
    this.#cancelAsking = this.#ports.timers.after(waitMs, () => this.#askPeople());
  }

  #askMembers(group: GroupName): void {
    this.#requests?.ask(
      'MEMBERS',
      { in: groupConversation(group), limit: maxAskedFor },
      // An older server does not know the question, and others hear that they are no members: then nobody is known.
      (answer) => {
        if (!answer.ok) return;
        const { admin, members, more } = answer.value;
        const people = new Map(members.map(knownSenders));
        this.#members.set(group, { admin, people, isCut: more === true });
        this.#ports.emit({ type: 'members', group });
      },
    );
  }

  #changed(changes: readonly ChangedPerson[]): void {
    for (const { gone, ...person } of changes) {
      const [user, known] = knownSenders(person);
      if (gone === true) this.#people.delete(user);
      else this.#people.set(user, known);
      for (const members of this.#members.values()) {
        // Who is out of the group is told of as that.
        if (members?.people.has(user) === true) members.people.set(user, known);
      }
    }
    this.#forgetOldest();
    if (changes.length > 0) this.#ports.emit({ type: 'presence', changed: changes });
  }

  #forgetOldest(): void {
    for (const user of this.#people.keys()) {
      if (this.#people.size <= maxKnown) return;
      this.#people.delete(user);
      this.#isWhole = false;
    }
  }

  #member({
    in: name,
    user,
    guest = false,
    what,
  }: Extract<ExtendedEvent, { verb: 'MEMBER' }>): void {
    const group = groupOf(name);
    if (group === undefined) return;
    const known = this.#members.get(group);
    if (known !== undefined) {
      // Who joins is here: nobody else does it for them.
      if (what === 'joined') this.#joined(group, known, user, guest);
      else if (what === 'admin') known.admin = user;
      else known.people.delete(user);
    }
    // What concerns this account the server says in other words, too, to whatever it has logged in with.
    if (user === this.#ports.me) this.#ports.emit({ type: 'members', group });
    else this.#ports.emit({ type: 'member', group, user, guest, what });
  }

  #joined(group: GroupName, known: KnownMembers, user: Username, guest: boolean): void {
    if (known.people.size < maxKnown) known.people.set(user, { online: true, guest });
    else this.#members.set(group, { ...known, isCut: true });
  }
}

function knownSenders({ user, online, guest = false }: ListedPerson): [Username, KnownPresence] {
  return [user, { online, guest }];
}

function groupOf(name: string): GroupName | undefined {
  const place = parsePlace(name);
  return place?.kind === 'group' ? place.group : undefined;
}
