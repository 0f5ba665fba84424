// Chains of accounts [12.3] against the real server, over both transports.

import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import { decodeBase64url, encodeBase64url } from '../../src/lib/base64url.ts';
import { encodeLink, linkToSign, rootContent } from '../../src/wire/statements/chain-link.ts';
import type { Username } from '../../src/wire/text.ts';
import { createDevice, logIn, type TestDevice } from '../support/extended-client.ts';
import { startServerProgram } from '../support/program.ts';

const quiet = ['--ping-interval', '0', '--registration', 'open'];

function rootOf(name: string, { key, id }: TestDevice): string {
  const content = rootContent(name as Username, decodeBase64url(id) ?? new Uint8Array(), 7);
  return encodeBase64url(encodeLink(content, new Uint8Array(sign(null, linkToSign(content), key))));
}

for (const transport of ['tcp', 'tls'] as const) {
  const tls = transport === 'tls' ? { tls: {} } : {};

  test(`[12.3] over ${transport}: a device leaves its root, and others get it`, async (t) => {
    const args = transport === 'tls' ? [...quiet, '--tls-port', '0'] : quiet;
    const first = await startServerProgram(t, { args });
    const device = createDevice();
    const alice = await logIn(t, first[transport === 'tls' ? 'tls' : 'plain'], 'alice', {
      ...tls,
      device,
      can: ['sealed', 'more'],
    });
    assert.equal(alice.welcome['links'], 0);
    const link = rootOf('alice', device);
    for (const refused of [rootOf('bob', device), rootOf('alice', createDevice()), link.slice(4)]) {
      const { answer } = await alice.ask('CHAIN', { link: refused });
      assert.deepEqual([answer.verb, answer['code']], ['FAILED', 'link-refused']);
    }
    const { answer } = await alice.ask('CHAIN', { link });
    assert.deepEqual([answer.verb, answer['links']], ['CHAINED', 1]);
    const bob = await logIn(t, first[transport === 'tls' ? 'tls' : 'plain'], 'bob', tls);
    assert.equal('links' in bob.welcome, false);
    const asked = async (fields: object) => (await bob.ask('ACCOUNT', fields)).answer;
    const account = await asked({ user: 'alice' });
    assert.deepEqual([account['device'], account['links']], [device.id, [link]]);
    assert.deepEqual((await asked({ user: 'alice', after: 1 }))['links'], []);
    assert.deepEqual((await asked({ user: 'bob' }))['links'], []);
    assert.equal((await asked({ user: 'carol' }))['code'], 'no-such-account');
  });
}
