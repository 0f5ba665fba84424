// Random histories of people with and without accounts, a failing disk, an operator and restarts, checked against what
// must hold after every step. A hub that starts from stored data is compared with the one that stored it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RequestOf } from '../wire/extended/requests.ts';
import type { LineText } from '../wire/text.ts';
import type { ConnectionId, SaidPost } from './effects.ts';
import type { AdminAct } from './inputs.ts';
import { accountsOf } from './lookups.ts';
import { createMemory, type Memory } from './memory.fixture.ts';
import type { Hub, Log, User } from './state.ts';
import { deviceOf, Stage } from './stage.fixture.ts';

const names = ['ann', 'bob', 'Bob', 'cid', 'dan'] as const;

type Act =
  | { readonly kind: 'guest' | 'account'; readonly who: number; readonly name: string }
  | { readonly kind: 'leave'; readonly who: number }
  | { readonly kind: 'line'; readonly who: number; readonly line: string }
  | {
      readonly kind: 'send';
      readonly who: number;
      readonly place: string;
      readonly number: 'next' | 'again' | 'early';
    }
  | { readonly kind: 'got'; readonly who: number; readonly peer: string; readonly seq: number }
  | {
      readonly kind: 'admin';
      readonly act: Exclude<AdminAct['act'], 'invite'>;
      readonly name: string;
    }
  | { readonly kind: 'disk'; readonly works: boolean }
  | { readonly kind: 'told'; readonly works: boolean }
  | { readonly kind: 'trim'; readonly log: number; readonly first: number }
  | { readonly kind: 'restart' };

