// Kept files on a stage of the hub: the test plays the port. alice, bob and carol are in the sealed group lunch; dave has
// an account and is not; erin's client is no part of sealed groups.

import assert from 'node:assert/strict';
import type { KeptPlan } from '../../src/hub/effects.ts';
import type { Env, KeptFileLimits } from '../../src/hub/turn.ts';
import type { ExtendedEvent } from '../../src/wire/extended/events.ts';
import type { RequestOf } from '../../src/wire/extended/requests.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import type { KeptFileId, Ticket } from '../../src/wire/kept-files.ts';
import { inShort, SealedStage } from './sealed-stage.ts';
import { deviceOf } from '../../src/hub/stage.fixture.ts';

export const [alice, bob, carol, dave, erin] = [1, 2, 3, 4, 5] as const;

export const dayMs = 86_400_000;

export const keptLimits: KeptFileLimits = {
  quota: 1000,
  blobQuota: 500,
  total: 10_000,
  keepMs: 14 * dayMs,
};

/** The id of a file, by a letter. */
export function fileId(letter: string): KeptFileId {
  return encodeBase64url(Buffer.alloc(16, letter)) as KeptFileId;
}

const ticket = encodeBase64url(Buffer.alloc(32, 't')) as Ticket;

type Heard = (string | ExtendedEvent)[];

export class KeptStage {
  readonly world: SealedStage;
  #age = 1_000_000;

  constructor(limits: Partial<KeptFileLimits> = {}, env: Partial<Env> = {}) {
    this.world = new SealedStage({ keptFiles: { ...keptLimits, ...limits }, ...env });
    this.age(0);
    for (const [at, name] of ['alice', 'bob', 'carol', 'dave'].entries()) {
      this.world.account(at + 1, name);
    }
    this.world.account(erin, 'erin', false);
    this.world.found(alice, 'lunch');
    this.world.commit(bob, 'lunch', 'enter');
    this.world.commit(carol, 'lunch', 'enter');
    this.clear();
  }

  get stage() {
    return this.world.stage;
  }

  get kept() {
    return this.stage.hub.kept;
  }

  clear(): void {
    this.world.clear(alice, bob, carol, dave, erin);
    this.stage.portEffects.length = 0;
  }

  /** Lets time pass by the server's age clock. */
  age(ms: number): void {
    this.#age += ms;
    this.stage.run({ type: 'aged', age: this.#age });
  }

  /** The files that are there, by their letters, and how many bytes they have. */
  get files(): Record<string, number> {
    const letter = (id: KeptFileId) => Buffer.from(id, 'base64url').toString('latin1').charAt(0);
    return Object.fromEntries(
      [...this.kept.files.values()].map(({ id, stage }) => [letter(id), stage.bytes]),
    );
  }

  /** The same as they are stored. */
  get stored(): Record<string, number> {
    const letter = (id: KeptFileId) => Buffer.from(id, 'base64url').toString('latin1').charAt(0);
    return Object.fromEntries(
      this.stage.memory.records().keptFiles.map(({ id, bytes }) => [letter(id), bytes]),
    );
  }

  /** What somebody hears, but for messages and who comes and goes. */
  heard(connection: number): Heard {
    return this.stage
      .events(connection)
      .filter((event) => typeof event === 'string' || !['MSG', 'MEMBER'].includes(event.verb));
  }

  ask(
    connection: number,
    letter: string,
    place = '#lunch',
    part: Partial<RequestOf<'UPLOAD'>> = {},
    spare?: number,
  ): Heard {
    const request = { verb: 'UPLOAD', label: 'u', in: place, id: fileId(letter), ...part } as const;
    this.stage.run({
      type: 'request',
      connection: connection as never,
      request: { ...request, bytes: part.bytes, from: part.from },
      spare,
      at: 5,
    });
    return this.heard(connection);
  }

  request(
    connection: number,
    verb: 'TAKEN' | 'DROP' | 'FETCH',
    letter: string,
    from: number = 0,
  ): Heard {
    const request = { verb, label: 'r', id: fileId(letter) } as const;
    this.stage.request(connection, (verb === 'FETCH' ? { ...request, from } : request) as never);
    return this.heard(connection);
  }

  fetch(connection: number, letter: string, from = 0): Heard {
    return this.request(connection, 'FETCH', letter, from);
  }

  /** The plan of the last port that was asked for. */
  get plan(): KeptPlan {
    const opened = this.stage.portEffects.findLast(({ type }) => type === 'openKept');
    assert.ok(opened?.type === 'openKept');
    return opened.plan;
  }

  /** The effects on ports since the last call, in short. */
  ports(): string[] {
    return this.stage.portEffects.splice(0).map((effect) => {
      switch (effect.type) {
        case 'openKept':
          return `open ${effect.plan.verb} ${effect.plan.from}-${effect.plan.to}`;
        case 'closeKept':
          return 'close';
        case 'removeKept':
          return 'remove';
      }
    });
  }

  /** The port of the last request opens. */
  opened(plan = this.plan): KeptPlan {
    this.stage.run({ type: 'keptOpened', transfer: plan.transfer, port: 4000, ticket });
    return plan;
  }

  moved(plan: KeptPlan, have: number): void {
    this.stage.run({ type: 'keptMoved', transfer: plan.transfer, have });
  }

  over(plan: KeptPlan, have?: number, why?: 'no-room'): void {
    this.stage.run({ type: 'keptOver', transfer: plan.transfer, have, why });
  }

  /** Brings all of a file. */
  bring(connection: number, letter: string, bytes: number, place = '#lunch'): void {
    assert.deepEqual(inShort(this.ask(connection, letter, place, { bytes, from: 0 })), []);
    this.over(this.opened(), bytes);
    assert.deepEqual(inShort(this.stage.events(connection)), ['UPLOAD', 'KEPT']);
  }

  /** Says it to the group. */
  say(connection: number, letter: string): string[] {
    const heard = inShort(this.world.say(connection, 'lunch', { file: fileId(letter) }));
    if (heard[0] !== 'SENT') this.world.takeBack(connection);
    return heard;
  }

  /** Says it to a person. */
  tell(connection: number, letter: string, name: string): string[] {
    const known = this.world.people.get(name);
    const device = known ? encodeBase64url(known.signer.key) : deviceOf(name);
    const id = this.world.nextId(connection);
    const said = { verb: 'SEND', in: `@${name}`, id, sealed: 'words', device } as const;
    this.stage.request(connection, { ...said, file: fileId(letter) });
    const heard = inShort(this.stage.events(connection)).filter((one) => one !== 'JOINED');
    if (heard[0] !== 'SENT') this.world.takeBack(connection);
    return heard;
  }

  /** The server is started again. Everybody has to come back. */
  restart(env: Partial<Env> = {}): void {
    this.world.stage = this.stage.restart(env);
    this.age(0);
  }
}
