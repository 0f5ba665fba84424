// The figures of flood control in docs/OPERATIONS.md and docs/PROTOCOL.md are those of the server.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { floodLimits } from '../../src/server/limits/flood-limits.ts';
import type { Rate } from '../../src/server/limits/rate.ts';
import { inRepository } from '../support/repository.ts';

// The tables are padded into columns.
const read = (file: string) => readFileSync(inRepository(file), 'utf8').replaceAll(/ +/g, ' ');

function figure(value: number, inBytes: boolean): string {
  if (!inBytes) return value.toLocaleString('en');
  return value < 1024 ** 2 ? `${value / 1024} KiB` : `${value / 1024 ** 2} MiB`;
}

function written(rate: Rate | undefined, inBytes: boolean): string {
  if (rate === undefined) return '';
  const [perSecond, burst] = [figure(rate.perSecond, inBytes), figure(rate.burst, inBytes)];
  return ` ${perSecond} a second, ${burst} at once`;
}

const { connection, door, address } = floodLimits.default ?? assert.fail();

test('the manual tells every limit of the default', () => {
  const manual = read('docs/OPERATIONS.md');
  for (const what of ['lines', 'bytes', 'connections', 'logins'] as const) {
    const inBytes = what === 'bytes';
    const own = what === 'lines' || what === 'bytes' ? connection[what] : undefined;
    const row = `| ${what} |${written(own, inBytes)} |${written(address?.[what], inBytes)} |`;
    assert.ok(manual.includes(row), row);
  }
  assert.ok(manual.includes(`All together,${written(door, false)} are greeted`));
});

test('the protocol tells those of a connection', () => {
  const protocol = read('docs/PROTOCOL.md');
  assert.ok(protocol.includes(`| lines from a connection |${written(connection.lines, false)} (`));
  assert.ok(
    protocol.includes(
      `| bytes from a connection and in answer to it |${written(connection.bytes, true)} (`,
    ),
  );
});
