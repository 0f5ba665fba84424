// A server that knows nothing but version 1's private messages [7.5], people with Messengers on it, and a clock that a
// test advances. Every line crosses two links, up and down, each in order. A test may choose which link moves next, and
// treat lines in flight like a hostile network.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Messenger, type MessengerEvent } from '../../../src/client/encryption/live/messenger.ts';
import { ShownTexts } from '../../../src/client/encryption/shown-texts.ts';
import { createDevice, type Device } from '../../../src/e2ee/device.ts';
import { readSealed } from '../../../src/e2ee/pair-session.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';
import { suite } from '../pair.ts';
import { MemoryPins } from '../memory/memory-pins.ts';

type Event<Type extends MessengerEvent['type']> = Extract<MessengerEvent, { type: Type }>;

/**
 * A line in flight. `verb` and the rest as in version 1. `peer` is the addressee on the way up, the sender on the way
 * down.
 */
export interface Line {
  readonly verb:
    'PM' | 'REQUEST_PUBLIC_KEY' | 'PUBLIC_KEY' | 'GET_USERS' | 'users' | 'no such user!';
  readonly peer: string;
  readonly rest: readonly string[];
}

export class Person {
  readonly name: string;
  readonly world: World;
  device: Device;
  readonly pins = new MemoryPins();
  shown = new ShownTexts();
  readonly events: MessengerEvent[] = [];
  /** Otherwise a fault fails the test. */
  expectsFaults = false;
  messenger: Messenger;
  readonly up: Line[] = [];
  readonly down: Line[] = [];

  constructor(world: World, name: string, device: Device) {
    this.world = world;
    this.name = name;
    this.device = device;
    this.messenger = this.#login();
  }

  /** Ends this login and begins another. What was on its way to this person is lost. */
  async relogin(): Promise<void> {
    await this.messenger.close();
    this.up.length = 0;
    this.down.length = 0;
    this.messenger = this.#login();
  }

  /** The events of one type, in order. */
  all<Type extends MessengerEvent['type']>(type: Type): Event<Type>[] {
    return this.events.filter((event): event is Event<Type> => event.type === type);
  }

  /** What this person has read, as "sender: text". */
  read(): string[] {
    return this.all('text').map(({ from, text }) => `${from}: ${text}`);
  }

  say(to: string, text: string): string {
    const sent = this.messenger.send(to, text);
    assert.ok(sent.ok, sent.ok ? '' : sent.error.reason);
    return sent.value;
  }

  #login(): Messenger {
    const { world, name } = this;
    // An earlier login must not write into the links of the next one.
    const isPresent = (): boolean => world.people.get(name)?.messenger === messenger;
    const write = (line: Line): void => {
      if (!isPresent()) return;
      world.recording.push(`${name}: ${line.verb} @${line.peer} ${line.rest.join(' ')}`);
      this.up.push(line);
    };
    const messenger: Messenger = new Messenger({
      suite,
      device: this.device,
      me: name,
      shown: this.shown,
      now: () => world.nowMs,
      random: (length) => new Uint8Array(randomBytes(length)),
      emit: (event) => {
        if (event.type === 'fault' && !this.expectsFaults) {
          throw new Error('fault', { cause: event.cause });
        }
        this.events.push(event);
      },
      timers: world.timers,
      pins: this.pins,
      wire: {
        privateMessage: (peer, payload) => {
          write({ verb: 'PM', peer, rest: [payload] });
        },
        requestPublicKey: (peer, timestamp) => {
          write({ verb: 'REQUEST_PUBLIC_KEY', peer, rest: [timestamp] });
        },
        publicKey: (peer, key, timestamp) => {
          write({ verb: 'PUBLIC_KEY', peer, rest: [key, timestamp] });
        },
        listUsers: () => {
          if (world.listsUsers) write({ verb: 'GET_USERS', peer: '', rest: [] });
        },
      },
    });
    return messenger;
  }
}

