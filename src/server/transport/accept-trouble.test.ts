import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '../log.ts';
import { acceptTrouble } from './accept-trouble.ts';

test('connections cut for want of descriptors are a line a minute, with their number', () => {
  const lines: unknown[] = [];
  const log = { warn: (fields: object, text: string) => lines.push([fields, text]) };
  let now = 1_000;
  const told = acceptTrouble(log as unknown as Logger, () => now);
  const full = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
  const text = 'connections are cut before they are taken: this program has too many files open';
  for (let count = 0; count < 1000; count++) told(full);
  assert.deepEqual(lines, [[{ code: 'EMFILE', connections: 1 }, text]]);
  now += 60_000;
  told(full);
  assert.deepEqual(lines[1], [{ code: 'EMFILE', connections: 1000 }, text]);
});
