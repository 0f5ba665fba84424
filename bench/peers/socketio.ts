// socket.io over WebSocket, without compression or heartbeat. The generator speaks the frames itself, so socket.io's
// client is not measured.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../dialect.ts';
import { clientFrame, serverFrame, upgradeTo } from '../load/frames.ts';
import type { Peer } from '../peer.ts';

const said = (text: string) => clientFrame('text', text);

/** An event: Engine.IO's message (4) that is Socket.IO's event (2). */
const event = (...parts: readonly string[]) => `42${JSON.stringify(parts)}`;

const dialect: Dialect = {
  login: (name) => [
    { send: upgradeTo('/socket.io/?EIO=4&transport=websocket') },
    { until: '\r\n\r\n' },
    { until: '0{"sid":' },
    { until: '}' },
    { send: said('40') },
    { until: '40{"sid":' },
    { until: '}' },
    { send: said(event('name', name)) },
    { until: serverFrame(event('welcome')) },
  ],
  join: () => [],
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: true,
  broadcast: (payload) => said(event('all', payload)),
  broadcastArrives: (_, payload) => serverFrame(event('all', payload)),
  privately: (to, payload) => said(event('one', to, payload)),
  privateArrives: (_from, _to, payload) => serverFrame(event('one', payload)),
};

const peer: Peer = {
  name: 'socketio',
  title: 'socket.io',
  order: 60,
  install: 'npm ci',
  version() {
    try {
      const found: unknown = createRequire(import.meta.url)('socket.io/package.json');
      return (found as { version: string }).version;
    } catch {
      // Not installed: the development dependencies are missing.
      return undefined;
    }
  },
  launch: ({ port }) => ({
    command: process.execPath,
    args: [fileURLToPath(new URL('socketio/server.js', import.meta.url)), String(port)],
  }),
  dialect,
};
export default peer;
