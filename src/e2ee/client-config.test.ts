import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFor } from './client-config.ts';
import { credentialOf } from './credential.ts';

test('a conversation of two accepts these two, and each name with its own key only', async () => {
  const [mine, theirs, other] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  assert.ok(mine && theirs && other);
  const { authService } = configFor({ me: 'alice', myKey: mine, peer: 'bob' });
  const accepts = (user: string, key: Uint8Array) =>
    authService.validateCredential(credentialOf(user), key);
  assert.ok(await accepts('alice', mine));
  assert.ok(await accepts('bob', theirs));
  assert.ok(!(await accepts('alice', other)));
  assert.ok(!(await accepts('bob', mine)));
  assert.ok(!(await accepts('carol', theirs)));
  const x509 = { credentialType: 'x509' as const, certificates: [] };
  assert.ok(!(await authService.validateCredential(x509, theirs)));
  const noVersion = { credentialType: 'basic' as const, identity: Buffer.from('bob') };
  assert.ok(!(await authService.validateCredential(noVersion, theirs)));
});
