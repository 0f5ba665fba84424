// Files in the hub: examples for what version 1 leaves open, and random offers, answers, ports and departures, compared
// with the test's own records.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCommand } from '../../wire/commands.ts';
import { formatEvent } from '../../wire/events.ts';
import type { ConnectionId, TransferId, TransferPlan } from '../effects.ts';
import { anyWay } from '../stage.fixture.ts';
import { defaultHubLimits } from '../limits.ts';
import { phaseOf, step, type HubInput } from '../hub.ts';
import { createHub } from '../restore.ts';
import type { Env } from '../turn.ts';

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
  maxOfferBytesPerSender: 20,
  maxTransfersPerUser: 2,
  maxTransfersPerCrowd: 3,
  maxTransfers: 3,
};

const id = (number: number) => number as ConnectionId;
const proof = `proof=${'x'.repeat(43)}`;

/** A shell without sockets. It keeps the hub's lines and the transfers that should be open. */
function createShell(limits: Partial<Env> = {}) {
  const hub = createHub();
  const said: [to: number, line: string][] = [];
  const plans = new Map<TransferId, TransferPlan>();
  const run = (input: HubInput) => {
    for (const effect of step(hub, input, { ...env, ...limits })) {
      if (effect.type === 'send') said.push([effect.to, formatEvent(effect.event).slice(0, -1)]);
      if (effect.type === 'openTransfer') {
        assert.ok(!plans.has(effect.plan.transfer), 'numbers are never used twice');
        plans.set(effect.plan.transfer, effect.plan);
      }
      if (effect.type === 'closeTransfer') {
        assert.ok(plans.delete(effect.transfer), 'only what is open is closed, and once');
      }
    }
  };
  return {
    hub,
    plans,
    run,
    line(from: number, line: string) {
      const parsed = parseCommand(line, phaseOf(hub, id(from)) ?? 'greeting');
      if (parsed.ok) run({ type: 'command', connection: id(from), command: parsed.value, at: 0 });
      else run({ type: 'refuse', connection: id(from), refusal: parsed.error });
    },
    login(connection: number, name: string) {
      run({ type: 'connect', connection: id(connection), way: anyWay });
      this.line(connection, `HELO ${name}`);
      said.length = 0;
    },
    /** Returns the lines since the last call. */
    heard: () => said.splice(0),
    ended(transfer: TransferId, type: 'transferFailed' | 'transferClosed') {
      plans.delete(transfer);
      run({ type, transfer });
    },
  };
}

/** alice is 1, bob 2, carol 3. */
function people(limits: Partial<Env> = {}) {
  const shell = createShell(limits);
  ['alice', 'bob', 'carol'].forEach((name, at) => shell.login(at + 1, name));
  return shell;
}

function onlyPlan(shell: ReturnType<typeof createShell>): TransferPlan {
  const [plan, ...others] = shell.plans.values();
  assert.ok(plan);
  assert.equal(others.length, 0);
  return plan;
}

test('[7.11] an offer, the answer, the port, and both are told, the sender first', () => {
  const shell = people();
  shell.line(1, 'FILE_TRANS /send_file @bob a b');
  assert.deepEqual(shell.heard(), [[2, 'FILE_TRANS @alice a b']]);
  shell.line(2, `READY_FOR_FILE @alice a b ${proof}`);
  assert.deepEqual(shell.heard(), []);
  const plan = onlyPlan(shell);
  assert.deepEqual(plan, {
    transfer: 1,
    sender: { name: 'alice', connection: 1 },
    receiver: { name: 'bob', connection: 2 },
    metadata: 'a b',
    proof,
  });
  shell.run({ type: 'transferOpened', transfer: plan.transfer, port: 5000 });
  assert.deepEqual(shell.heard(), [
    [1, 'READY_FOR_FILE @bob a b 5000'],
    [2, 'OPEN_PORT_TO_RECEIVE 5000'],
  ]);
});

