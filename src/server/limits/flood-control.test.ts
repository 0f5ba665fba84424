import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../clock.fixture.ts';
import { FloodControl, maxUnfinishedBytes, type Allowance } from './flood-control.ts';
import { floodLimits, type FloodMode } from './flood-limits.ts';

const address = '192.0.2.1';

function setUp(mode: FloodMode = 'default', maxConnections = 10_000) {
  const limits = floodLimits[mode];
  assert.ok(limits);
  const { clock, goTo } = createTestClock();
  return { flood: new FloodControl(limits, maxConnections, clock), clock, goTo };
}

/** Sends `lines` lines, and waits when it must. Returns the sum of the waits in milliseconds. */
function say(allowance: Allowance, lines: number, bytes: number, goTo?: (wait: number) => void) {
  let waited = 0;
  for (let said = 0; said < lines; said++) {
    const wait = allowance.takeLine(bytes);
    goTo?.(wait);
    waited += wait;
  }
  return waited;
}

test('nobody who is no flood waits: 500 pasted lines, 300 key packages, a busy bot for an hour', () => {
  const { flood, clock, goTo } = setUp();
  assert.equal(say(flood.enter(address), 500, 2 * 200), 0);
  assert.equal(say(flood.enter(address), 300, 2 * 6000), 0);
  const bot = flood.enter(address);
  for (let said = 0; said < 360_000; said++) {
    goTo(clock.now() + 10);
    assert.equal(bot.takeLine(2 * 1000), 0);
  }
});

test('nor does a class of 200 behind one address that comes, logs in and writes all at once', () => {
  const { flood } = setUp();
  for (let pupil = 0; pupil < 200; pupil++) {
    // A person does not notice a twentieth of a second.
    assert.ok((flood.arrive(address) ?? Infinity) <= 50);
    const allowance = flood.enter(address);
    assert.equal(allowance.takeLogin(), 0);
    assert.equal(say(allowance, 50, 2 * 200), 0);
  }
});

test('a flood of lines gets the burst and then the rate, and only itself waits', () => {
  const { flood, clock, goTo } = setUp();
  const flooder = flood.enter(address);
  const neighbour = flood.enter(address);
  say(flooder, 3000, 10, (wait) => goTo(clock.now() + wait));
  assert.equal(Math.round(clock.now()), 10_000, '1,000 at once, 200 a second');
  assert.equal(neighbour.takeLine(10), 0);
});

test('what a line costs counts in bytes: lists of 300 kilobytes', () => {
  const { flood, clock, goTo } = setUp();
  const curious = flood.enter(address);
  say(curious, 100, 300_000, (wait) => goTo(clock.now() + wait));
  const { perSecond, burst } = flood.limits.connection.bytes;
  const seconds = (100 * 300_000 - burst) / perSecond;
  assert.ok(Math.abs(clock.now() / 1000 - seconds) < 1, `${clock.now()} ms`);
});

test('many connections of one address share its limits, and those of another are free of them', () => {
  const { flood } = setUp();
  const flooders = Array.from({ length: 100 }, () => flood.enter('2001:db8::1'));
  for (let round = 0; round < 400; round++) for (const flooder of flooders) flooder.takeLine(10);
  assert.ok(flood.enter('2001:db8::2').takeLine(10) > 0, 'of the same /64');
  assert.equal(flood.enter('2001:db8:0:1::1').takeLine(10), 0);
  assert.ok((flooders[0]?.takeLine(10) ?? 0) <= 10_000);
});

test('10,000 who come at once through one address are let in within ten seconds, more are turned away', () => {
  const { flood, clock, goTo } = setUp('default', 100_000);
  const waits = Array.from({ length: 11_000 }, () => flood.arrive(address));
  assert.equal(waits.filter((wait) => wait === 0).length, 101);
  assert.ok(waits.slice(0, 5000).every((wait) => wait !== undefined && wait <= 2450));
  assert.ok(waits.slice(0, 10_000).every((wait) => wait !== undefined && wait <= 10_000));
  assert.ok(waits.slice(10_001).every((wait) => wait === undefined));
  goTo(clock.now() + 6000);
  assert.equal(flood.arrive('192.0.2.2'), 0);
  assert.notEqual(flood.arrive(address), undefined);
});

test('whoever was let in can log in, and more logins than that are told how long to wait', () => {
  const { flood } = setUp();
  const visitor = flood.enter(address);
  for (let login = 0; login <= 10_000; login++) assert.equal(visitor.takeLogin(), 0);
  assert.equal(visitor.takeLogin(), 1);
});

test('the last places are not for an address that has taken as many, unless it is this machine', () => {
  const { flood } = setUp('default', 100);
  const enter = (address: string, count: number) =>
    Array.from({ length: count }, () => flood.enter(address));
  enter('192.0.2.1', 89);
  assert.equal(flood.arrive('192.0.2.1'), 0);
  const [one] = enter('192.0.2.1', 1);
  assert.equal(flood.arrive('192.0.2.1'), undefined);
  assert.equal(flood.arrive('192.0.2.2'), 0);
  assert.equal(flood.arrive('127.0.0.1'), 0);
  one?.leave();
  assert.equal(flood.arrive('192.0.2.1'), 0);
  // A full server has its own reply.
  enter('192.0.2.2', 11);
  assert.equal(flood.arrive('192.0.2.1'), 0);
});

test('behind a proxy addresses count nothing, connections do', () => {
  const { flood } = setUp('connection');
  for (let count = 0; count < 10_000; count++) {
    assert.ok((flood.arrive(address) ?? Infinity) <= 5000);
  }
  const allowances = Array.from({ length: 100 }, () => flood.enter(address));
  for (const allowance of allowances) assert.equal(say(allowance, 1000, 10), 0);
  assert.ok((allowances[0]?.takeLine(10) ?? 0) > 0);
  for (let login = 0; login < 20_000; login++) assert.equal(allowances[0]?.takeLogin(), 0);
  assert.equal(flood.usages.size, 0);
});

test('lines that never end fill no memory: an address has its part, others theirs, and what ends is given back', () => {
  const { flood } = setUp();
  const long = 65_536;
  const held: Allowance[] = [];
  for (let bytes = 0; bytes < maxUnfinishedBytes; bytes += long) {
    const one = flood.enter(address);
    assert.ok(one.hold(long / 2) && one.hold(long));
    held.push(one);
  }
  const surplus = flood.enter(address);
  assert.equal(surplus.hold(1), false);
  surplus.leave();
  const other = flood.enter('198.51.100.1');
  assert.ok(other.hold(long));
  const [first, second] = held;
  assert.ok(first?.hold(0), 'its line has ended');
  second?.leave();
  const next = [flood.enter(address), flood.enter(address), flood.enter(address)];
  assert.deepEqual(
    next.map((one) => one.hold(long)),
    [true, true, false],
  );
});
