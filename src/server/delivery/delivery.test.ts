// Delivery compared with the simplest correct thing: every line appended to a string of each listener, in the
// listener's form. The transports keep the buffers that they get, not copies, so that bytes overwritten later would be
// seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lobby, type Audience, type ConnectionId, type Form } from '../../hub/effects.ts';
import type { GroupName } from '../../wire/text.ts';
import { createTestClock } from '../clock.fixture.ts';
import type { Transport } from '../transport/transport.ts';
import { Delivery } from './delivery.ts';

const limits = { softUnsentBytes: 1000, maxUnsentBytes: 5000, maxSlowMs: 30_000 };

class RecordingTransport implements Transport {
  readonly origin = { address: '192.0.2.1', listenerHost: '::', isLocal: false, secure: false };
  readonly binding = new Uint8Array();
  readonly chunks: (string | Uint8Array)[] = [];
  unsentBytes = 0;
  ended = false;
  write(binary: string): void {
    assert.ok(!this.ended);
    this.chunks.push(binary);
  }
  writeBytes(bytes: Uint8Array): void {
    assert.ok(!this.ended);
    this.chunks.push(bytes);
  }
  pause(): void {}
  resume(): void {}
  end(): void {
    this.ended = true;
  }
  destroy(): void {}
  get text(): string {
    return this.chunks
      .map((chunk) => (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')))
      .join('');
  }
}

const id = (number: number) => number as ConnectionId;
const group = (name: string): Audience => ({ kind: 'group', group: name as GroupName });

function setUp() {
  const { clock, goTo } = createTestClock();
  const slow: ConnectionId[] = [];
  const delivery: Delivery = new Delivery(limits, clock, (connection) => {
    slow.push(connection);
    delivery.close(connection);
  });
  const transports = new Map<number, RecordingTransport>();
  const open = (number: number) => {
    const transport = new RecordingTransport();
    transports.set(number, transport);
    delivery.open(id(number), transport);
    return transport;
  };
  let now = 0;
  return { delivery, clock, slow, open, transports, goTo, flush: () => goTo((now += 20)) };
}

const say = (text: string) => `DSCN ${text}\n`;
/** The same in both forms. */
const both = (text: string) => ({ v1: say(text), extended: `MSG ${text}\n` });

test('an audience shares one buffer, written once to each member', () => {
  const { delivery, open, flush } = setUp();
  const members = [1, 2, 3].map((number) => {
    const transport = open(number);
    delivery.join(lobby, id(number), 'v1');
    return transport;
  });
  delivery.deliver(lobby, both('a'), undefined);
  delivery.deliver(lobby, both('b'), undefined);
  flush();
  for (const { text, chunks } of members) {
    assert.equal(text, 'DSCN a\nDSCN b\n');
    assert.equal(chunks.length, 1);
    assert.equal(chunks[0], members[0]?.chunks[0]);
  }
  assert.deepEqual(delivery.counts, { deliveries: 6, writes: 3, bytes: 42, flushes: 1 });
});

test('who hears the same audiences shares one composition', () => {
  const { delivery, open, flush } = setUp();
  const [a, b] = [1, 2].map((number) => {
    const transport = open(number);
    delivery.join(lobby, id(number), 'v1');
    delivery.join(group('g'), id(number), 'v1');
    return transport;
  });
  delivery.deliver(lobby, both('1'), undefined);
  delivery.deliver(group('g'), both('2'), undefined);
  delivery.deliver(lobby, both('3'), undefined);
  flush();
  assert.equal(a?.text, 'DSCN 1\nDSCN 2\nDSCN 3\n');
  assert.equal(a?.chunks[0], b?.chunks[0]);
});

test('each form hears its own words, all in one order, whichever audiences they are of', () => {
  const { delivery, open, flush } = setUp();
  const [v1, extended] = [open(1), open(2)];
  for (const audience of [lobby, group('g')]) {
    delivery.join(audience, id(1), 'v1');
    delivery.join(audience, id(2), 'extended');
  }
  delivery.deliver(lobby, both('1'), undefined);
  delivery.deliver(group('g'), both('2'), id(2));
  delivery.deliver(lobby, { v1: say('3') }, undefined);
  delivery.deliver(group('g'), both('4'), id(1));
  assert.deepEqual(
    [delivery.listeners(lobby, 'v1'), delivery.listeners(group('h'), 'extended')],
    [1, 0],
  );
  flush();
  assert.equal(v1.text, 'DSCN 1\nDSCN 2\nDSCN 3\n');
  assert.equal(extended.text, 'MSG 1\nMSG 4\n');
  assert.equal(delivery.counts.deliveries, 5);
});

test('a speaker does not get the own lines, and replies stand where they were said', () => {
  const { delivery, open, flush } = setUp();
  const speaker = open(1);
  const listener = open(2);
  delivery.join(lobby, id(1), 'v1');
  delivery.join(lobby, id(2), 'v1');
  delivery.deliver(lobby, both('theirs 1'), id(2));
  delivery.deliver(lobby, both('mine'), id(1));
  delivery.send(id(1), say('ok'));
  delivery.deliver(lobby, both('theirs 2'), id(2));
  flush();
  assert.equal(speaker.text, 'DSCN theirs 1\nDSCN ok\nDSCN theirs 2\n');
  assert.equal(listener.text, 'DSCN mine\n');
});

test('what was said before a close is written before it', () => {
  const { delivery, open, flush } = setUp();
  const transport = open(1);
  delivery.join(lobby, id(1), 'v1');
  delivery.deliver(lobby, both('a'), undefined);
  delivery.send(id(1), say('bye'));
  delivery.close(id(1));
  assert.ok(transport.ended);
  assert.equal(transport.text, 'DSCN a\nDSCN bye\n');
  delivery.deliver(lobby, both('b'), undefined);
  flush();
  assert.equal(transport.text, 'DSCN a\nDSCN bye\n');
});

test('a slow reader is given up at the cap at once, or over the soft mark after the time limit', () => {
  const { delivery, open, slow, goTo, clock } = setUp();
  const [stuck, slowly, quick] = [1, 2, 3].map((number) => {
    const transport = open(number);
    delivery.join(lobby, id(number), 'v1');
    return transport;
  });
  assert.ok(stuck && slowly && quick);
  stuck.unsentBytes = 6000;
  slowly.unsentBytes = 2000;
  quick.unsentBytes = 1500;
  delivery.deliver(lobby, both('a'), undefined);
  goTo(100);
  assert.deepEqual(slow, [id(1)]);
  assert.ok(stuck.ended);
  quick.unsentBytes = 0;
  delivery.deliver(lobby, both('b'), undefined);
  goTo(200);
  quick.unsentBytes = 1500;
  delivery.deliver(lobby, both('c'), undefined);
  goTo(30_100);
  assert.deepEqual(slow, [id(1), id(2)]);
  assert.equal(clock.now(), 30_100);
  goTo(30_500);
  assert.deepEqual(slow, [id(1), id(2), id(3)]);
});

test('alone a line leaves at once; after a flush that took long the next is gathered longer', () => {
  const { delivery, open, goTo, clock } = setUp();
  const transport = open(1);
  let spent = 0;
  const write = transport.write.bind(transport);
  transport.write = (binary) => {
    write(binary);
    spent += 8;
    goTo(clock.now() + 8);
  };
  delivery.send(id(1), say('a'));
  goTo(clock.now());
  assert.equal(transport.text, 'DSCN a\n');
  assert.equal(spent, 8);
  delivery.send(id(1), say('b'));
  goTo(clock.now() + 3.9);
  assert.equal(transport.text, 'DSCN a\n');
  goTo(clock.now() + 0.2);
  assert.equal(transport.text, 'DSCN a\nDSCN b\n');
});

type Act =
  | { readonly kind: 'open' | 'close' | 'send'; readonly who: number }
  | { readonly kind: 'leave'; readonly who: number; readonly audience: number }
  | { readonly kind: 'join'; readonly who: number; readonly audience: number; readonly form: Form }
  | {
      readonly kind: 'deliver';
      readonly who: number;
      readonly audience: number;
      readonly long: boolean;
      /** The forms in which it is delivered. */
      readonly forms: readonly Form[];
    }
  | { readonly kind: 'flush' };

const who = fc.nat({ max: 4 });
const audience = fc.nat({ max: 2 });
const form = fc.constantFrom<Form>('v1', 'extended');
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('open' as const, 'close'), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('leave' as const), who, audience }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('join' as const), who, audience, form }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), who }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      who,
      audience,
      long: fc.boolean(),
      forms: fc.constantFrom<readonly Form[]>(['v1', 'extended'], ['v1'], ['extended']),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'flush' as const }) },
);

