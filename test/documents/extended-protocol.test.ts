// The sections of docs/PROTOCOL.md on the extended protocol, compared with the schemas of the programs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { GenericSchema } from 'valibot';
import { defaultHubLimits } from '../../src/hub/limits.ts';
import { maxTold, maxToTell } from '../../src/server/presence.ts';
import { extendedEventTable } from '../../src/wire/extended/events.ts';
import { failures } from '../../src/wire/extended/failures.ts';
import {
  maxContentLength,
  maxLabelLength,
  maxPackageLength,
} from '../../src/wire/extended/fields.ts';
import { defaultMaxLineBytes } from '../../src/wire/limits.ts';
import {
  formatRequest,
  maxHistoryPage,
  maxListed,
  maxStockPackages,
  requestTable,
} from '../../src/wire/extended/requests.ts';
import { inRepository } from '../support/repository.ts';

const document = readFileSync(inRepository('docs/PROTOCOL.md'), 'utf8');

/** The text of a section of the second level, from its heading to the next of that level. */
function chapter(number: number): string {
  const [, rest = ''] = document.split(`\n## ${number}. `);
  return rest.split(/^## /m)[0] ?? '';
}

/** The fields in the table under the heading `verb`, and whether each is always present. */
function documented(chapter: string, verb: string): Record<string, boolean> {
  const [, rest = ''] = chapter.split(new RegExp(`^####? (?:[\\d.]+ )?${verb}$`, 'm'));
  const table = rest.split(/^#/m)[0] ?? '';
  const rows = table.matchAll(/^\| `(\w+)` +\| (yes|no) +\|/gm);
  return Object.fromEntries([...rows].map(([, field = '', needed]) => [field, needed === 'yes']));
}

/** The same for a schema. */
function declared(schema: unknown): Record<string, boolean> {
  const { entries } = schema as { readonly entries: Readonly<Record<string, GenericSchema>> };
  return Object.fromEntries(
    Object.entries(entries).map(([field, { type }]) => [field, type !== 'optional']),
  );
}

test('[14] every request stands there with its fields, and no other field', () => {
  for (const [verb, { schema }] of Object.entries(requestTable)) {
    assert.deepEqual(documented(chapter(14), verb), declared(schema), verb);
  }
});

test('[15] every event stands there with its fields, and no other field', () => {
  for (const [verb, schema] of Object.entries(extendedEventTable)) {
    assert.deepEqual(documented(chapter(15), verb), declared(schema), verb);
  }
});

test('[16] lists every failure with its text, and no other', () => {
  const rows = chapter(16).matchAll(/^\| `([\w-]+)` +\| `(.*)` +\|$/gm);
  assert.deepEqual(
    [...rows].map(([, code, text]) => [code, text]),
    Object.entries(failures),
  );
});

test('[17] the limits are those of the programs', () => {
  const limits = chapter(17).replaceAll(',', '');
  for (const limit of [
    defaultHubLimits.maxAccounts,
    defaultHubLimits.maxConnectionsPerAccount,
    defaultHubLimits.maxStreamsPerAccount,
    defaultHubLimits.maxDirectsPerAccount,
    defaultHubLimits.maxInvites,
    maxListed,
    maxTold,
    maxToTell,
    maxHistoryPage,
    maxStockPackages,
    maxPackageLength,
    maxContentLength,
    maxLabelLength,
  ]) {
    assert.match(limits, new RegExp(`\\| [^|]*\\b${limit}\\b`), String(limit));
  }
});

test('[17] as many key packages as one STOCK may bring, each as long as may be, fit a line', () => {
  const longest = 'k'.repeat(maxPackageLength);
  const line = formatRequest('STOCK', {
    // The character with the longest form in JSON.
    label: '\u0001'.repeat(maxLabelLength),
    packages: Array.from({ length: maxStockPackages }, () => longest),
    lastResort: longest,
    replace: false,
  });
  assert.ok(line.length - 1 <= defaultMaxLineBytes, `${line.length} characters`);
});
