import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTestClock } from '../clock.fixture.ts';
import { addressName, AddressUsages, maxRemembered } from './address-usage.ts';
import { use } from './rate.ts';

const rate = { perSecond: 1, burst: 30 };

test('an IPv4 address stands for itself, an IPv6 one for its /64', () => {
  const names = {
    '192.0.2.7': '192.0.2.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:db8:1:2::6': '2001:db8:1:2::/64',
    '2001:db8::6': '2001:db8:0:0::/64',
    '1::2:3:4:5:6': '1:0:0:2::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '64:ff9b::192.0.2.7': '64:ff9b:0:0::/64',
    '::1': '0:0:0:0::/64',
    '::': '0:0:0:0::/64',
    '': '',
  };
  for (const [address, name] of Object.entries(names)) assert.equal(addressName(address), name);
});

test('two addresses of IPv6 are one address exactly when their first 64 bits are the same', () => {
  const address = fc.ipV6().filter((text) => !text.includes('.'));
  const firstHalf = (text: string) => {
    const [head = '', tail] = text.split('::');
    const groups = head.split(':').filter((group) => group !== '');
    const last = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
    const gap = tail === undefined ? 0 : 8 - groups.length - last.length;
    return [...groups, ...Array.from({ length: gap }, () => '0'), ...last]
      .slice(0, 4)
      .map((group) => Number.parseInt(group, 16));
  };
  fc.assert(
    fc.property(address, (text) => {
      const groups = addressName(text).replace('::/64', '').split(':');
      assert.deepEqual(
        groups.map((group) => Number.parseInt(group, 16)),
        firstHalf(text),
      );
    }),
  );
});

test('an address is remembered while somebody is connected from it or it has used something', () => {
  const { clock, timers, goTo } = createTestClock();
  const usages = new AddressUsages(clock);
  const usage = usages.of('192.0.2.1');
  usages.enter(usage);
  usages.enter(usages.of('192.0.2.1'));
  assert.deepEqual([usage.connections, usages.connections, usages.size], [2, 2, 1]);
  goTo(100_000);
  assert.equal(usages.of('192.0.2.1'), usage);
  assert.equal(timers.size, 0, 'nothing to forget');

  usage.logins = use(usage.logins, rate, 25, clock.now());
  usages.leave(usage);
  usages.leave(usage);
  goTo(120_000);
  assert.equal(usages.size, 1, 'the bucket is not full yet');
  goTo(140_000);
  assert.deepEqual([usages.size, usages.connections, timers.size], [0, 0, 0]);
});

test('one that was forgotten between asking and entering is known again', () => {
  const { clock, goTo } = createTestClock();
  const usages = new AddressUsages(clock);
  const usage = usages.of('192.0.2.1');
  goTo(20_000);
  assert.equal(usages.size, 0);
  usages.enter(usage);
  assert.equal(usages.of('192.0.2.1'), usage);
});

test('of those that nobody is connected from, only so many are remembered; the oldest goes first', () => {
  const { clock } = createTestClock();
  const usages = new AddressUsages(clock);
  const connected = usages.of('connected');
  usages.enter(connected);
  const first = usages.of('first');
  for (let count = 0; count < maxRemembered; count++) usages.of(`${count}`);
  assert.equal(usages.size, maxRemembered + 1);
  assert.equal(usages.of('connected'), connected);
  assert.notEqual(usages.of('first'), first);
});
