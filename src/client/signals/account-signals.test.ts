// What this account tells and hears: how often, to whom it is allowed, and what it believes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { Conversations } from '../account/conversations.ts';
import type { ClientEvent } from '../client-event.ts';
import type { OpenedSignal } from '../encryption/group/signalling.ts';
import type { KeptValue } from '../store/store-port.ts';
import type { ConversationName, Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { AccountSignals, type AccountSignalsPorts } from './account-signals.ts';
import { signalEveryMs } from './limits.ts';
import { decodeSignalBody, encodeSignalBody, type SignalBody } from './signal-body.ts';

const [alice, bob] = ['alice', 'bob'] as unknown as [Username, Username];
const lobby = 'lobby' as ConversationName;
const both = '@alice+bob' as ConversationName;
const inLobby: Place = { kind: 'lobby' };
const withBob: Place = { kind: 'direct', user: bob };

function begun(ports: Partial<AccountSignalsPorts> = {}) {
  const timers = new FakeTimers();
  const clock = { at: 1_000_000 };
  const lines: string[] = [];
  const events: ClientEvent[] = [];
  const state = {
    canSeal: true,
    hasRoom: true,
    opened: undefined as OpenedSignal | 'later' | undefined,
  };
  const records = [lobby, both].map((name) => ({
    name,
    log: 5,
    epoch: 0,
    earlier: [],
    cursor: 3,
    read: 3,
  }));
  const conversations = new Conversations(alice, records, false);
  for (const one of conversations.all) {
    one.isKept = true;
    one.isIn = true;
  }
  let running: Promise<void> = Promise.resolve();
  const signals = new AccountSignals({
    me: alice,
    own: undefined,
    values: [],
    write: async (change) => void change(),
    conversations,
    engine: {
      isSealed: (name) => name === both,
      sealSignal: async (_name, body) =>
        state.canSeal ? { sealed: JSON.stringify(decodeSignalBody(body)?.kind), on: 1 } : undefined,
      openSignal: async () => state.opened,
    },
    hasRoom: async () => state.hasRoom,
    isHeld: async () => false,
    work: (task) => {
      running = running.then(task);
    },
    sizeOf: () => 2,
    isServed: () => true,
    isPerson: () => true,
    random: (length) => new Uint8Array(length),
    now: () => clock.at,
    timers,
    emit: (event) => void events.push(event),
    ...ports,
  });
  signals.login((line) => void lines.push(line.trim()));
  const pass = (ms: number): void => {
    clock.at += ms;
    timers.advance(ms);
  };
  const said = async (): Promise<string[]> => {
    await running;
    return lines.splice(0);
  };
  const hears = async (verb: 'SIGNAL' | 'MARK', body: SignalBody, from = bob): Promise<void> => {
    state.opened = { from: bob, device: new Uint8Array(32), body: encodeSignalBody(body) };
    signals.receive({ verb, in: both, from, sealed: 'x', on: 1 });
    await running;
  };
  const at = (name: ConversationName) => conversations.get(name) ?? assert.fail();
  return { signals, state, events, pass, said, hears, at, clock };
}

test('that somebody writes is said once in five seconds, sealed where it can be, and not by sessions of two devices', async () => {
  const { signals, pass, said, state } = begun();
  for (let at = 0; at < 3; at++) signals.typing(inLobby);
  assert.deepEqual(await said(), ['SIGNAL {"in":"lobby"}']);
  pass(signalEveryMs);
  signals.typing(inLobby);
  assert.equal((await said()).length, 1);
  state.hasRoom = false;
  signals.typing(withBob);
  assert.deepEqual(await said(), []);
  // What could not be said is tried again with the next key.
  state.hasRoom = true;
  signals.typing(withBob);
  assert.deepEqual(await said(), [String.raw`SIGNAL {"in":"@bob","sealed":"\"typing\"","on":1}`]);
  await signals.wishes.set('typing', false);
  pass(signalEveryMs);
  signals.typing(inLobby);
  assert.deepEqual(await said(), []);
});

test('how far one has read is told to nobody, until it is allowed; for all conversations that does not hold in the lobby', async () => {
  const { signals, said } = begun();
  for (const name of [lobby, both]) signals.lookAt(name);
  assert.deepEqual([await said(), signals.tellsReading(both)], [[], false]);
  await signals.wishes.set('receipts', true);
  assert.deepEqual([signals.tellsReading(both), signals.tellsReading(lobby)], [true, false]);
  assert.equal((await said()).length, 1);
  await signals.wishes.set(lobby, true);
  signals.lookAt(lobby);
  assert.deepEqual(await said(), ['MARK {"in":"lobby","seq":3}']);
  await signals.wishes.set(both, false);
  signals.lookAt(both);
  assert.deepEqual(await said(), []);
});

test('what is read meanwhile is told together, five seconds later; after another commit all of it again', async () => {
  const { signals, said, pass, at } = begun();
  await signals.wishes.set(lobby, true);
  signals.lookAt(lobby);
  assert.deepEqual(await said(), ['MARK {"in":"lobby","seq":3}']);
  for (const seq of [4, 5]) {
    at(lobby).seen = seq;
    signals.moved(at(lobby));
  }
  assert.deepEqual(await said(), []);
  pass(signalEveryMs);
  assert.deepEqual(await said(), ['MARK {"in":"lobby","seq":5}']);
  pass(signalEveryMs);
  assert.deepEqual(await said(), []);
  signals.changed(at(lobby));
  assert.deepEqual(await said(), ['MARK {"in":"lobby","seq":5}']);
});

test('a program that everything is piped into tells nothing by itself, and a mark that cannot be sealed is tried again', async () => {
  const program = begun({ isPerson: () => false });
  await program.signals.wishes.set(lobby, true);
  program.signals.lookAt(lobby);
  program.signals.moved(program.at(lobby));
  assert.deepEqual(await program.said(), []);
  program.signals.reads(lobby);
  assert.equal((await program.said()).length, 1);
  const { signals, said, pass, state } = begun();
  state.canSeal = false;
  await signals.wishes.set(both, true);
  signals.lookAt(both);
  assert.deepEqual(await said(), []);
  state.canSeal = true;
  pass(signalEveryMs);
  assert.equal((await said()).length, 1);
});

test('who has signed it counts, not whom the server names; nothing is believed in the open where it is sealed', async () => {
  const { signals, hears, events, clock } = begun();
  await signals.wishes.set(both, true);
  await hears('SIGNAL', { kind: 'typing', at: clock.at }, 'mallory' as Username);
  signals.receive({ verb: 'SIGNAL', in: both, from: bob });
  signals.receive({ verb: 'MARK', in: both, from: bob, seq: 3 });
  // A mark is no sign that somebody writes, nor the other way round; and it is of this log.
  await hears('SIGNAL', { kind: 'read', at: clock.at, log: 5, seq: 3 });
  await hears('MARK', { kind: 'typing', at: clock.at });
  await hears('MARK', { kind: 'read', at: clock.at, log: 6, seq: 3 });
  assert.deepEqual([signals.typingIn(both), signals.readersOf(both, 1)], [[], []]);
  await hears('MARK', { kind: 'read', at: clock.at, log: 5, seq: 2 });
  assert.deepEqual([signals.readersOf(both, 2), signals.readersOf(both, 3)], [[bob], []]);
  assert.deepEqual(events.at(-1), { type: 'read', conversation: both, user: bob, seq: 2 });
});

test('a sign that somebody writes counts once, and not one of another time', async () => {
  const { signals, hears, clock } = begun();
  const typing = (at: number): SignalBody => ({ kind: 'typing', at });
  await hears('SIGNAL', typing(clock.at));
  assert.deepEqual(signals.typingIn(both), [bob]);
  signals.said(both, bob);
  await hears('SIGNAL', typing(clock.at));
  await hears('SIGNAL', typing(clock.at - 1));
  await hears('SIGNAL', typing(clock.at + 16 * 60_000));
  assert.deepEqual(signals.typingIn(both), []);
  await hears('SIGNAL', typing(clock.at + 1));
  assert.deepEqual(signals.typingIn(both), [bob]);
  signals.logout();
  assert.deepEqual(signals.typingIn(both), []);
});

test('a mark of a commit that is still to be processed waits for it', async () => {
  const { signals, state, at, hears, clock } = begun();
  await signals.wishes.set(both, true);
  state.opened = 'later';
  signals.receive({ verb: 'MARK', in: both, from: bob, sealed: 'x', on: 2 });
  await Promise.resolve();
  await hears('SIGNAL', { kind: 'typing', at: clock.at });
  assert.deepEqual(signals.readersOf(both, 1), []);
  const read: SignalBody = { kind: 'read', at: clock.at, log: 5, seq: 3 };
  state.opened = { from: bob, device: new Uint8Array(32), body: encodeSignalBody(read) };
  signals.changed(at(both));
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  assert.deepEqual(signals.readersOf(both, 3), [bob]);
});

test('to a server that was started anew all marks are told once, of those that are allowed; to the same one only what is looked at', async () => {
  const kept: KeptValue[] = [];
  const write: AccountSignalsPorts['write'] = async (change) => {
    const made = change();
    if (made.type === 'kept-value') kept.push({ name: made.name, value: made.value ?? '' });
  };
  const { signals, said } = begun({ write, values: [{ name: 'marks-told', value: '7' }] });
  const comes = async (run: number): Promise<string[]> => {
    const lines: string[] = [];
    signals.logout();
    signals.login((line) => void lines.push(line.trim()), run);
    signals.caughtUp();
    await said();
    return lines;
  };
  await signals.wishes.set(lobby, true);
  assert.deepEqual(await comes(7), []);
  assert.deepEqual(await comes(8), ['MARK {"in":"lobby","seq":3}']);
  assert.deepEqual(kept.at(-1), { name: 'marks-told', value: '8' });
  assert.deepEqual(await comes(8), []);
  const next = begun({ values: kept });
  await next.signals.wishes.set(lobby, true);
  next.signals.logout();
  next.signals.login(() => assert.fail(), 8);
  next.signals.caughtUp();
  await next.said();
  await signals.wishes.set(lobby, false);
  assert.deepEqual(await comes(9), []);
});
