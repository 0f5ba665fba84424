// Recovery words of the own account: given out once their key is in the chain, and not lost with an answer of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signWithDevice } from '../../e2ee/device-signature.ts';
import { encodeLink, linkToSign } from '../../wire/statements/chain-link.ts';
import { suite } from '../../../test/support/pair.ts';
import { ciphers, linkBy, rootBy, Signer } from '../../../test/support/statements.ts';
import { recoveryKey } from '../../e2ee/recovery/recovery-words.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { err, ok } from '../../lib/result.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import { nodeRandomBytes } from '../../platform/node/runtime.ts';
import { verifiedChain, type VerifiedChain } from '../account/verified-chain.ts';
import { OwnRecovery } from './own-recovery.ts';

async function begun() {
  const alice = new Signer('alice');
  const root = rootBy(alice, 'alice');
  const links = [encodeBase64url(root.bytes)];
  const chain = async (): Promise<VerifiedChain> => {
    const own = await verifiedChain(ciphers, 'alice', links);
    assert.ok(own);
    return own;
  };
  /** What happens to the next link. */
  const fate = { next: 'taken' as 'taken' | 'lost' | 'answer-lost' };
  const recovery = new OwnRecovery({
    ciphers: nodeFileCiphers,
    random: nodeRandomBytes,
    chain: {
      get: chain,
      nameRecovery: async (key, by) => {
        const { next } = fate;
        fate.next = 'taken';
        if (next !== 'lost') {
          const prev = (await chain()).chain.steps.at(-1)?.hash ?? new Uint8Array();
          if (by === undefined) {
            links.push(encodeBase64url(linkBy(alice, prev, { kind: 'recovery', key }).bytes));
          } else {
            const body = { kind: 'recovery', key } as const;
            const content = { prev, at: 1, body, signer: by.publicKey };
            const signature = await signWithDevice(suite, by, linkToSign(content));
            links.push(encodeBase64url(encodeLink(content, signature)));
          }
        }
        return next === 'taken' ? ok(await chain()) : err('gone');
      },
    },
  });
  const held = async () => (await chain()).chain.steps.at(-1)?.recovery;
  return { recovery, fate, held };
}

test('the words are given out once: their key is in the chain, and no others are made', async () => {
  const { recovery, held } = await begun();
  const [made, second] = await Promise.all([recovery.make(), recovery.make()]);
  assert.ok(made.ok);
  assert.deepEqual((await recoveryKey(nodeFileCiphers, made.value)).publicKey, await held());
  assert.ok(!second.ok && second.error.kind === 'there');
});

for (const lost of ['lost', 'answer-lost'] as const) {
  test(`a connection that breaks costs nobody the words of a key that is in the chain: ${lost}`, async () => {
    const { recovery, fate, held } = await begun();
    fate.next = lost;
    assert.deepEqual(await recovery.make(), err({ kind: 'failed', why: 'gone' }));
    const made = await recovery.make();
    assert.ok(made.ok);
    assert.deepEqual((await recoveryKey(nodeFileCiphers, made.value)).publicKey, await held());
  });
}

test('other words take the place of those that were typed, by their key, and only for whoever has them', async () => {
  const { recovery, held } = await begun();
  const shown: string[] = [];
  const renew = (typed: string) => recovery.renew(typed, (words) => void shown.push(words));
  const strange = `${'abandon '.repeat(11)}about`;
  assert.deepEqual(await renew(strange), err({ kind: 'none' }));
  const first = await recovery.make();
  assert.ok(first.ok);
  const fault = { kind: 'count', count: 1 } as const;
  assert.deepEqual(await renew('abandon'), err({ kind: 'no-words', fault }));
  assert.deepEqual(await renew(strange), err({ kind: 'not-these' }));
  assert.deepEqual(shown, []);
  assert.ok((await renew(first.value.toUpperCase())).ok);
  const [second = ''] = shown;
  assert.notEqual(second, first.value);
  assert.deepEqual((await recoveryKey(nodeFileCiphers, second)).publicKey, await held());
  // The old ones have ended; the new ones make others.
  assert.deepEqual(await renew(first.value), err({ kind: 'not-these' }));
  assert.ok((await renew(second)).ok);
  assert.deepEqual((await recoveryKey(nodeFileCiphers, shown[1] ?? '')).publicKey, await held());
});

for (const lost of ['lost', 'answer-lost'] as const) {
  test(`other words were shown before their key is in the chain, and a broken connection costs nobody them: ${lost}`, async () => {
    const { recovery, fate, held } = await begun();
    const first = await recovery.make();
    assert.ok(first.ok);
    const shown: string[] = [];
    const renew = (typed: string) => recovery.renew(typed, (words) => void shown.push(words));
    fate.next = lost;
    assert.deepEqual(await renew(first.value), err({ kind: 'failed', why: 'gone' }));
    assert.ok((await renew(first.value)).ok);
    assert.equal(shown[0], shown[1]);
    assert.deepEqual((await recoveryKey(nodeFileCiphers, shown[0] ?? '')).publicKey, await held());
  });
}
