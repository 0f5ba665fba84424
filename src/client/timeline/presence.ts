// Who is online, as the screen shows it. The server sends presence to an account, which follows it. Otherwise (a guest,
// or an older server) it is polled [7.4]. A person who has just written is online, whatever a list said.

import type { Members } from '../account/roster.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Timers } from '../ports.ts';
import { parseGroupName, type Username } from '../../wire/text.ts';

/** How often a server that does not send presence is asked. */
const askEveryMs = 20_000;
/** Longer lists are requested on demand only. */
const maxAskedFor = 500;

export class ShownPresence {
  readonly #client: ChatClient;
  readonly #timers: Timers;
  readonly #changed: () => void;
  /** The last list of a server that was asked. */
  #listed = new Set<string>();
  #isListed = false;
  #cancel: () => void = () => {};
  #version = 0;

  /** `changed` is called when somebody's presence has changed. */
  constructor(client: ChatClient, timers: Timers, changed: () => void) {
    this.#client = client;
    this.#timers = timers;
    this.#changed = changed;
    client.roster?.follow();
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

  /** Who is in a group. Undefined if the server has not said. */
  membersOf(group: string): Members | undefined {
    const name = parseGroupName(group);
    return name === undefined ? undefined : this.#client.roster?.membersOf(name);
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

  /** Asks now, if the server does not send presence. */
  refresh(): void {
    if (this.#told === undefined) this.#client.listUsers();
  }

  /** The answer to a request for the list. */
  listed(names: readonly string[]): void {
    this.#listed = new Set(names.filter((name) => name !== 'unknown'));
    this.#isListed = true;
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
    const { roster } = this.#client;
    return roster?.isFollowing === true ? roster : undefined;
  }

  #ask(): void {
    if (this.#listed.size <= maxAskedFor) this.refresh();
    this.#askLater();
  }

  #askLater(): void {
    this.#cancel();
    this.#cancel = this.#timers.after(askEveryMs, () => this.#ask());
  }
}
