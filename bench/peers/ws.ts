// The package `ws` with its own broadcast, which helo uses for handshakes and for what browsers send.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../dialect.ts';
import { clientFrame, serverFrame, upgradeTo } from '../load/frames.ts';
import type { Peer } from '../peer.ts';

const dialect: Dialect = {
  login: () => [{ send: upgradeTo('/') }, { until: '\r\n\r\n' }, { until: serverFrame('welcome') }],
  join: () => [],
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: true,
  broadcast: (payload) => clientFrame('text', payload),
  broadcastArrives: (_, payload) => serverFrame(payload),
  // It has no private messages, and no scenario in which they are.
  privately: () => '',
  privateArrives: () => '',
};

const peer: Peer = {
  name: 'ws',
  title: 'ws',
  order: 61,
  only: ['fan-out-1000', 'fan-out-100'],
  install: 'npm ci',
  version: () => {
    const found: unknown = createRequire(import.meta.url)('ws/package.json');
    return (found as { version: string }).version;
  },
  launch: ({ port }) => ({
    command: process.execPath,
    args: [fileURLToPath(new URL('ws/server.js', import.meta.url)), String(port)],
  }),
  dialect,
};
export default peer;
