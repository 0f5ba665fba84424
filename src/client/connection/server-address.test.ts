import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatFingerprint,
  formatServerAddress,
  parseFingerprint,
  parseServerAddress,
  serverKeyOf,
} from './server-address.ts';

function read(text: string) {
  const parsed = parseServerAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const print = Uint8Array.from({ length: 32 }, (_, at) => at * 8);
const hex = Buffer.from(print).toString('hex');

test('addresses are read as people write them', () => {
  const plain = (host: string, port: number) => ({ transport: 'plain', host, port });
  const tls = (host: string, port: number, fingerprint?: Uint8Array) => ({
    transport: 'tls',
    host,
    port,
    fingerprint,
  });
  assert.deepEqual(read('127.0.0.1:1337'), plain('127.0.0.1', 1337));
  assert.deepEqual(read('localhost'), plain('localhost', 1337));
  assert.deepEqual(read('[::1]:99'), plain('::1', 99));
  assert.deepEqual(read('[::1]'), plain('::1', 1337));
  assert.deepEqual(read('[fe80::1%eth0]'), plain('fe80::1%eth0', 1337));
  assert.deepEqual(read('tls://Chat.Example.org'), tls('chat.example.org', 1338));
  assert.deepEqual(read('TLS://[::1]:5'), tls('::1', 5));
  for (const form of [
    formatFingerprint(print),
    hex,
    hex.toUpperCase().replaceAll(/..(?=.)/g, '$&:'),
  ]) {
    assert.deepEqual(read(`tls://h:1#${form}`), tls('h', 1, print));
  }
});

test('what is no address is refused with what is wrong', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /host or the port/],
    [':1337', /host or the port/],
    ['host:', /host or the port/],
    ['host:0', /from 1 to 65535/],
    ['host:65536', /from 1 to 65535/],
    ['::1', /brackets/],
    ['http://host', /http:\/\/ is not known/],
    ['host:1#abc', /tls:\/\//],
    ['tls://host#', /SHA-256/],
    [`tls://host#${hex}0`, /SHA-256/],
    ['ho st', /host or the port/],
    ['host/path', /host or the port/],
    ['host\n', /host or the port/],
  ];
  for (const [text, reason] of refusals) {
    const parsed = parseServerAddress(text);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.error, reason, text);
  }
});

test('an address that was written out is read back, and different addresses have different keys', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const address = fc
    .record({ tls: fc.boolean(), host, port: fc.integer({ min: 1, max: 65_535 }) })
    .map(({ tls, host, port }) =>
      read(`${tls ? 'tls://' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`),
    );
  fc.assert(
    fc.property(address, address, (one, other) => {
      assert.deepEqual(read(formatServerAddress(one)), one);
      const same = formatServerAddress(one) === formatServerAddress(other);
      assert.equal(serverKeyOf(one) === serverKeyOf(other), same);
    }),
  );
});

test('a fingerprint has exactly one length', () => {
  assert.equal(parseFingerprint(formatFingerprint(print.subarray(1))), undefined);
  assert.equal(parseFingerprint(hex.slice(2)), undefined);
});
