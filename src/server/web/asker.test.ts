import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trustedProxies } from '../transport/trusted-proxies.ts';
import { askerOf, isOwnHost, isOwnOrigin } from './asker.ts';

const here = { address: '127.0.0.1', listenerHost: '127.0.0.1', isLocal: true, secure: false };

function proxies(...list: string[]) {
  return trustedProxies(list) ?? assert.fail('no list of proxies');
}

test('what a proxy says counts only if it is trusted', () => {
  const headers = {
    host: '127.0.0.1:1380',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'Chat.Example.org',
  };
  const untrusted = askerOf(headers, here, proxies());
  assert.deepEqual(untrusted, { origin: here, host: '127.0.0.1:1380', isForwarded: false });
  const { origin, host, isForwarded } = askerOf(headers, here, proxies('127.0.0.1'));
  assert.deepEqual(origin, { ...here, address: '203.0.113.9', isLocal: false, secure: true });
  assert.deepEqual({ host, isForwarded }, { host: 'chat.example.org', isForwarded: true });
});

test('the last address that is no proxy counts: what stands before it anybody may have written', () => {
  const trusted = proxies('127.0.0.1', '10.0.0.0/8', 'fd00::/8');
  const address = (forwarded: string) =>
    askerOf({ 'x-forwarded-for': forwarded }, here, trusted).origin.address;
  assert.equal(address('198.51.100.1, 203.0.113.9, 10.1.2.3'), '203.0.113.9');
  assert.equal(address('10.1.2.3'), '10.1.2.3');
  assert.equal(address('203.0.113.9, fd00::1'), '203.0.113.9');
  assert.equal(address('203.0.113.9, words'), '127.0.0.1');
  assert.equal(address(''), '127.0.0.1');
  // Whoever comes by a proxy is nobody of this machine, whatever it says.
  assert.equal(askerOf({}, here, trusted).origin.isLocal, false);
});

test('addresses and ranges, and nothing else, are proxies', () => {
  for (const wrong of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '::1/129', '10.0.0.0/8/8']) {
    assert.equal(trustedProxies([wrong]), undefined, wrong);
  }
});

test('the listener for this machine is reached under its names alone', () => {
  const isOwn = (host: string) => isOwnHost(askerOf({ host }, here, proxies()));
  for (const host of ['127.0.0.1:1380', 'localhost', 'LOCALHOST:1', '[::1]:1380', '127.9.9.9']) {
    assert.ok(isOwn(host), host);
  }
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example:1380',
    'localhost.evil.example',
    '',
    '127.evil.example',
  ]) {
    assert.ok(!isOwn(host), host);
  }
  const outside = { ...here, listenerHost: '::', isLocal: false, secure: true };
  assert.ok(isOwnHost(askerOf({ host: 'any.example' }, outside, proxies())));
});

test('a WebSocket is for the page of the same scheme, host and port', () => {
  const asker = askerOf({ host: 'localhost:1380' }, here, proxies());
  const isOwn = (origin: string | undefined) => isOwnOrigin(asker, origin);
  assert.ok(isOwn('http://localhost:1380'));
  for (const origin of [
    'http://localhost',
    'https://localhost:1380',
    'http://127.0.0.1:1380',
    'null',
    '',
    undefined,
  ]) {
    assert.ok(!isOwn(origin), origin);
  }
});