test('[7.11] an offer is for one receiver, from one sender, of one file, once', () => {
  const shell = people();
  shell.line(1, 'FILE_TRANS /send_file @bob m');
  shell.heard();
  for (const [who, line, answer] of [
    [3, 'READY_FOR_FILE @alice m', 'no such file offer!'],
    [2, 'READY_FOR_FILE @carol m', 'no such file offer!'],
    [2, 'READY_FOR_FILE @alice other', 'no such file offer!'],
    [2, 'READY_FOR_FILE @nobody m', 'no such user!'],
    [1, 'READY_FOR_FILE @bob m', 'no such file offer!'],
  ] as const) {
    shell.line(who, line);
    assert.deepEqual(shell.heard(), [[who, `-SOFT_ERR ${answer}`]]);
  }
  shell.line(2, 'READY_FOR_FILE @alice m');
  shell.line(2, 'READY_FOR_FILE @alice m');
  assert.deepEqual(shell.heard(), [[2, '-SOFT_ERR no such file offer!']]);
  assert.equal(onlyPlan(shell).proof, undefined);
});

test('unanswered offers are capped, by number and by the bytes of their metadata: the oldest make room', () => {
  const many = people();
  // As if each of them were declined: the server does not learn of that.
  for (let at = 1; at <= 200; at++) {
    many.line(1, `FILE_TRANS /send_file @bob m${at}`);
    assert.deepEqual(many.heard(), [[2, `FILE_TRANS @alice m${at}`]]);
  }
  many.line(2, 'READY_FOR_FILE @alice m197');
  assert.deepEqual(many.heard(), [[2, '-SOFT_ERR no such file offer!']]);
  many.line(2, 'READY_FOR_FILE @alice m198');
  assert.equal(onlyPlan(many).metadata, 'm198');

  const long = people();
  long.line(1, 'FILE_TRANS /send_file @carol y');
  long.line(1, `FILE_TRANS /send_file @bob ${'x'.repeat(20)}`);
  assert.deepEqual(long.heard().at(-1), [2, `FILE_TRANS @alice ${'x'.repeat(20)}`]);
  long.line(3, 'READY_FOR_FILE @alice y');
  assert.deepEqual(long.heard(), [[3, '-SOFT_ERR no such file offer!']]);
  long.line(3, `FILE_TRANS /send_file @bob ${'x'.repeat(21)}`);
  const refusal =
    '-SOFT_ERR you have too many unanswered file offers (at most 3, 20 bytes of metadata)';
  assert.deepEqual(long.heard(), [[3, refusal]], 'that is too long by itself');
});

test('transfers are capped for each person and in all; the offer stays and can be taken later', () => {
  const shell = people({ maxTransfers: 2 });
  const offer = (from: number, to: string, metadata: string) =>
    shell.line(from, `FILE_TRANS /send_file @${to} ${metadata}`);
  offer(1, 'bob', 'm1');
  offer(1, 'bob', 'm2');
  offer(3, 'bob', 'm3');
  offer(1, 'carol', 'm4');
  shell.line(2, 'READY_FOR_FILE @alice m1');
  shell.line(2, 'READY_FOR_FILE @alice m2');
  shell.heard();
  shell.line(2, 'READY_FOR_FILE @carol m3');
  assert.deepEqual(shell.heard(), [
    [2, '-SOFT_ERR you have 2 file transfers running already, that is the most'],
  ]);
  shell.line(3, 'READY_FOR_FILE @alice m4');
  assert.deepEqual(shell.heard(), [
    [3, '-SOFT_ERR user alice has 2 file transfers running already, try again later'],
  ]);
  shell.login(4, 'dave');
  offer(3, 'dave', 'm5');
  shell.heard();
  shell.line(4, 'READY_FOR_FILE @carol m5');
  assert.deepEqual(shell.heard(), [
    [4, '-SOFT_ERR the server has 2 file transfers running already, try again later'],
  ]);
  const [first] = shell.plans.keys();
  assert.ok(first);
  shell.ended(first, 'transferClosed');
  shell.line(2, 'READY_FOR_FILE @carol m3');
  assert.deepEqual(shell.heard(), []);
  assert.equal(shell.plans.size, 2);
});

