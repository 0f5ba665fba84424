// What every store of pins promises (`PinStore`), as examples that each adapter runs.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { PinStore } from '../../src/client/encryption/trust/pin-store.ts';
import { Somebody } from '../support/statements.ts';

/** Pins under test. `reopen` gives those of the next program on this device. */
export interface PinsUnderTest {
  readonly pins: PinStore;
  readonly reopen: () => PinStore;
}

const key = (first: number) => new Uint8Array(32).fill(first);

/** Runs the examples on an empty adapter from `open`. */
export function pinsConformance(
  adapter: string,
  open: (t: TestContext) => Promise<PinsUnderTest>,
): void {
  const example = (title: string, run: (under: PinsUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => run(await open(t)));

  example('a pin is kept as it was put, and of nobody else there is one', async (under) => {
    const { pins, reopen } = under;
    assert.equal(await pins.get('bob'), undefined);
    assert.equal(await pins.put('bob', { key: key(1), verified: false }), undefined);
    assert.equal(await pins.put('Bob', { key: key(2), verified: true }), undefined);
    for (const one of [pins, reopen()]) {
      assert.deepEqual(await one.get('bob'), { key: key(1), verified: false });
      assert.deepEqual(await one.get('Bob'), { key: key(2), verified: true });
      assert.equal(await one.get('carol'), undefined);
    }
  });

  example('a person may put another key, or the same one verified', async ({ pins, reopen }) => {
    await pins.put('bob', { key: key(1), verified: false });
    await pins.put('bob', { key: key(1), verified: true });
    assert.deepEqual(await pins.get('bob'), { key: key(1), verified: true });
    await pins.put('bob', { key: key(2), verified: false });
    assert.deepEqual(await reopen().get('bob'), { key: key(2), verified: false });
  });

  example('of a stranger the first key counts, and is marked as one', async ({ pins, reopen }) => {
    await pins.note('carol', key(1));
    await pins.note('carol', key(2));
    for (const one of [pins, reopen()]) {
      assert.deepEqual(await one.get('carol'), { key: key(1), verified: false, isStranger: true });
    }
  });

  example('a stranger who is put is none any more', async ({ pins, reopen }) => {
    await pins.note('carol', key(1));
    await pins.put('carol', { key: key(1), verified: false });
    assert.deepEqual(await pins.get('carol'), { key: key(1), verified: false });
    assert.deepEqual(await reopen().get('carol'), { key: key(1), verified: false });
  });

  example('the chain of an account is kept as it was put', async ({ pins, reopen }) => {
    const alice = new Somebody('alice');
    alice.revokes(alice.adds('her phone', 'web'), 'stolen');
    alice.adds('her bot', 'bot');
    const { account: chain } = alice;
    assert.equal(await pins.chain('alice'), undefined);
    for (const known of [
      { chain, accepted: 3, links: undefined },
      { chain, accepted: 4, links: ['a', 'b'] },
    ]) {
      await pins.putChain('alice', known);
      assert.deepEqual(await reopen().chain('alice'), known);
    }
    assert.equal(await pins.chain('bob'), undefined);
  });

  example('what is noted of somebody who is pinned changes nothing', async ({ pins, reopen }) => {
    await pins.put('bob', { key: key(1), verified: true });
    await pins.note('bob', key(2));
    assert.deepEqual(await pins.get('bob'), { key: key(1), verified: true });
    assert.deepEqual(await reopen().get('bob'), { key: key(1), verified: true });
  });
}
