// Recovery words of the own account: given out once their key is in the chain, and not lost with an answer of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
      nameRecovery: async (key) => {
        const { next } = fate;
        fate.next = 'taken';
        if (next !== 'lost') {
          const prev = (await chain()).chain.steps.at(-1)?.hash ?? new Uint8Array();
          links.push(encodeBase64url(linkBy(alice, prev, { kind: 'recovery', key }).bytes));
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
