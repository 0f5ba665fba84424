import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { generate } from 'selfsigned';
import { listenTls, type TlsCredentials } from './tls.ts';

async function issue(name: string): Promise<TlsCredentials> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }]);
  return { cert, key };
}

test('the certificate of a challenge is shown to whoever speaks its protocol, and to nobody else', async (t) => {
  const listener = await listenTls({ host: '127.0.0.1', port: 0 }, await issue('ours'), {
    admission: undefined,
    accept: () => ({ data() {}, finished() {}, closed() {} }),
    failed: assert.ifError,
  });
  t.after(() => listener.close());
  const shown = async (options: ConnectionOptions) => {
    const socket = connect({ ...listener.address, rejectUnauthorized: false, ...options });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  const asks = { ALPNProtocols: ['acme-tls/1'] };
  listener.showChallenge(await issue('challenge'));
  assert.deepEqual([await shown(asks), await shown({})], ['challenge', 'ours']);
  listener.showChallenge(undefined);
  assert.equal(await shown({}), 'ours');
});