export class World {
  // Two days ago, so that a test can let days pass: the MLS library compares lifetimes with the real clock.
  nowMs = Date.now() - 2 * 86_400_000;
  readonly people = new Map<string, Person>();
  /** Every line that a client sent, as "sender: line". */
  readonly recording: string[] = [];
  /** Whether the server answers a request for the list of users. */
  listsUsers = true;
  /** What the network does to a line on its way down: the lines that arrive instead. */
  tamper: (line: Line, to: Person) => readonly Line[] = (line) => [line];
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  readonly timers = {
    after: (ms: number, run: () => void): (() => void) => {
      const timer = { atMs: this.nowMs + ms, run };
      this.#timers.add(timer);
      return () => void this.#timers.delete(timer);
    },
  };

  async join(name: string, device?: Device): Promise<Person> {
    const person = new Person(this, name, device ?? (await createDevice(suite)));
    this.people.set(name, person);
    return person;
  }

  /** Leaves in order: what was sent before still counts. */
  async leave(person: Person): Promise<void> {
    await person.messenger.close();
    for (const line of person.up.splice(0)) this.#pass(person, line);
    this.people.delete(person.name);
  }

  /** The links with something on its way. */
  links(): Line[][] {
    return [...this.people.values()]
      .flatMap(({ up, down }) => [up, down])
      .filter((link) => link.length > 0);
  }

  /** Moves the first line of `link` one hop, and lets everybody finish with it. */
  async move(link: Line[]): Promise<void> {
    const line = link.shift();
    const person = [...this.people.values()].find(({ up, down }) => up === link || down === link);
    if (line === undefined || person === undefined) return;
    if (person.up === link) this.#pass(person, line);
    else {
      for (const arriving of this.tamper(line, person)) this.#deliver(person, arriving);
      await person.messenger.idle();
    }
  }

  /** Moves everything on its way, in turn or by `choose`, until nothing is left. */
  async settle(choose: (count: number) => number = () => 0): Promise<void> {
    for (;;) {
      for (const { messenger } of this.people.values()) await messenger.idle();
      const links = this.links();
      const link = links[choose(links.length)];
      if (link === undefined) return;
      await this.move(link);
    }
  }

  /** Lets `ms` pass: timers fire in order, and everything settles after each. */
  async pass(ms: number, choose?: (count: number) => number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await this.settle(choose);
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#timers.delete(next);
      next.run();
    }
    this.nowMs = untilMs;
  }

  /** The MLS groups of the private messages that `name` sent since `from` lines were recorded, in order. */
  groupsOf(name: string, from = 0): string[] {
    return this.recording.slice(from).flatMap((line) => {
      const [, sender = '', token = ''] = /^(\w+): PM @\w+ (\S+)/.exec(line) ?? [];
      const bytes = sender === name ? decodeBase64url(token) : undefined;
      const sealed = bytes === undefined ? undefined : readSealed(bytes);
      return sealed?.ok ? [sealed.value.groupId] : [];
    });
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  #pass(from: Person, line: Line): void {
    const to = this.people.get(line.peer);
    if (line.verb === 'GET_USERS') {
      from.down.push({ verb: 'users', peer: '', rest: [...this.people.keys()] });
    } else if (to === undefined) from.down.push({ verb: 'no such user!', peer: '', rest: [] });
    else to.down.push({ ...line, peer: from.name });
  }

  #deliver({ messenger }: Person, { verb, peer, rest }: Line): void {
    const [first = '', second = ''] = rest;
    if (verb === 'PM') messenger.receivedPm(peer, first);
    else if (verb === 'REQUEST_PUBLIC_KEY') messenger.receivedKeyRequest(peer, first);
    else if (verb === 'PUBLIC_KEY') messenger.receivedKey(peer, first, second);
    else if (verb === 'users') messenger.listed(rest);
    else messenger.noSuchUser();
  }
}
