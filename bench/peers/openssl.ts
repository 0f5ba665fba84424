// OpenSSL's own server for tests: what a TLS 1.3 handshake costs where nothing else is done. One connection at a time.

import type { Peer } from '../peer.ts';
import { madeCertificate } from '../system/certificate.ts';
import { versionOf } from '../system/programs.ts';
import nginx from './nginx.ts';

const peer: Peer = {
  name: 'openssl',
  title: 'openssl s_server',
  order: 16,
  only: ['tls-handshakes'],
  install: 'apt-get install openssl',
  version: () => versionOf('openssl', 'version'),
  launch: ({ port }) => ({
    command: 'openssl',
    args: [
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-tls1_3',
      '-www',
      '-quiet',
      '-cert',
      'cert.pem',
      '-key',
      'key.pem',
    ],
    files: madeCertificate(),
  }),
  ...(nginx.dialect && {
    dialect: {
      ...nginx.dialect,
      loginsAtOnce: 1,
      login: () => [{ send: 'GET / HTTP/1.0\r\n\r\n' }, { until: ' 200 ok' }, { until: '</' }],
    },
  }),
};
export default peer;
