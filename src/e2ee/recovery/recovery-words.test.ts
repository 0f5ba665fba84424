// Recovery words: the same words are the same key for ever, however they are typed, and a wrong one is named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import { suite } from '../../../test/support/pair.ts';
import { formatHex } from '../../lib/bytes.ts';
import { isSignedBy, signWithDevice } from '../device-signature.ts';
import { parseRecoveryWords, recoveryKey, recoveryWords } from './recovery-words.ts';

const words = `${'abandon '.repeat(11)}about`;

test('a key of known words: who has written them down gets this one with every version', async () => {
  assert.equal(await recoveryWords(new Uint8Array(16)), words);
  const key = await recoveryKey(nodeFileCiphers, words);
  assert.equal(
    formatHex(key.publicKey),
    '929d97e04b4d0e658ac2cd3df37e60f3f15d2f6d06511b2c344c1757f79f55e7',
  );
  const bytes = Uint8Array.of(1, 2, 3);
  const signature = await signWithDevice(suite, key, bytes);
  assert.ok(await isSignedBy(suite, key.publicKey, bytes, signature));
});

test('words are read in any case, with any blanks, numbers and signs between them', async () => {
  const typed = `  1. ABANDON\n${'Abandon, \t'.repeat(10)}\r\n12. about.`;
  assert.deepEqual(await parseRecoveryWords(typed), { ok: true, value: words });
});

test('of wrong words it is told how many there are, which is none, or that they do not fit', async () => {
  const fault = async (typed: string) => {
    const read = await parseRecoveryWords(typed);
    return read.ok ? 'none' : read.error;
  };
  assert.deepEqual(await fault('abandon about'), { kind: 'count', count: 2 });
  assert.deepEqual(await fault(words.replace('abandon abandon', 'abandon \u00e4bandon')), {
    kind: 'unknown',
    at: 2,
    word: '\u00e4bandon',
  });
  assert.deepEqual(await fault('abandon '.repeat(12)), { kind: 'check' });
});
