// The box of a backup: only its words open it, and only they can have made it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { suite } from '../../../test/support/pair.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import { recoveryKey, recoveryWords, vaultSecret } from '../recovery/recovery-words.ts';
import { isBoxOf, makeBox, openBoxed, sealToBox } from './vault-box.ts';

test('a key that is sealed to a box is opened by its words alone, in its context', async () => {
  const [words, others] = [
    await recoveryWords(randomBytes(16)),
    await recoveryWords(randomBytes(16)),
  ];
  const recovery = await recoveryKey(nodeFileCiphers, words);
  const secret = await vaultSecret(nodeFileCiphers, words);
  const box = await makeBox(suite, secret, recovery);
  assert.deepEqual(box, await makeBox(suite, await vaultSecret(nodeFileCiphers, words), recovery));
  const [key, context] = [randomBytes(32), Uint8Array.of(1)];
  const boxed = await sealToBox(suite, box, key, context);
  assert.deepEqual(Buffer.from((await openBoxed(suite, secret, boxed, context)) ?? []), key);
  assert.equal(await openBoxed(suite, secret, boxed, Uint8Array.of(2)), undefined);
  const other = await vaultSecret(nodeFileCiphers, others);
  assert.equal(await openBoxed(suite, other, boxed, context), undefined);
  for (const broken of [
    { ...boxed, sealed: boxed.sealed.slice(1) },
    { ...boxed, enc: boxed.enc.slice(1) },
    { enc: new Uint8Array(), sealed: new Uint8Array() },
  ]) {
    assert.equal(await openBoxed(suite, secret, broken, context), undefined);
  }
  assert.ok(await isBoxOf(suite, recovery.publicKey, box));
  const another = await recoveryKey(nodeFileCiphers, others);
  assert.equal(await isBoxOf(suite, another.publicKey, box), false);
  const foreign = await makeBox(suite, other, another);
  assert.equal(
    await isBoxOf(suite, recovery.publicKey, { ...foreign, signature: box.signature }),
    false,
  );
});
