// docs/PROTOCOL.md, compared with the tables of the programs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commandTable } from '../../src/wire/commands.ts';
import { eventTable } from '../../src/wire/events.ts';
import { disconnect, fatal, soft, success } from '../../src/wire/replies.ts';
import { inRepository } from '../support/repository.ts';

const document = readFileSync(inRepository('docs/PROTOCOL.md'), 'utf8');

/** The text of section 7.x, from its heading to the next. */
function section(number: string): string {
  const [, rest = ''] = document.split(`### ${number} `);
  return rest.split(/^##/m)[0] ?? '';
}

test('section 9 lists every reply with its code, and no other', () => {
  const [, list = ''] = document.split('## 9.');
  const documented = [
    ...(list.split(/^## /m)[0] ?? '').matchAll(/^\| `([\w-]+)` +\| `(.*)` +\|$/gm),
  ];
  const registered = [fatal, soft, success, disconnect].flatMap((family) =>
    Object.entries<string>(family.templates),
  );
  assert.deepEqual(
    documented.map(([, code, text]) => [code, text]),
    registered.map(([code, text]) => [code, text.replaceAll(/\{(\w+)\}/g, '<$1>')]),
  );
});

test('every command stands in its section, in its form', () => {
  for (const { section: number, form } of Object.values(commandTable)) {
    assert.ok(section(number).includes(form), `${number}: ${form}`);
  }
});

test('every event stands in its section', () => {
  for (const [verb, { section: number }] of Object.entries(eventTable)) {
    assert.ok(section(number).includes(`: ${verb}`), `${number}: ${verb}`);
  }
});

test('no section of version 1 is missing', () => {
  for (const number of [
    '7.1',
    '7.2',
    '7.3',
    '7.4',
    '7.5',
    '7.6',
    '7.7',
    '7.8',
    '7.9',
    '7.10',
    '7.11',
    '7.12',
  ]) {
    assert.notEqual(section(number), '', number);
  }
});
