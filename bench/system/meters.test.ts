import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptorHint } from './descriptors.ts';
import { busySeconds, watchOthers } from './others.ts';
import { cpuSeconds, residentBytes } from './process-meter.ts';

/** Works until this process has used so much CPU time. */
function work(seconds: number): void {
  const start = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  while (used() < seconds);
}

test('the CPU time of a process is what it says itself, to the tick', () => {
  work(0.05);
  const { user, system } = process.cpuUsage();
  assert.ok(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6) < 0.05);
});

test('what is resident grows by what is touched', () => {
  const before = residentBytes(process.pid);
  const block = Buffer.alloc(64 * 1024 * 1024, 1);
  assert.ok(residentBytes(process.pid) - before > 0.9 * block.length);
});

test('waiting for a disk is not work, and what a hypervisor took is', () => {
  assert.equal(busySeconds('cpu  100 20 300 5000 700 10 30 40 0 0\ncpu0 1 2 3\n'), 5);
});

test('the work of the server and of the generator is not the work of others', () => {
  const before = busySeconds();
  const start = performance.now();
  const others = watchOthers(process.pid);
  work(0.3);
  const share = others(0);
  const seconds = (performance.now() - start) / 1000;
  const all = busySeconds() - before;
  assert.ok(share * seconds <= all - 0.25, `${share * seconds} of ${all} seconds`);
  assert.equal(others(1e6), 0);
});

test('too few descriptors are told with what to do', () => {
  assert.equal(descriptorHint(1), undefined);
  assert.match(descriptorHint(1e12) ?? '', /run `ulimit -n 1000000000100` first/);
});
