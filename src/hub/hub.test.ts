// The hub as a state machine: examples for what version 1 leaves open, and random conversations of many clients,
// checked against what the hub sent them. Version 1's own sections are tested over sockets in test/transcripts/.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCommand } from '../wire/commands.ts';
import { formatEvent } from '../wire/events.ts';
import type { Audience, ConnectionId } from './effects.ts';
import { defaultHubLimits } from './limits.ts';
import { phaseOf, step, type HubInput } from './hub.ts';
import { createHub } from './restore.ts';
import { anyWay } from './stage.fixture.ts';
import { foldName } from './state.ts';
import type { Env } from './turn.ts';

const env: Env = {
  ...defaultHubLimits,
  keep: { lobby: false, groups: false, direct: false },
  keepMs: undefined,
  keepCount: undefined,
  keptFiles: undefined,
  welcome: 'hello',
  maxConnections: 100,
  maxGroupsPerAdmin: 2,
  maxBansPerGroup: 2,
  maxOffersPerSender: 3,
  maxOfferBytesPerSender: 100,
  maxTransfersPerUser: 2,
  maxTransfersPerCrowd: 3,
  maxTransfers: 3,
};

const audienceKey = (audience: Audience) =>
  audience.kind === 'group' ? audience.group : ` ${audience.kind}`;

/** A shell without sockets. It keeps the audiences that the effects make, and every connection's lines. */
function createShell(limits: Partial<Env> = {}) {
  const hub = createHub();
  const audiences = new Map<string, Set<ConnectionId>>();
  const inboxes = new Map<ConnectionId, string[]>();
  const closed = new Set<ConnectionId>();

  const put = (to: ConnectionId, line: string) => {
    assert.ok(!closed.has(to), 'a line after the close');
    const inbox = inboxes.get(to) ?? [];
    inboxes.set(to, [...inbox, line.slice(0, -1)]);
  };

  function run(input: HubInput): void {
    for (const effect of step(hub, input, { ...env, ...limits })) {
      switch (effect.type) {
        case 'send':
          put(effect.to, formatEvent(effect.event));
          break;
        case 'post':
          assert.ok(effect.audience && effect.v1);
          for (const member of audiences.get(audienceKey(effect.audience)) ?? []) {
            if (member !== effect.except) put(member, formatEvent(effect.v1));
          }
          break;
        case 'report':
        case 'change':
        case 'group-line':
        case 'repeat':
        case 'presence':
          assert.fail('guests leave nothing behind, and follow nobody');
          break;
        case 'announce':
          // For members with accounts. There are none here.
          break;
        case 'join': {
          const key = audienceKey(effect.audience);
          audiences.set(key, (audiences.get(key) ?? new Set()).add(effect.connection));
          break;
        }
        case 'leave':
          assert.ok(audiences.get(audienceKey(effect.audience))?.delete(effect.connection));
          break;
        case 'close':
          closed.add(effect.connection);
          break;
        case 'openTransfer':
        case 'closeTransfer':
        case 'openKept':
        case 'closeKept':
        case 'removeKept':
          // Checked in files.test.ts.
          break;
      }
    }
  }

  return {
    hub,
    audiences,
    closed,
    connect: (connection: ConnectionId) => run({ type: 'connect', connection, way: anyWay }),
    disconnect: (connection: ConnectionId) => run({ type: 'disconnect', connection }),
    evict: (connection: ConnectionId) =>
      run({ type: 'evict', connection, last: { verb: 'DSCN', reason: 'x' } }),
    line(connection: ConnectionId, line: string) {
      const parsed = parseCommand(line, phaseOf(hub, connection) ?? 'greeting');
      if (parsed.ok) run({ type: 'command', connection, command: parsed.value, at: 0 });
      else run({ type: 'refuse', connection, refusal: parsed.error });
    },
    /** Returns the lines that a connection got since the last call. */
    read(connection: ConnectionId): string[] {
      const lines = inboxes.get(connection) ?? [];
      inboxes.set(connection, []);
      return lines;
    },
  };
}

const id = (number: number) => number as ConnectionId;

function people(...names: string[]) {
  const shell = createShell();
  names.forEach((name, at) => {
    shell.connect(id(at));
    shell.line(id(at), `HELO ${name}`);
    shell.read(id(at));
  });
  return shell;
}

