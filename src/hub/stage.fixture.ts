// A shell without sockets and without a disk, for the tests of the hub. It keeps the audiences that the effects make,
// every connection's lines, and the records that the changes make. It stores at once, or not at all if told so.

import { invariant } from '../lib/invariant.ts';
import { parseCommand } from '../wire/commands.ts';
import { formatEvent } from '../wire/events.ts';
import {
  formatExtendedEvent,
  parseExtendedEvent,
  type ChangedPerson,
  type ExtendedEvent,
} from '../wire/extended/events.ts';
import type { Username } from '../wire/text.ts';
import type { Audience, ConnectionId, Effect, Form, Post, Speaker } from './effects.ts';
import { phaseOf, step, type HubInput } from './hub.ts';
import type { AdminAct, CheckedParts, HubRequest, ConnectionWay } from './inputs.ts';
import { defaultHubLimits } from './limits.ts';
import { createMemory, type KeptPost, type Memory } from './memory.fixture.ts';
import { createHub } from './restore.ts';
import type { Sha256 } from './groups/sealed/roster-items.ts';
import { canNothing, type Hub } from './state.ts';
import type { Env } from './turn.ts';

export const testEnv: Env = {
  ...defaultHubLimits,
  welcome: 'hello',
  maxConnections: 100,
  keep: { lobby: true, groups: true, direct: true },
  keepMs: undefined,
  keepCount: undefined,
  keptFiles: undefined,
};

/** A connection that may log in as a guest. */
export const anyWay: ConnectionWay = { guests: 'on', from: undefined };

const id = (number: number) => number as ConnectionId;

/** A device key for a name. */
export const deviceOf = (name: string): string =>
  `${name.toLowerCase().padEnd(42, '_')}A`.slice(0, 43);

function audienceKey(audience: Audience): string {
  return audience.kind === 'group' ? audience.group : ` ${audience.kind}`;
}

/** The event of a message, as extended connections get it. */
export function messageOf(said: KeptPost): ExtendedEvent {
  const { name, seq, at, from, guest, id, text, content, sealed, welcome, device, inSealed } = said;
  return {
    verb: 'MSG',
    in: name,
    seq,
    at,
    from,
    guest: guest || undefined,
    id,
    text,
    content,
    sealed,
    welcome,
    device,
    ...inSealed,
    ...(said.erased && { erased: said.erased }),
  };
}

export class Stage {
  readonly env: Env;
  readonly memory: Memory;
  readonly audiences = new Map<string, Map<ConnectionId, Form>>();
  readonly closed = new Set<ConnectionId>();
  /** What followers of presence would get. */
  readonly presences: ChangedPerson[] = [];
  /** What the shell was to do with kept files, for tests that play it. */
  readonly portEffects: Extract<Effect, { type: 'openKept' | 'closeKept' | 'removeKept' }>[] = [];
  hub: Hub;
  /** Whether commits work. */
  disk = true;
  #now: number;
  readonly #sha256: Sha256 | undefined;
  readonly #inboxes = new Map<ConnectionId, string[]>();

  /** @param sha256 of a stage with sealed groups */
  constructor(
    env: Partial<Env> = {},
    memory: Memory = createMemory(),
    now = 1_000_000,
    sha256?: Sha256,
  ) {
    this.#now = now;
    this.#sha256 = sha256;
    this.env = { ...testEnv, ...env };
    this.memory = memory;
    this.hub = createHub(memory.records(), this.#sha256);
  }

  run(input: HubInput): void {
    const effects = step(this.hub, input, this.env);
    const dropped = this.disk ? [] : effects.flatMap(speakersOf);
    for (const effect of effects) {
      if (dropped.length === 0 || !goesWithPost(effect)) this.#carryOut(effect);
    }
    if (dropped.length > 0) this.run({ type: 'dropped', speakers: dropped });
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#put(effect.to, formatEvent(effect.event));
        break;
      case 'report':
        this.#put(effect.to, formatExtendedEvent(effect.event));
        break;
      case 'announce':
        for (const [connection, form] of this.audiences.get(audienceKey(effect.audience)) ?? []) {
          if (form === 'extended') this.#put(connection, formatExtendedEvent(effect.event));
        }
        break;
      case 'presence':
        this.presences.push(effect.person);
        break;
      case 'post':
        this.memory.append(effect.said);
        this.#post(effect);
        break;
      case 'group-line': {
        const { said, audience, except, to, items } = effect;
        const line = formatExtendedEvent(messageOf(said));
        const { log, seq, at } = said;
        this.memory.append(said);
        if (log !== undefined && seq !== undefined) {
          this.memory.apply({ type: 'group-line', line: { log, seq, at, line, items } });
        }
        for (const connection of to) this.#put(connection, line);
        const hearers = audience && this.audiences.get(audienceKey(audience));
        for (const connection of hearers?.keys() ?? []) {
          if (connection !== except) this.#put(connection, line);
        }
        break;
      }
      case 'repeat': {
        const { label, name, id, from } = effect.repeated;
        const { log } = this.memory.records().logs.find((one) => one.name === name) ?? {};
        const first = this.memory.messages(log).find((one) => one.id === id && one.from === from);
        const { seq, at } = first ?? {};
        const sent = { verb: 'SENT', label, in: name, id, seq, at, repeated: true } as const;
        this.#put(effect.by.connection, formatExtendedEvent(sent));
        break;
      }
      case 'change':
        this.memory.apply(effect.change);
        break;
      case 'join': {
        const key = audienceKey(effect.audience);
        const members = this.audiences.get(key) ?? new Map<ConnectionId, Form>();
        invariant(!members.has(effect.connection), 'nobody hears an audience twice');
        this.audiences.set(key, members.set(effect.connection, effect.form));
        break;
      }
      case 'leave':
        invariant(
          this.audiences.get(audienceKey(effect.audience))?.delete(effect.connection),
          'only who hears an audience leaves it',
        );
        break;
      case 'close':
        this.closed.add(effect.connection);
        break;
      case 'openTransfer':
      case 'closeTransfer':
        // Checked in files.test.ts.
        break;
      case 'openKept':
      case 'closeKept':
      case 'removeKept':
        this.portEffects.push(effect);
        break;
    }
  }