test('where there is no port the receiver is told, and the offer is as good as before', () => {
  const shell = people();
  shell.line(1, 'FILE_TRANS /send_file @bob m');
  shell.line(2, 'READY_FOR_FILE @alice m');
  shell.heard();
  shell.ended(onlyPlan(shell).transfer, 'transferFailed');
  assert.deepEqual(shell.heard(), [
    [2, '-SOFT_ERR the server has no free port for a file transfer, try again later'],
  ]);
  shell.line(2, 'READY_FOR_FILE @alice m');
  assert.equal(onlyPlan(shell).transfer, 2);
});

test('offers and transfers end with the connection of either person', () => {
  for (const leaving of [1, 2]) {
    const shell = people();
    shell.line(1, 'FILE_TRANS /send_file @bob m1');
    shell.line(1, 'FILE_TRANS /send_file @bob m2');
    shell.line(2, 'READY_FOR_FILE @alice m1');
    const { transfer } = onlyPlan(shell);
    shell.run({ type: 'disconnect', connection: id(leaving) });
    assert.equal(shell.plans.size, 0);
    shell.login(4, leaving === 1 ? 'alice' : 'bob');
    shell.line(leaving === 1 ? 2 : 4, 'READY_FOR_FILE @alice m2');
    assert.equal(shell.heard().at(-1)?.[1], '-SOFT_ERR no such file offer!');
    // A file of the person who left must not concern the next person with that name.
    shell.run({ type: 'transferOpened', transfer, port: 5000 });
    shell.ended(transfer, 'transferFailed');
    assert.deepEqual(shell.heard(), []);
  }
});

type Act =
  | { readonly kind: 'login' | 'leave'; readonly who: number }
  | {
      readonly kind: 'offer' | 'ready';
      readonly who: number;
      readonly other: number;
      readonly metadata: string;
    }
  | {
      readonly kind: 'transferOpened' | 'transferFailed' | 'transferClosed';
      readonly transfer: number;
    };

