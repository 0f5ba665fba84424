import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../../test/support/pair.ts';
import { mls } from '../mls.ts';
import { isUsableKemKey } from './kem-key.ts';

const { hpke } = suite[mls];
const fresh = async (): Promise<Uint8Array> =>
  hpke.exportPublicKey((await hpke.generateKeyPair()).publicKey);

/** Whether the ciphers can encrypt to `key`. */
async function canSeal(key: Uint8Array): Promise<boolean> {
  try {
    const empty = new Uint8Array(0);
    await hpke.seal(await hpke.importPublicKey(key), empty, empty, empty);
    return true;
  } catch {
    return false;
  }
}

/** Puts the 12 bits of `value` at coefficient `number`. */
function withCoefficient(key: Uint8Array, number: number, value: number): Uint8Array {
  const changed = key.slice();
  const at = 3 * (number >> 1);
  if (number % 2 === 0) {
    changed[at] = value & 255;
    changed[at + 1] = ((changed[at + 1] ?? 0) & 0xf0) | (value >> 8);
  } else {
    changed[at + 1] = ((changed[at + 1] ?? 0) & 0x0f) | ((value & 15) << 4);
    changed[at + 2] = value >> 4;
  }
  return changed;
}

test('a key is usable exactly where the ciphers can encrypt to it [FIPS 203 §7.2]', async () => {
  const key = await fresh();
  assert.ok(isUsableKemKey(key));
  for (const number of [0, 1, 2, 385, 766, 767]) {
    for (const [value, usable] of [
      [3328, true],
      [3329, false],
      [4095, false],
    ] as const) {
      const changed = withCoefficient(key, number, value);
      assert.equal(isUsableKemKey(changed), usable, `${number}: ${value}`);
      assert.equal(await canSeal(changed), usable, `${number}: ${value}`);
    }
  }
  assert.ok(!isUsableKemKey(key.slice(0, -1)));
  assert.ok(!isUsableKemKey(Uint8Array.of(...key, 0)));
});

test('points of small order are no keys [RFC 7748 §6.1]', async () => {
  const key = await fresh();
  const p = (last: number): number[] => [last, ...Array.from({ length: 30 }, () => 255), 127];
  const small = [
    Array.from({ length: 32 }, () => 0),
    [1, ...Array.from({ length: 31 }, () => 0)],
    p(0xec),
    p(0xed),
    p(0xee),
  ];
  for (const point of small) {
    for (const top of [0, 128]) {
      const changed = key.slice();
      changed.set(point, 1184);
      changed[1215] = (changed[1215] ?? 0) | top;
      assert.ok(!isUsableKemKey(changed), point.join());
      assert.ok(!(await canSeal(changed)), point.join());
    }
  }
});