  #post({ audience, said, v1, to, except }: Post): void {
    const line = formatExtendedEvent(messageOf(said));
    for (const connection of to) this.#put(connection, line);
    const hearers = audience && this.audiences.get(audienceKey(audience));
    for (const [connection, form] of hearers ?? []) {
      if (connection === except) continue;
      invariant(v1 ?? form === 'extended', 'a line for version 1');
      if (form === 'extended') this.#put(connection, line);
      else if (v1 !== undefined) this.#put(connection, formatEvent(v1));
    }
  }

  #put(to: ConnectionId, line: string): void {
    invariant(!this.closed.has(to), 'a line after the close');
    const inbox = this.#inboxes.get(to);
    if (inbox === undefined) this.#inboxes.set(to, [line.slice(0, -1)]);
    else inbox.push(line.slice(0, -1));
  }

  connect(connection: number, way: Partial<ConnectionWay> = {}): void {
    this.run({ type: 'connect', connection: id(connection), way: { ...anyWay, ...way } });
  }

  disconnect(connection: number): void {
    this.run({ type: 'disconnect', connection: id(connection) });
  }

  /** Sends a version 1 line. */
  line(connection: number, line: string): void {
    const parsed = parseCommand(line, phaseOf(this.hub, id(connection)) ?? 'greeting');
    const of = { connection: id(connection) };
    if (parsed.ok) this.run({ type: 'command', ...of, command: parsed.value, at: this.#now++ });
    else this.run({ type: 'refuse', ...of, refusal: parsed.error });
  }

  request(connection: number, request: HubRequest, parts?: CheckedParts): void {
    this.run({ type: 'request', connection: id(connection), request, parts, at: this.#now++ });
  }

  /** A guest connects and logs in. */
  guest(connection: number, name: string, way: Partial<ConnectionWay> = {}): string[] {
    this.connect(connection, way);
    this.line(connection, `HELO ${name}`);
    return this.read(connection).slice(1);
  }

  /** Somebody connects with a device, under the policy `open` unless another is given. */
  account(
    connection: number,
    name: string,
    how: Partial<Extract<HubInput, { type: 'authenticated' }>> = {},
    way: Partial<ConnectionWay> = {},
  ): (string | ExtendedEvent)[] {
    this.connect(connection, way);
    this.run({
      type: 'authenticated',
      connection: id(connection),
      username: name as Username,
      device: deviceOf(name),
      private: true,
      invite: undefined,
      registration: 'open',
      stream: undefined,
      runs: undefined,
      can: canNothing,
      at: this.#now++,
      ...how,
    });
    return this.events(connection).slice(1);
  }

  admin(act: AdminAct): void {
    this.run({ type: 'admin', act, at: this.#now++ });
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#now += ms;
  }

  get now(): number {
    return this.#now;
  }

  /** Returns the lines that a connection got since the last call. */
  read(connection: number): string[] {
    const lines = this.#inboxes.get(id(connection)) ?? [];
    this.#inboxes.set(id(connection), []);
    return lines;
  }

  /** The same, with extended events parsed, and without undefined fields. */
  events(connection: number): (string | ExtendedEvent)[] {
    return this.read(connection).map((line) => parseExtendedEvent(line) ?? line);
  }

  /** Ends every connection, and starts again from what was stored. */
  restart(env: Partial<Env> = {}): Stage {
    return new Stage({ ...this.env, ...env }, this.memory, this.#now, this.#sha256);
  }

  /** The same from what was stored at another time. Time goes on. */
  putBack(memory: Memory): Stage {
    return new Stage(this.env, memory, this.#now, this.#sha256);
  }
}

function speakersOf(effect: Effect): readonly Speaker[] {
  const by = effect.type === 'post' || effect.type === 'repeat' ? effect.by : undefined;
  return by === undefined ? [] : [by];
}

/** Whether an effect is skipped if the message of its step cannot be stored. */
function goesWithPost(effect: Effect): boolean {
  switch (effect.type) {
    case 'post':
    case 'repeat':
      return true;
    case 'report':
      return effect.event.verb === 'SENT';
    case 'send':
      return effect.event.verb === '+OK';
    case 'change':
      return effect.change.type === 'stream';
    default:
      return false;
  }
}
