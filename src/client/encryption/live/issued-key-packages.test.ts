import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bob, suite, value } from '../../../../test/support/pair.ts';
import { decodeKeyPackage } from '../../../e2ee/codec.ts';
import { makeKeyPackageRef, mls } from '../../../e2ee/mls.ts';
import { decodeBase64url } from '../../../lib/base64url.ts';
import { formatHex } from '../../../lib/bytes.ts';
import { IssuedKeyPackages } from './issued-key-packages.ts';
import {
  keyPackageBurst,
  keyPackageBurstPerAsker,
  keyPackageEveryMsPerAsker,
  keyPackageLifeMs,
  maxKeyPackagesPerAsker,
} from './limits.ts';

const startMs = Date.now();

function stocked(): IssuedKeyPackages {
  return new IssuedKeyPackages(suite, bob, 'bob', startMs);
}

async function issue(stock: IssuedKeyPackages, asker: string, nowMs = startMs): Promise<boolean> {
  return (await stock.issue(asker, nowMs)) !== undefined;
}

test('each asker gets a few at once, and then one now and then', async () => {
  const stock = stocked();
  for (let number = 0; number < keyPackageBurstPerAsker; number++) {
    assert.ok(await issue(stock, 'alice'));
  }
  assert.ok(!(await issue(stock, 'alice')));
  assert.ok(await issue(stock, 'carol'), 'others are not affected');
  assert.ok(await issue(stock, 'alice', startMs + keyPackageEveryMsPerAsker));
  assert.ok(!(await issue(stock, 'alice', startMs + keyPackageEveryMsPerAsker)));
});

test('many askers share one limit', async () => {
  const stock = stocked();
  let issued = 0;
  for (let asker = 0; asker < keyPackageBurst + 20; asker++) {
    if (await issue(stock, `asker${asker}`)) issued += 1;
  }
  assert.equal(issued, keyPackageBurst);
});

test('no two are the same', async () => {
  const stock = stocked();
  const tokens = [await stock.issue('alice', startMs), await stock.issue('alice', startMs)];
  assert.ok(tokens[0] !== undefined && tokens[0] !== tokens[1]);
});

test('packages are wiped when they are dropped, expire, or are too many for one asker', async () => {
  const stock = stocked();
  const made: { reference: string; secret: Uint8Array }[] = [];
  const find = stock.find.bind(stock);
  const remember = async (asker: string, nowMs: number): Promise<void> => {
    const token = await stock.issue(asker, nowMs);
    assert.ok(token !== undefined);
    const message = value(decodeKeyPackage(decodeBase64url(token) ?? assert.fail()));
    const reference = formatHex(await makeKeyPackageRef(message, suite[mls].hash));
    const { keyPackage } = find(reference) ?? assert.fail();
    made.push({ reference, secret: keyPackage[mls].secret.initPrivateKey });
  };
  const isWiped = (index: number): boolean =>
    made[index]?.secret.every((byte) => byte === 0) ?? false;
  for (let number = 0; number <= maxKeyPackagesPerAsker; number++) {
    await remember('alice', startMs + number * keyPackageEveryMsPerAsker);
  }
  assert.ok(isWiped(0), 'the oldest gave way');
  assert.ok(!isWiped(1));
  stock.drop(made[1]?.reference ?? '');
  assert.ok(isWiped(1));
  assert.equal(find(made[1]?.reference ?? ''), undefined);
  stock.expire(startMs + 2 * keyPackageEveryMsPerAsker + keyPackageLifeMs);
  assert.ok(isWiped(2));
  assert.ok(!isWiped(3));
  stock.clear();
  assert.ok(made.every((_, index) => isWiped(index)));
});