test('[7.1] a full server turns away and forgets', () => {
  const shell = createShell({ maxConnections: 1 });
  shell.connect(id(1));
  shell.connect(id(2));
  assert.deepEqual(shell.read(id(2)), ['-ERR the server is full, try again later']);
  assert.ok(shell.closed.has(id(2)));
  shell.disconnect(id(1));
  shell.connect(id(3));
  assert.deepEqual(shell.read(id(3)), ['HELO hello']);
});

test('[7.1] names that differ in the case of letters only are one name; asking takes the exact one', () => {
  const shell = people('Bob', 'alice');
  shell.connect(id(9));
  shell.line(id(9), 'HELO bOB');
  assert.deepEqual(shell.read(id(9)), ['HELO hello', '-ERR user already logged in']);
  assert.ok(shell.closed.has(id(9)));
  shell.line(id(1), 'PM @bob x');
  assert.deepEqual(shell.read(id(1)), ['-SOFT_ERR no such user!']);
});

test('a group passes to its longest-standing member when the admin goes, and is gone when empty', () => {
  const shell = people('alice', 'bob', 'carol');
  shell.line(id(0), 'CREATE_GROUP /create_group g');
  shell.line(id(2), 'JOIN_GROUP /join g');
  shell.line(id(1), 'JOIN_GROUP /join g');
  shell.disconnect(id(0));
  assert.equal(shell.read(id(2)).at(-1), '+SUCCESS you are now the admin of group "g"');
  assert.deepEqual(shell.read(id(1)), ['+SUCCESS you have successfully entered group "g"']);
  shell.line(id(2), 'KICK /kick g bob');
  assert.equal(shell.read(id(1)).at(-1), '+SUCCESS you have been kicked out of the group g');
  shell.disconnect(id(2));
  shell.line(id(1), 'JOIN_GROUP /join g');
  assert.deepEqual(shell.read(id(1)), ['-SOFT_ERR no such group!']);
});

test('a ban is by name in any letter case and outlives the visit', () => {
  const shell = people('alice', 'bob');
  shell.line(id(0), 'CREATE_GROUP /create_group g');
  shell.line(id(1), 'JOIN_GROUP /join g');
  shell.line(id(0), 'KICK /kick g bob');
  shell.disconnect(id(1));
  shell.connect(id(2));
  shell.line(id(2), 'HELO BOB');
  shell.line(id(2), 'JOIN_GROUP /join g');
  assert.equal(shell.read(id(2)).at(-1), '-SOFT_ERR you are banned from that group!');
});

test('groups per admin and bans per group are capped, with a clear answer', () => {
  const shell = people('alice', 'b1', 'b2', 'b3');
  for (const group of ['g1', 'g2', 'g3']) shell.line(id(0), `CREATE_GROUP /create_group ${group}`);
  assert.equal(
    shell.read(id(0)).at(-1),
    '-SOFT_ERR you are the admin of 2 groups already, that is the most',
  );
  for (const at of [1, 2, 3]) {
    shell.line(id(at), 'JOIN_GROUP /join g1');
    shell.line(id(0), `KICK /kick g1 b${at}`);
  }
  assert.equal(shell.read(id(0)).at(-1), '-SOFT_ERR the ban list of that group is full (2 names)');
  assert.ok(shell.audiences.get('g1')?.has(id(3)));
});

test('[7.4] the list of users follows every coming, login and going', () => {
  const shell = people('ann');
  const list = () => {
    shell.line(id(0), 'GET_USERS *all');
    return shell.read(id(0));
  };
  assert.deepEqual(list(), ['+SUCCESS [ann]']);
  shell.connect(id(1));
  assert.deepEqual(list(), ['+SUCCESS [ann, unknown]']);
  shell.line(id(1), 'HELO bob');
  assert.deepEqual(list(), ['+SUCCESS [ann, bob]']);
  assert.deepEqual(list(), ['+SUCCESS [ann, bob]']);
  shell.disconnect(id(1));
  assert.deepEqual(list(), ['+SUCCESS [ann]']);
});

