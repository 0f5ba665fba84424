import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { HeartbeatMonitor } from './heartbeat-monitor.ts';

function scene() {
  const timers = new FakeTimers();
  const probes: number[] = [];
  const deaths: number[] = [];
  const server = { answers: false };
  /** By how much the clock is ahead of the timers, which stop while a machine is suspended. */
  let aheadMs = 0;
  const now = () => timers.now + aheadMs;
  const heartbeat = new HeartbeatMonitor(timers, now, {
    probe: () => {
      probes.push(now());
      if (server.answers) heartbeat.receive();
    },
    dead: () => {
      deaths.push(now());
      heartbeat.end();
    },
  });
  heartbeat.begin();
  const suspend = (ms: number) => (aheadMs += ms);
  const ping = () => {
    heartbeat.receive();
    heartbeat.pinged();
  };
  return { timers, heartbeat, probes, deaths, suspend, ping, server };
}

test('a healthy idle connection sends nothing, whatever the interval of its pings', () => {
  for (const intervalMs of [1000, 30_000, 60_000]) {
    const { timers, probes, deaths, ping, heartbeat } = scene();
    for (let count = 0; count < 200; count++) {
      timers.advance(intervalMs);
      ping();
    }
    assert.deepEqual([probes, deaths], [[], []]);
    heartbeat.end();
    assert.equal(timers.running, 0);
  }
});

test('silence longer than the pings that were seen allow is asked about, and no answer is the end', () => {
  for (const [intervalMs, probeMs, deathMs] of [
    [1000, 3750, 7500],
    [60_000, 80_000, 95_000],
    [300_000, 380_000, 395_000],
  ] as const) {
    const { timers, probes, deaths, ping, server } = scene();
    server.answers = true;
    for (let count = 0; count < 3; count++) {
      ping();
      timers.advance(intervalMs);
    }
    ping();
    server.answers = false;
    const since = timers.now;
    const asked = probes.length;
    timers.advance(1_000_000);
    const [probe = 0] = probes.slice(asked);
    assert.equal(deaths.length, 1);
    assert.ok(probe - since <= probeMs, `asked after ${probe - since}`);
    assert.ok((deaths[0] ?? 0) - since <= deathMs, `over after ${(deaths[0] ?? 0) - since}`);
    assert.equal(probes.length, asked + 1);
    assert.equal(timers.running, 0);
  }
});

test('a server without pings is asked now and then, and lives on as long as it answers', () => {
  const { timers, probes, deaths, server } = scene();
  server.answers = true;
  timers.advance(60 * 60_000);
  assert.ok(probes.length > 20 && probes.length < 60, `${probes.length} questions`);
  assert.deepEqual(deaths, []);
});

test('a request without an answer leads to a question long before the silence does', () => {
  const { timers, probes, deaths, heartbeat, ping } = scene();
  for (const line of ['PONG\n', 'PM @bob x\n', 'GOT {"in":"@bob","seq":1}\n']) heartbeat.said(line);
  timers.advance(30_000);
  assert.deepEqual(probes, [], 'nobody answers these');
  ping();
  heartbeat.said('SEND {"in":"lobby"}\n');
  timers.advance(10_000);
  heartbeat.receive();
  timers.advance(30_000);
  assert.deepEqual(probes, [], 'it was answered');
  heartbeat.said('BCST hi\n');
  const since = timers.now;
  timers.advance(60_000);
  assert.ok((probes[0] ?? Infinity) - since <= 20_000);
  assert.ok((deaths[0] ?? Infinity) - since <= 35_000);
});

test('after a suspension the server is asked at once, and what came meanwhile is read first', () => {
  const { timers, probes, deaths, suspend, heartbeat } = scene();
  timers.advance(6_000);
  suspend(8 * 3_600_000);
  timers.advance(5_000);
  assert.equal(probes.length, 1);
  // Suspended again before the answer could be read.
  suspend(3_600_000);
  timers.advance(5_000);
  assert.deepEqual(deaths, []);
  heartbeat.receive();
  timers.advance(60_000);
  assert.deepEqual(deaths, []);
  suspend(3_600_000);
  timers.advance(20_000);
  assert.equal(deaths.length, 1);
});

test('a wall clock that is set back ends nothing', () => {
  const { timers, probes, deaths, suspend, ping } = scene();
  for (let count = 0; count < 10; count++) {
    timers.advance(59_000);
    suspend(-3_600_000);
    timers.advance(1_000);
    ping();
  }
  assert.deepEqual([probes, deaths], [[], []]);
});

test('who does not read hears nothing, and takes nobody for dead', () => {
  const { timers, probes, deaths, heartbeat } = scene();
  heartbeat.pause();
  timers.advance(600_000);
  heartbeat.resume();
  timers.advance(60_000);
  assert.deepEqual([probes, deaths], [[], []]);
});

test('pings that were held up and come close together do not make it impatient', () => {
  const { timers, probes, ping } = scene();
  for (let count = 0; count < 4; count++) {
    timers.advance(60_000);
    ping();
  }
  timers.advance(100);
  ping();
  timers.advance(60_000);
  ping();
  assert.deepEqual(probes, []);
});
