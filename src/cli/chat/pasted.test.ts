import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPasted } from './pasted.ts';

const address = `tls://[2001:db8::2]:1338#${'A'.repeat(43)}`;

test('an address is itself, quoted or not', () => {
  for (const text of [address, ` ${address} `, `'${address}'`, `"${address}"`]) {
    assert.deepEqual(readPasted(text), { address, name: undefined });
  }
});

test('of the line that a server prints the address is taken, and a name that is not only its place', () => {
  for (const [line, name] of [
    [`npx helo chat --server ${address} --name NAME`, undefined],
    [`  helo chat --server '${address}' --name NAME`, undefined],
    [`node dist/cli/helo.js chat --name bob --server=${address}`, 'bob'],
    [`helo chat --server "${address}" --name 'no name'`, undefined],
  ] as const) {
    assert.deepEqual(readPasted(line), { address, name });
  }
});
