import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { hostAndPort, isEveryAddress, isLoopback, lanAddresses } from './addresses.ts';

function at(address: string, internal = false): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':')
    ? { ...common, family: 'IPv6', scopeid: 0 }
    : { ...common, family: 'IPv4' };
}

test('addresses of the networks, likeliest first: IPv4, IPv6, then those of containers', () => {
  const interfaces = {
    lo: [at('127.0.0.1', true), at('::1', true)],
    docker0: [at('172.17.0.1')],
    eth0: [at('fd00::5'), at('192.168.1.20'), at('fe80::1'), at('169.254.3.4')],
    gone: undefined,
  };
  assert.deepEqual(lanAddresses(interfaces), ['192.168.1.20', 'fd00::5', '172.17.0.1']);
  assert.deepEqual(lanAddresses({}), []);
});

test('which hosts are this machine only, which are all, and how they are typed', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1']) assert.ok(!isLoopback(host), host);
  assert.ok(isEveryAddress('::') && isEveryAddress('0.0.0.0') && !isEveryAddress('10.0.0.1'));
  assert.equal(hostAndPort('::1', 7), '[::1]:7');
  assert.equal(hostAndPort('10.0.0.1', 7), '10.0.0.1:7');
});
