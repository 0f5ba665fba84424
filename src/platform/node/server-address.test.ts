import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServerAddress } from './server-address.ts';

test('names of hosts may be in any script', () => {
  for (const [typed, host, port] of [
    ['bücher.example', 'xn--bcher-kva.example', 1337],
    ['BÜCHER.example:4000', 'xn--bcher-kva.example', 4000],
    ['tls://例え.テスト:1338', 'xn--r8jz45g.xn--zckzah', 1338],
    ['chat.example.org:1337', 'chat.example.org', 1337],
    ['[::1]:1337', '::1', 1337],
  ] as const) {
    const address = readServerAddress(typed);
    assert.ok(address.ok, typed);
    assert.deepEqual([address.value.host, address.value.port], [host, port]);
  }
  for (const typed of ['bü cher.example', '\u00AD', 'ü:99999', '']) {
    assert.equal(readServerAddress(typed).ok, false, typed);
  }
});