const who = fc.nat({ max: 6 });
const name = fc.constantFrom(...names);
const group = fc.constantFrom('g', 'h');
const line = fc.oneof(
  fc.constant('BCST *'),
  group.map((group) => `CREATE_GROUP /create_group ${group}`),
  { weight: 3, arbitrary: group.map((group) => `JOIN_GROUP /join ${group}`) },
  { weight: 2, arbitrary: group.map((group) => `GROUP_MESSAGE @@${group} *`) },
  group.map((group) => `LEAVE_GROUP /leave ${group}`),
  fc.tuple(group, name).map(([group, name]) => `KICK /kick ${group} ${name}`),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('guest' as const), who, name }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('account' as const), who, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('line' as const), who, line }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      who,
      place: fc.oneof(
        fc.constant('lobby'),
        group.map((group) => `#${group}`),
        name.map((name) => `@${name}`),
      ),
      number: fc.constantFrom('next' as const, 'next' as const, 'again' as const, 'early' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('got' as const),
      who,
      peer: name,
      seq: fc.nat({ max: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('admin' as const),
      act: fc.constantFrom(
        'remove-account' as const,
        'reset-device' as const,
        'ban' as const,
        'unban' as const,
      ) as fc.Arbitrary<'remove-account'>,
      name,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disk' as const), works: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('told' as const), works: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('trim' as const),
      log: fc.integer({ min: 1, max: 6 }),
      first: fc.nat({ max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'restart' }) },
);

/** Remembers everything that was ever stored, also in logs that were deleted. */
function watch(memory: Memory): Memory & { readonly stored: SaidPost[] } {
  const stored: SaidPost[] = [];
  return {
    ...memory,
    stored,
    append(said) {
      memory.append(said);
      if (said.log !== undefined) stored.push(said);
    },
  };
}

class Player {
  readonly memory = watch(createMemory());
  stage: Stage = new Stage({ maxConnections: 1000 }, this.memory);
  /** The connection of each seat. */
  readonly #seats = new Map<number, number>();
  /** Each person's client: the stream it uses, and the last number that was acknowledged. */
  readonly #clients = new Map<string, { stream: string; last: number }>();
  readonly #acknowledged = new Set<string>();
  #lastConnection = 0;
  #said = 0;

  play(act: Act): void {
    const { stage } = this;
    if (act.kind === 'disk') {
      stage.disk = act.works;
      return;
    }
    if (act.kind === 'told') {
      stage.run({ type: 'storing', works: act.works });
      return;
    }
    if (act.kind === 'trim') {
      this.#trim(act.log, act.first);
      return;
    }
    if (act.kind === 'admin') {
      const { act: what, name } = act;
      stage.admin({ act: what, name } as AdminAct);
      if (what === 'remove-account') this.#clients.delete(name);
      return;
    }
    if (act.kind === 'restart') {
      this.restart();
      return;
    }
    const seat = this.#seats.get(act.who);
    const open = seat !== undefined && stage.hub.connections.has(seat as ConnectionId);
    if (act.kind === 'guest' || act.kind === 'account') {
      if (open) return;
      const connection = ++this.#lastConnection;
      this.#seats.set(act.who, connection);
      if (act.kind === 'guest') stage.guest(connection, act.name);
      else stage.account(connection, act.name, { private: act.who % 3 > 0 });
      return;
    }
    if (!open) return;
    if (act.kind === 'leave') stage.disconnect(seat);
    else if (act.kind === 'line') stage.line(seat, act.line.replace('*', `t${++this.#said}`));
    else if (act.kind === 'got') {
      const { peer, seq } = act;
      stage.request(seat, { verb: 'GOT', label: undefined, in: `@${peer}`, seq });
    } else if (act.kind === 'send') this.#send(seat, act);
  }

  #trim(id: number, first: number): void {
    const log = this.memory.records().logs.find((log) => log.log === id);
    if (log === undefined || first > log.last + 1 || first <= log.first) return;
    this.memory.apply({ type: 'log-trimmed', log: log.log, first });
    this.stage.run({ type: 'trimmed', trimmed: [{ log: log.log, first }] });
  }

  #send(seat: number, { place, number: which }: Extract<Act, { kind: 'send' }>): void {
    const phase = this.stage.hub.connections.get(seat as ConnectionId);
    if (phase?.name !== 'open' || phase.visit.form === 'v1') return;
    const { name } = phase.visit.user;
    const client = this.#clients.get(name) ?? {
      stream: `s${this.#clients.size}x${++this.#said}`,
      last: 0,
    };
    this.#clients.set(name, client);
    const number = client.last + { again: 0, next: 1, early: 2 }[which];
    if (number === 0) return;
    const id = `${client.stream}.${number}`;
    const words: Partial<RequestOf<'SEND'>> = place.startsWith('@')
      ? { sealed: `x${++this.#said}`, device: deviceOf(place.slice(1)) }
      : { text: `t${++this.#said}` as LineText };
    this.stage.read(seat);
    this.stage.request(seat, { verb: 'SEND', label: undefined, in: place, id, ...words });
    for (const event of this.stage.events(seat)) {
      if (typeof event !== 'object') continue;
      if (event.verb === 'FAILED' && event.code === 'out-of-order') {
        assert.ok(which === 'early', 'only what is early is out of order');
        assert.equal(event.expected, client.last + 1);
      }
      if (event.verb !== 'SENT') continue;
      assert.equal(event.id, id);
      assert.equal(event.repeated ?? false, which === 'again', `${id} is ${which}`);
      client.last = number;
      this.#acknowledged.add(id);
    }
  }

  restart(): void {
    // A hub starts with the assumption that the store works.
    this.stage.run({ type: 'storing', works: true });
    for (const connection of this.stage.hub.connections.keys()) this.stage.disconnect(connection);
    const later = this.stage.restart();
    assert.deepEqual(snapshot(later.hub), snapshot(this.stage.hub));
    for (const name of names) {
      const connection = ++this.#lastConnection;
      const before = this.stage.account(connection, name, { registration: 'closed' });
      assert.deepEqual(later.account(connection, name, { registration: 'closed' }), before);
      later.disconnect(connection);
    }
    this.stage = later;
    this.#seats.clear();
  }

  check(): void {
    const { hub, audiences } = this.stage;
    for (const group of hub.groups.values()) {
      assert.ok(group.members.has(group.admin), 'the admin is a member');
      const members = [...group.members.keys()];
      assert.equal(members.filter(({ account }) => account !== undefined).length, group.accounts);
      for (const { name, groups, visits, account } of members) {
        assert.ok(!group.banned.has(name.toLowerCase()), 'nobody banned is a member');
        assert.ok(groups?.has(group));
        assert.ok(account !== undefined || visits.length === 1, 'guests are here');
      }
      assert.deepEqual(
        new Set(audiences.get(group.name)?.keys()),
        new Set(members.flatMap(({ visits }) => visits.map(({ connection }) => connection))),
      );
    }
    const everybody = [...hub.users.values()].flatMap(({ visits }) => visits);
    assert.deepEqual(
      new Map(audiences.get(' lobby') ?? []),
      new Map(everybody.map(({ connection, form }) => [connection, form])),
    );
    for (const { visits, account } of hub.users.values()) {
      assert.ok(account !== undefined || visits.length === 1);
    }
  }

  /** Checks that everything acknowledged was stored. */
  checkStored(): void {
    const ids = this.memory.stored.map(({ id }) => id).filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length, 'no id is said twice');
    const stored = new Set(ids);
    for (const id of this.#acknowledged) assert.ok(stored.has(id), `${id} was acknowledged`);
    const lasts = new Map<number, number>();
    for (const { log = 0, seq = 0 } of this.memory.stored) {
      assert.ok(seq > (lasts.get(log) ?? 0), 'numbers grow');
      lasts.set(log, seq);
    }
  }
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Everything in a hub without connections that people could notice. */
function snapshot(hub: Hub): unknown {
  const log = (of: Log | undefined) => of && { ...of };
  const name = (user: User) => user.name;
  return {
    // After a start, waiting bytes are counted again from what is stored (waiting-count.test.ts).
    accounts: accountsOf(hub).map((account) => ({ ...account, waitingBytes: 0 })),
    streams: [...hub.accounts.values()].map(({ account }) =>
      [...(account?.streams ?? [])].sort(byText),
    ),
    directs: [...hub.accounts.values()].map(({ account }) =>
      [...(account?.directs ?? [])]
        .map(([peer, direct]) => [
          name(peer),
          log(direct.log),
          direct.sides.map(({ user, got }) => [name(user), got]),
        ])
        .sort(byText),
    ),
    groups: [...hub.groups.values()]
      .map((group) => ({
        name: group.name,
        admin: group.admin.name,
        members: [...group.members].map(([user, since]) => [user.name, since]),
        accounts: group.accounts,
        banned: [...group.banned].sort(),
        log: log(group.log),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    memberships: [...hub.accounts.values()].map(({ groups }) =>
      [...(groups ?? [])].map((group) => group.name),
    ),
    logs: [...hub.logs.values()].map(log).sort((a, b) => (a?.id ?? 0) - (b?.id ?? 0)),
    lobby: log(hub.lobby),
    lastAccount: hub.lastAccount,
    lastLog: hub.lastLog,
    generation: hub.generation,
    ends: [],
    putBack: undefined,
    clock: undefined,
  };
}

test('random histories: books agree, nothing acknowledged is lost, and a restart changes nothing', () => {
  const warm = [0, 1, 2].flatMap((who): Act[] => [
    { kind: 'account', who, name: names[who === 2 ? 3 : who] ?? 'ann' },
    { kind: 'line', who, line: who === 0 ? 'CREATE_GROUP /create_group g' : 'JOIN_GROUP /join g' },
  ]);
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120, size: 'max' }), fc.boolean(), (acts, begun) => {
      const player = new Player();
      for (const act of begun ? [...warm, ...acts] : acts) {
        player.play(act);
        player.check();
      }
      player.stage.disk = true;
      player.stage.run({ type: 'storing', works: true });
      player.restart();
      player.checkStored();
    }),
    { numRuns: 300 },
  );
});