test('what comes from a connection after its end changes nothing', () => {
  const shell = people('alice', 'bob');
  shell.line(id(0), 'QUIT q');
  shell.read(id(0));
  shell.line(id(0), 'BCST hi');
  shell.disconnect(id(0));
  shell.disconnect(id(0));
  shell.evict(id(0));
  assert.deepEqual(shell.read(id(0)), []);
  assert.deepEqual(shell.read(id(1)), []);
  shell.line(id(1), 'GET_USERS *all');
  assert.deepEqual(shell.read(id(1)), ['+SUCCESS [bob]']);
});

/** What people know of a group from the lines that they got, and nothing else. */
interface Told {
  admin: string;
  readonly members: Set<string>;
  readonly banned: Set<string>;
}

type Act =
  | { readonly kind: 'connect' | 'disconnect' | 'evict'; readonly who: number }
  | { readonly kind: 'line'; readonly who: number; readonly line: string };

const who = fc.nat({ max: 5 });
const name = fc.constantFrom('ann', 'bob', 'Bob', 'cid', 'dan');
const group = fc.constantFrom('g', 'G', 'h');
const line = fc.oneof(
  { weight: 3, arbitrary: name.map((name) => `HELO ${name}`) },
  { weight: 2, arbitrary: fc.constant('BCST *') },
  { weight: 2, arbitrary: name.map((name) => `PM @${name} *`) },
  { weight: 3, arbitrary: group.map((group) => `CREATE_GROUP /create_group ${group}`) },
  { weight: 5, arbitrary: group.map((group) => `JOIN_GROUP /join ${group}`) },
  { weight: 4, arbitrary: group.map((group) => `GROUP_MESSAGE @@${group} ${group}:*`) },
  { weight: 1, arbitrary: group.map((group) => `LEAVE_GROUP /leave ${group}`) },
  {
    weight: 3,
    arbitrary: fc.tuple(group, name).map(([group, name]) => `KICK /kick ${group} ${name}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('GET_USERS *all', 'PONG', 'NONSENSE', 'QUIT q') },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('line' as const), who, line }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('connect' as const, 'disconnect', 'evict'), who }),
  },
);

/**
 * Plays random acts of six people, and derives from the replies alone who is who and who is in which group. Everything
 * that anybody receives is checked against that.
 */
function play(acts: readonly Act[]): void {
  const shell = createShell({ maxGroupsPerAdmin: 100, maxBansPerGroup: 100 });
  const connections = new Map<number, ConnectionId>();
  const names = new Map<ConnectionId, string>();
  const groups = new Map<string, Told>();
  /** Who joined which group and must still be notified. */
  const heirs = new Set<string>();
  let next = 100;

  const forget = (who: number) => {
    const connection = connections.get(who);
    connections.delete(who);
    const name = connection === undefined ? undefined : names.get(connection);
    if (connection === undefined || name === undefined) return;
    names.delete(connection);
    for (const [group, told] of groups) {
      told.members.delete(name);
      const [heir] = told.members;
      if (heir === undefined) groups.delete(group);
      else if (told.admin === name) {
        told.admin = heir;
        heirs.add(`${heir} ${group}`);
      }
    }
  };

  for (const [number, act] of acts.entries()) {
    if (act.kind === 'connect') {
      if (connections.has(act.who)) continue;
      const connection = id(next++);
      connections.set(act.who, connection);
      shell.connect(connection);
      assert.deepEqual(shell.read(connection), ['HELO hello']);
      continue;
    }
    const connection = connections.get(act.who);
    if (connection === undefined) continue;
    const text =
      act.kind === 'line'
        ? act.line.replace('*', act.line.startsWith('GET') ? '*' : `t${number}`)
        : '';
    const before = new Map(names);
    const membersBefore = new Map(
      [...groups].map(([group, told]) => [group, new Set(told.members)]),
    );
    if (act.kind === 'line') shell.line(connection, text);
    else if (act.kind === 'disconnect') shell.disconnect(connection);
    else shell.evict(connection);

    const me = before.get(connection);
    const [verb, a = '', b = ''] = text.split(' ');
    const own = shell.read(connection);
    const last = own.at(-1) ?? '';
    if (shell.closed.has(connection) || act.kind === 'disconnect') {
      forget(act.who);
    } else if (verb === 'HELO' && last.startsWith('+OK')) {
      assert.ok(![...names.values()].some((name) => foldName(name) === foldName(a)), 'name taken');
      names.set(connection, a);
    } else if (last.includes('has been created!')) {
      groups.set(b, { admin: me ?? '', members: new Set([me ?? '']), banned: new Set() });
    } else if (last.includes('successfully entered')) {
      assert.ok(!groups.get(b)?.banned.has(foldName(me ?? '')), 'the banned stay out');
      groups.get(b)?.members.add(me ?? '');
    } else if (last.includes('successfully left')) {
      groups.get(b)?.members.delete(me ?? '');
    } else if (verb === 'KICK' && last.startsWith('+SUCCESS')) {
      const kicked = text.split(' ')[3] ?? '';
      assert.equal(groups.get(b)?.admin, me, 'only the admin kicks');
      groups.get(b)?.members.delete(kicked);
      groups.get(b)?.banned.add(foldName(kicked));
    } else if (verb === 'GET_USERS' && me !== undefined) {
      const everybody = [...connections.values()].map((other) => names.get(other) ?? 'unknown');
      assert.equal(last, `+SUCCESS [${everybody.join(', ')}]`);
    }

    // Nobody receives what was meant for others.
    for (const [other, name] of before) {
      const lines: readonly string[] = other === connection ? own : shell.read(other);
      for (const line of lines) {
        if (line.startsWith('PM ')) assert.ok(verb === 'PM' && a === `@${name}`, line);
        else if (line.startsWith('BCST ')) assert.ok(verb === 'BCST' && other !== connection, line);
        else if (line.startsWith('GROUP_MESSAGE [')) {
          assert.equal(line, `GROUP_MESSAGE [${me}] ${b}`);
          assert.ok(membersBefore.get(b.split(':')[0] ?? '')?.has(name), `${line} to ${name}`);
        } else if (line.startsWith('GROUP_MESSAGE user')) {
          assert.ok(groups.get(b)?.members.has(name), `${line} to ${name}`);
        } else if (line.includes('you have been kicked')) {
          assert.equal(text.split(' ')[3], name);
        } else if (line.startsWith('+SUCCESS you are now')) {
          assert.ok(heirs.delete(`${name} ${line.split('"')[1]}`), `${line} to ${name}`);
        } else assert.equal(other, connection, `${line} is a reply and goes to who asked`);
      }
    }

    assert.equal(heirs.size, 0, 'every heir is told');

    // The hub, the audiences and the sent lines agree.
    assert.deepEqual(
      [...shell.hub.users.values()].map((user) => user.name).sort(),
      [...names.values()].sort(),
    );
    assert.equal(shell.hub.groups.size, groups.size);
    for (const group of shell.hub.groups.values()) {
      const told = groups.get(group.name);
      assert.deepEqual(
        [...group.members.keys()].map((user) => user.name),
        [...(told?.members ?? [])],
      );
      assert.deepEqual([...group.banned].sort(), [...(told?.banned ?? [])].sort());
      assert.equal(group.admin.name, told?.admin);
      assert.ok(group.members.has(group.admin));
      assert.deepEqual(
        shell.audiences.get(group.name),
        new Set(
          [...group.members.keys()].flatMap(({ visits }) =>
            visits.map((visit) => visit.connection),
          ),
        ),
      );
    }
    assert.deepEqual(shell.audiences.get(' lobby') ?? new Set(), new Set(names.keys()));
  }
}

test('random conversations: names unique, nobody overhears, the kicked stay out, all books agree', () => {
  const everybodyIn = [0, 1, 2, 3, 4].flatMap((who): Act[] => [
    { kind: 'connect', who },
    { kind: 'line', who, line: `HELO ${['ann', 'bob', 'cid', 'dan', 'eve'][who]}` },
    { kind: 'line', who, line: who === 0 ? 'CREATE_GROUP /create_group g' : 'JOIN_GROUP /join g' },
  ]);
  fc.assert(
    fc.property(fc.array(act, { maxLength: 100, size: 'max' }), fc.boolean(), (acts, warm) => {
      play(warm ? [...everybodyIn, ...acts] : acts);
    }),
    { numRuns: 500 },
  );
});