const names = ['ann', 'bob', 'cid', 'dan'] as const;
const who = fc.nat({ max: names.length - 1 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('login' as const, 'leave' as const), who }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('offer' as const, 'ready' as const),
      who,
      other: who,
      metadata: fc.constantFrom('m', 'n', 'a long one'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'transferOpened' as const,
        'transferFailed' as const,
        'transferClosed' as const,
      ),
      transfer: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

interface Told {
  readonly from: number;
  readonly to: number;
  readonly metadata: string;
}

/** Without the oldest offers of a sender who has no room for another one. */
function withRoomFor(offers: readonly Told[], who: number, metadata: string): Told[] {
  const own = offers.filter(({ from }) => from === who);
  const length = (told: readonly Told[]) => told.reduce((sum, one) => sum + one.metadata.length, 0);
  let left = own;
  while (
    left.length >= env.maxOffersPerSender ||
    length(left) + metadata.length > env.maxOfferBytesPerSender
  ) {
    left = left.slice(1);
  }
  return offers.filter((one) => one.from !== who || left.includes(one));
}

/** Plays random acts of four people, and compares the lines, opened and closed transfers with its own records. */
function play(acts: readonly Act[]): void {
  const shell = createShell();
  const connections = new Map<number, number>();
  let offers: Told[] = [];
  const transfers = new Map<number, Told & { readonly proven: boolean }>();
  let next = 100;
  let lastTransfer = 0;

  for (const act of acts) {
    switch (act.kind) {
      case 'login':
        if (connections.has(act.who)) break;
        connections.set(act.who, next);
        shell.login(next++, names[act.who] ?? '');
        break;
      case 'leave': {
        const connection = connections.get(act.who);
        if (connection === undefined) break;
        connections.delete(act.who);
        shell.run({ type: 'disconnect', connection: id(connection) });
        offers = offers.filter(({ from, to }) => from !== act.who && to !== act.who);
        for (const [transfer, { from, to }] of transfers) {
          if (from === act.who || to === act.who) transfers.delete(transfer);
        }
        assert.deepEqual(shell.heard(), []);
        break;
      }
      case 'offer': {
        const connection = connections.get(act.who);
        if (connection === undefined) break;
        shell.line(connection, `FILE_TRANS /send_file @${names[act.other]} ${act.metadata}`);
        const [[to, line] = [0, '']] = shell.heard();
        if (line.startsWith('FILE_TRANS')) {
          assert.equal(line, `FILE_TRANS @${names[act.who]} ${act.metadata}`);
          assert.equal(to, connections.get(act.other), 'the named receiver, and nobody else');
          assert.notEqual(act.who, act.other);
          offers = withRoomFor(offers, act.who, act.metadata);
          offers.push({ from: act.who, to: act.other, metadata: act.metadata });
        } else {
          assert.equal(to, connection, 'a refusal goes to who asked');
        }
        break;
      }
      case 'ready': {
        const connection = connections.get(act.who);
        if (connection === undefined) break;
        const proven = act.metadata === 'n';
        const word = proven ? ` ${proof}` : '';
        shell.line(connection, `READY_FOR_FILE @${names[act.other]} ${act.metadata}${word}`);
        const at = offers.findIndex(
          (offer) =>
            offer.from === act.other && offer.to === act.who && offer.metadata === act.metadata,
        );
        const said = shell.heard();
        if (said.length > 0) {
          assert.deepEqual([said.length, said[0]?.[0]], [1, connection]);
          if (at >= 0) assert.match(said[0]?.[1] ?? '', /running already/);
          break;
        }
        const [offer] = offers.splice(at, 1);
        assert.ok(at >= 0 && offer, 'nothing is opened that was not offered');
        transfers.set(++lastTransfer, { ...offer, proven });
        break;
      }
      default: {
        const transfer = act.transfer as TransferId;
        const told = transfers.get(transfer);
        if (act.kind === 'transferOpened') shell.run({ type: act.kind, transfer, port: 7 });
        else shell.ended(transfer, act.kind);
        const heard = shell.heard();
        if (told === undefined) {
          assert.deepEqual(heard, [], 'an answer about nothing changes nothing');
          break;
        }
        const sender = connections.get(told.from);
        const receiver = connections.get(told.to);
        if (act.kind === 'transferOpened') {
          assert.deepEqual(heard, [
            [sender, `READY_FOR_FILE @${names[told.to]} ${told.metadata} 7`],
            [receiver, 'OPEN_PORT_TO_RECEIVE 7'],
          ]);
          break;
        }
        transfers.delete(transfer);
        if (act.kind === 'transferFailed') offers.push(told);
        assert.deepEqual(
          heard.map(([to]) => to),
          act.kind === 'transferFailed' ? [receiver] : [],
        );
      }
    }

    // The records of the hub and of the test agree, and nothing is over its cap.
    assert.deepEqual(
      [...shell.plans].map(([transfer, { sender, receiver, metadata, proof }]) => [
        transfer,
        names.indexOf(sender.name as never),
        names.indexOf(receiver.name as never),
        metadata,
        proof !== undefined,
      ]),
      [...transfers].map(([transfer, { from, to, metadata, proven }]) => [
        transfer,
        from,
        to,
        metadata,
        proven,
      ]),
    );
    const { files } = shell.hub;
    assert.deepEqual([...files.transfers.keys()], [...transfers.keys()]);
    const count = (books: ReadonlyMap<unknown, ReadonlySet<unknown>>) =>
      [...books.values()].reduce((sum, { size }) => sum + size, 0);
    assert.equal(count(files.offersBy), offers.length);
    assert.equal(count(files.offersTo), offers.length);
    assert.equal(count(files.transfersOf), 2 * transfers.size);
    for (const book of [files.offersBy, files.offersTo, files.transfersOf]) {
      for (const [visit, entries] of book) {
        assert.ok(
          shell.hub.users.get(visit.user.name)?.visits.includes(visit),
          'only people who are here have any',
        );
        assert.ok(entries.size > 0);
      }
    }
    for (const entries of files.transfersOf.values()) assert.ok(entries.size <= 2);
    assert.ok(transfers.size <= 3);
  }
}

test('random offers, answers, ports and departures: nobody overhears, every offer once, all books agree', () => {
  const everybodyIn = names.map((_, who): Act => ({ kind: 'login', who }));
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80, size: 'max' }), (acts) => {
      play([...everybodyIn, ...acts]);
    }),
    { numRuns: 500 },
  );
});
