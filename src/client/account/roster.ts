// Who is online and who is in which group, as the server tells an account: lists, requested once per login, and the
// changes after them [14.5, 14.9, 15.13, 15.15]. Nothing of it is stored on the device, and nothing is requested that
// no view wants. A server that does not send changes is asked again by whoever wants to know (isFollowing).

import type { ChangedPerson, ExtendedEvent, ListedPerson } from '../../wire/extended/events.ts';
import { groupConversation, parsePlace } from '../../wire/extended/names.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { ClientEvent } from '../client-event.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { PendingRequests } from '../pending-requests.ts';

/** The most people that are requested, online ones first: a list for a person to read. */
export const maxAskedFor = 1_000;
/** The most names that are known, in all and in a group. Beyond that, those known for longest are forgotten. */
export const maxKnown = 20_000;
/** So that not all followers request again at once, each waits this time, up to twice as long [15.13]. */
const askAgainMs = 5_000;

/** A person, as far as the server has said. */
export interface KnownPresence {
  readonly online: boolean;
  readonly guest: boolean;
}

/** Who is in a group. */
export interface Members {
  readonly admin: Username;
  /** In the order of the server's list, later members at the end. */
  readonly people: ReadonlyMap<Username, KnownPresence>;
  /** Whether there are others who are not named. */
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
  /** Whether a view wants presence changes. */
  #isWanted = false;
  #isFollowing = false;
  #people = new Map<Username, KnownPresence>();
  /** Whether everybody who is online is in `#people`. */
  #isWhole = false;
  /** The groups that a view has asked about. Undefined until the list is there. */
  readonly #members = new Map<GroupName, KnownMembers | undefined>();
  #cancelAsking: () => void = () => {};

  constructor(ports: RosterPorts) {
    this.#ports = ports;
  }

  /** Whether the server sends presence changes. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Everybody known, the first listed first. Empty until a view follows. */
  get people(): ReadonlyMap<Username, KnownPresence> {
    return this.#people;
  }

  /** Whether somebody is online. Undefined if unknown. */
  isHere(user: Username): boolean | undefined {
    return this.#people.get(user)?.online ?? (this.#isWhole ? false : undefined);
  }

  /** From now on, and in later logins, `presence` events report changes. */
  follow(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#askPeople();
  }

  /** Who is in a group. If unknown, it is requested, and a `members` event follows. */
  membersOf(group: GroupName): Members | undefined {
    if (!this.#members.has(group)) {
      this.#members.set(group, undefined);
      this.#askMembers(group);
    }
    return this.#members.get(group);
  }

  /** The admin of a group that a view has asked about, as far as is known. */
  adminOf(group: GroupName): Username | undefined {
    return this.#members.get(group)?.admin;
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

  /** An event of the server about people. */
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
    // Changes that were left out may concern anybody.
    this.#isWhole = false;
    const [part = 0] = this.#ports.random(1);
    const waitMs = askAgainMs + (askAgainMs * part) / 256;
    this.#cancelAsking = this.#ports.timers.after(waitMs, () => this.#askPeople());
  }

  #askMembers(group: GroupName): void {
    this.#requests?.ask(
      'MEMBERS',
      { in: groupConversation(group), limit: maxAskedFor },
      // An older server does not know the request, and others answer that this account is no member: then nobody is
      // known.
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
        // A person who has left the group is reported as that.
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
      // A person who joins is online: nobody else joins for them.
      if (what === 'joined') this.#joined(group, known, user, guest);
      else if (what === 'admin') known.admin = user;
      else known.people.delete(user);
    }
    // The server reports what concerns this account in other words, too, on every kind of login.
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