/** Who gets what, kept in the simplest way. */
function play(acts: readonly Act[]): void {
  const { delivery, open, transports, flush } = setUp();
  const audiences = [lobby, group('g'), group('h')];
  const members = audiences.map(() => new Map<number, Form>());
  const expected = new Map<RecordingTransport, string>();
  const add = (who: number, line: string) => {
    const transport = transports.get(who);
    if (transport !== undefined) expected.set(transport, (expected.get(transport) ?? '') + line);
  };
  const check = (transport: RecordingTransport) =>
    assert.equal(transport.text, expected.get(transport) ?? '');
  const all: RecordingTransport[] = [];

  for (const [number, act] of acts.entries()) {
    if (act.kind === 'flush') {
      flush();
      for (const transport of all) check(transport);
      continue;
    }
    const { who } = act;
    const transport = transports.get(who);
    if (act.kind === 'open') {
      if (transport === undefined) all.push(open(who));
      continue;
    }
    if (transport === undefined) continue;
    switch (act.kind) {
      case 'close':
        for (const [at, set] of members.entries()) {
          if (set.delete(who)) delivery.leave(audiences[at] ?? lobby, id(who));
        }
        delivery.close(id(who));
        check(transport);
        transports.delete(who);
        break;
      case 'send':
        delivery.send(id(who), say(`${number} to ${who}`));
        add(who, `DSCN ${number} to ${who}\n`);
        break;
      case 'join':
        if (members[act.audience]?.has(who)) break;
        members[act.audience]?.set(who, act.form);
        delivery.join(audiences[act.audience] ?? lobby, id(who), act.form);
        break;
      case 'leave':
        if (members[act.audience]?.delete(who)) {
          delivery.leave(audiences[act.audience] ?? lobby, id(who));
        }
        break;
      case 'deliver': {
        const text = act.long ? `${number} `.repeat(150) : String(number);
        const except = act.audience === 0 ? who : undefined;
        const lines = Object.fromEntries(act.forms.map((form) => [form, both(text)[form]]));
        delivery.deliver(
          audiences[act.audience] ?? lobby,
          lines,
          except === undefined ? undefined : id(who),
        );
        for (const [member, form] of members[act.audience] ?? []) {
          if (member !== except) add(member, lines[form] ?? '');
        }
        break;
      }
    }
  }
  flush();
  for (const transport of all) check(transport);
}

test('random comings, goings and talk: everybody gets exactly what was said, in order', () => {
  const warm = [0, 1, 2, 3, 4].flatMap((who): Act[] => [
    { kind: 'open', who },
    { kind: 'join', who, audience: 0, form: who < 2 ? 'extended' : 'v1' },
    { kind: 'join', who, audience: 1 + (who % 2), form: 'v1' },
  ]);
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120, size: 'max' }), (acts) => play([...warm, ...acts])),
    { numRuns: 1000 },
  );
});
