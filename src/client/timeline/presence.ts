// Who is online, as the screen shows it. The server sends presence to an account, which follows it; otherwise (a
// guest, or an older server) it is polled [7.4]. Whoever has just written is online, whatever a list said.

import type { Members } from '../account/roster.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Timers } from '../ports.ts';
import { parseGroupName, type Username } from '../../wire/text.ts';

/** How often a server that does not tell is asked. */
const askEveryMs = 20_000;
/** Longer lists are asked for on demand only. */
const maxAskedFor = 500;

export class ShownPresence {
  readonly #client: ChatClient;
  readonly #timers: Timers;
  readonly #changed: () => void;
  /** Where the server has been asked. */
  #listed = new Set<string>();
  #isListed = false;
  #cancel: () => void = () => {};
  #version = 0;

  /** `changed` is called when somebody has come or gone. */
  constructor(client: ChatClient, timers: Timers, changed: () => void) {
    this.#client = client;
    this.#timers = timers;
    this.#changed = changed;
    client.roster?.follow();
  }

  /** Another number whenever people are to be shown anew. */
  get version(): number {
    return this.#version;
  }

  /** Whether all that is known of people comes from the server, as it happens. */
  get isTold(): boolean {
    return this.#told !== undefined;
  }

  /** Something else about people is another than before: who is in a group, whose key was compared. */
  touched(): void {
    this.#version += 1;
  }

  /** Everybody known, here or away. */
  get names(): Iterable<string> {
    return this.#told?.people.keys() ?? this.#listed;
  }

  /** Undefined where that is not known. */
  isHere(name: string): boolean | undefined {
    const told = this.#told;
    if (told !== undefined) return told.isHere(name as Username);
    return this.#isListed || this.#listed.has(name) ? this.#listed.has(name) : undefined;
  }

  /** Who is in a group; undefined where the server has not told. */
  membersOf(group: string): Members | undefined {
    const name = parseGroupName(group);
    return name === undefined ? undefined : this.#client.roster?.membersOf(name);
  }

  /** There is a login. */
  begin(as: 'account' | 'guest'): void {
    // An account is told, or will know soon that it is not.
    if (as === 'guest') this.#ask();
    else this.#askLater();
  }

  /** There is none any more. */
  pause(): void {
    this.#cancel();
  }

  /** Asks now, where the server does not tell. */
  refresh(): void {
    if (this.#told === undefined) this.#client.listUsers();
  }

  /** The server was asked, and has answered. */
  listed(names: readonly string[]): void {
    this.#listed = new Set(names.filter((name) => name !== 'unknown'));
    this.#isListed = true;
    this.#version += 1;
    this.#changed();
  }

  /** The server has told of comings and goings, or given a list and will not tell. */
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
