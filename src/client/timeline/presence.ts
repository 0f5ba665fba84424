// Who is online, as the screen shows it. The server sends presence to an account, which follows it. Otherwise (a guest,
// or an older server) it is polled [7.4]. A person who has just written is online, whatever a list said.

import type { KnownPresence } from '../account/roster.ts';
import type { Timers } from '../ports.ts';
import { lobbyGroup, parseAnyGroupName } from '../../wire/extended/names.ts';
import type { GroupRole } from '../../wire/groups/rights.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { TimelineSource } from './timeline-source.ts';

/** How often a server that does not send presence is asked. */
const askEveryMs = 20_000;
/** Whoever waits for a list waits so long at most. */
const answerWithinMs = 2_000;
/** Longer lists are requested on demand only. */
const maxAskedFor = 500;

/** Who is in a group. */
export interface ShownMembers {
  readonly admin: string | undefined;
  readonly people: ReadonlyMap<Username, KnownPresence>;
  /** Who is more than a member. */
  readonly admins: readonly string[];
  readonly moderators: readonly string[];
}

export class ShownPresence {
  readonly #source: TimelineSource;
  readonly #timers: Timers;
  readonly #changed: () => void;
  /** The last list of a server that was asked. */
  #listed = new Set<string>();
  #isListed = false;
  #cancel: () => void = () => {};
  #version = 0;
  #waiting: (() => void)[] = [];
  readonly #loading = new Set<GroupName>();

  /** `changed` is called when somebody's presence has changed. */
  constructor(source: TimelineSource, timers: Timers, changed: () => void) {
    this.#source = source;
    this.#timers = timers;
    this.#changed = changed;
    this.follow();
  }

  /** From now on, where the server sends presence. */
  follow(): void {
    this.#source.roster?.follow();
  }

  /** Changes whenever people must be drawn again. */
  get version(): number {
    return this.#version;
  }

  /** Whether the server sends all presence changes. */
  get isTold(): boolean {
    return this.#told !== undefined;
  }

  /** Something else about people has changed: members of a group, a compared key. */
  touched(): void {
    this.#version += 1;
  }

  /** Everybody known, online or offline. */
  get names(): Iterable<string> {
    return this.#told?.people.keys() ?? this.#listed;
  }

  /** Undefined if unknown. */
  isHere(name: string): boolean | undefined {
    const told = this.#told;
    if (told !== undefined) return told.isHere(name as Username);
    return this.#isListed || this.#listed.has(name) ? this.#listed.has(name) : undefined;
  }

  /** Who is in a group. Undefined if that is not known. Of a sealed group the tree says it, and not the server. */
  membersOf(group: string): ShownMembers | undefined {
    const name = parseAnyGroupName(group);
    if (name === undefined) return undefined;
    const { roster } = this.#source;
    if (!this.#source.isSealed(name)) {
      const known = roster?.membersOf(name);
      const told = this.#source.conversations.find((one) => one.name === `#${name}`);
      const { owners: admins = [], moderators = [] } = told ?? {};
      return known && { ...known, admins, moderators };
    }
    const view = this.#source.shownView(name);
    if (view === undefined) void this.#load(name);
    if (view?.phase !== 'in') return undefined;
    const online = name === lobbyGroup ? undefined : roster?.membersOf(name)?.people;
    const people = view.members.map((member): [Username, KnownPresence] => {
      const user = member as Username;
      const isHere = this.isHere(user) ?? online?.get(user)?.online ?? false;
      return [user, { online: isHere, guest: false }];
    });
    return { ...view, admin: view.admins[0], people: new Map(people) };
  }

  /** A group that was stored is read when it is first looked at. */
  async #load(group: GroupName): Promise<void> {
    if (this.#loading.has(group)) return;
    this.#loading.add(group);
    await this.#source.sealedView(group);
    this.#loading.delete(group);
    this.#version += 1;
    this.#changed();
  }

  /** A login begins. */
  begin(as: 'account' | 'guest'): void {
    // An account gets presence, or will soon know that it does not.
    if (as === 'guest') this.#ask();
    else this.#askLater();
  }

  /** The login has ended. */
  pause(): void {
    this.#cancel();
  }

  /** Asks now, if the server does not send presence. Resolves with the answer, or when none has come in time. */
  refresh(): Promise<void> {
    if (this.#told !== undefined) return Promise.resolve();
    this.#source.listUsers();
    return new Promise((resolve) => {
      const cancel = this.#timers.after(answerWithinMs, resolve);
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
    });
  }

  /** The answer to a request for the list. */
  listed(names: readonly string[]): void {
    this.#listed = new Set(names.filter((name) => name !== 'unknown'));
    this.#isListed = true;
    for (const answer of this.#waiting.splice(0)) answer();
    this.#version += 1;
    this.#changed();
  }

  /** The server has sent changes, or a list without later changes. */
  told(): void {
    this.#version += 1;
    if (this.isTold) this.#changed();
    else this.#ask();
  }

  /** Something came from that person just now. */
  cameFrom(name: string): void {
    if (this.#listed.has(name)) return;
    this.#listed.add(name);
    this.#version += 1;
  }

  get #told() {
    const { roster } = this.#source;
    return roster?.isFollowing === true ? roster : undefined;
  }

  #ask(): void {
    if (this.#told === undefined && this.#listed.size <= maxAskedFor) this.#source.listUsers();
    this.#askLater();
  }

  #askLater(): void {
    this.#cancel();
    this.#cancel = this.#timers.after(askEveryMs, () => this.#ask());
  }
}

/** What somebody is there, if they are more than a member. */
export function roleIn(
  { admin, admins, moderators }: ShownMembers,
  name: string,
): GroupRole | undefined {
  if (name === admin || admins.includes(name)) return 'owner';
  return moderators.includes(name) ? 'moderator' : undefined;
}
