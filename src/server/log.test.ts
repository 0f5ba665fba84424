import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLogger, type LogLevel, type Logger } from './log.ts';

type Line = Record<string, unknown>;

function recorded(t: TestContext, level: LogLevel, write: (log: Logger) => void): Line[] {
  const folder = mkdtempSync(join(tmpdir(), 'helo-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  write(createLogger(level, openSync(file, 'w')));
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): Line => JSON.parse(line));
}

test('a line is one JSON object: level, time, the fields, the message, and nothing of the machine', (t) => {
  const [line] = recorded(t, 'info', (log) => log.info({ verb: 'BCST', bytes: 12 }, 'line read'));
  const { time, ...rest } = line ?? {};
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: 'info', verb: 'BCST', bytes: 12, msg: 'line read' });
});

test('what is below the level is not written', (t) => {
  const lines = recorded(t, 'warn', (log) => {
    log.debug({}, 'a');
    log.info({}, 'b');
    log.warn({}, 'c');
    log.error({}, 'd');
  });
  assert.deepEqual(
    lines.map((line) => line['msg']),
    ['c', 'd'],
  );
});

test('a log that cannot be written throws at nobody', { skip: !existsSync('/dev/full') }, () => {
  const log = createLogger('warn', openSync('/dev/full', 'w'));
  log.warn({}, 'the disk is full');
  log.error({}, 'and stays so');
});

test('silent writes nothing at all', (t) => {
  assert.deepEqual(
    recorded(t, 'silent', (log) => log.error({}, 'd')),
    [],
  );
});
