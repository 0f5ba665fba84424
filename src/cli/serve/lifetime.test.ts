import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { LogFields, Logger } from '../../server/log.ts';
import { logCrashes, onHangup, stopSignal, watchTerminal } from './lifetime.ts';

class RecordedProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

function recordedLog(): Logger & { readonly lines: [LogFields, string][] } {
  const lines: [LogFields, string][] = [];
  const write = (fields: LogFields, message: string) => void lines.push([fields, message]);
  return { lines, debug: write, info: write, warn: write, error: write };
}

test('the first signal is awaited, the second ends the process at once, whichever they are', async () => {
  for (const [first, second] of [
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGTERM'],
  ] as const) {
    const process = new RecordedProcess();
    const stop = stopSignal(process, () => false);
    process.emit(first);
    assert.equal(await stop, first);
    assert.deepEqual(process.exits, []);
    process.emit(second);
    assert.deepEqual(process.exits, [130]);
  }
});

test('hangups reload one after the other, and end nothing', async () => {
  const process = new RecordedProcess();
  const steps: string[] = [];
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    onHangup(
      process,
      () => false,
      async () => {
        steps.push('begins');
        await new Promise<void>((next) => (finish = next));
        steps.push('ends');
        if (steps.length === 4) resolve();
      },
    );
  });
  process.emit('SIGHUP');
  process.emit('SIGHUP');
  while (steps.filter((step) => step === 'ends').length < 2) {
    await new Promise((resolve) => setImmediate(resolve));
    finish();
  }
  await done;
  assert.deepEqual(steps, ['begins', 'ends', 'begins', 'ends']);
  assert.deepEqual(process.exits, []);
});

test('a hangup of the terminal ends the server, however often it comes, and reloads nothing', async () => {
  const process = new RecordedProcess();
  let isThere = true;
  const isTerminalGone = watchTerminal(
    (fd) => fd === 1 && isThere,
    () => true,
  );
  const stop = stopSignal(process, isTerminalGone);
  onHangup(process, isTerminalGone, () => Promise.reject(new Error('reloaded')));
  isThere = false;
  process.emit('SIGHUP');
  process.emit('SIGHUP');
  assert.equal(await stop, 'SIGHUP');
  assert.deepEqual(process.exits, []);
  process.emit('SIGTERM');
  assert.deepEqual(process.exits, [130]);
});

test('a process that was never at a terminal has none to lose, one with a second end still has it', () => {
  assert.equal(watchTerminal(() => false)(), false);
  const terminals = new Set([0, 1]);
  const isGone = watchTerminal(
    (fd) => terminals.has(fd),
    () => false,
  );
  terminals.delete(1);
  assert.equal(isGone(), false);
  terminals.delete(0);
  assert.equal(isGone(), true);
});

test('a terminal whose shell has ended is gone', () => {
  let isControlled = true;
  const isGone = watchTerminal(
    () => true,
    () => isControlled,
  );
  assert.equal(isGone(), false);
  isControlled = false;
  assert.equal(isGone(), true);
});

test('a bug is logged without its message and ends the process with code 2', () => {
  const process = new RecordedProcess();
  const log = recordedLog();
  logCrashes(process, log);
  process.emit('uncaughtException', new TypeError('words of alice'));
  assert.deepEqual(process.exits, [2]);
  assert.equal(log.lines.length, 1);
  assert.equal(log.lines[0]?.[0]['kind'], 'TypeError');
  assert.doesNotMatch(JSON.stringify(log.lines), /alice/);
});
