// socket.io over WebSocket, without compression or heartbeat. The generator speaks the frames itself, so socket.io's
// client is not measured.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../dialect.ts';
import type { Peer } from '../peer.ts';

/** A text frame of a client [RFC 6455 §5.2], masked with zeros, which is allowed and leaves the text readable. */
const said = (text: string) =>
  text.length < 126
    ? String.fromCharCode(0x81, 0x80 | text.length, 0, 0, 0, 0) + text
    : String.fromCharCode(0x81, 0x80 | 126, text.length >> 8, text.length & 255, 0, 0, 0, 0) + text;

/** A text frame of the server. */
const heard = (text: string) =>
  text.length < 126
    ? String.fromCharCode(0x81, text.length) + text
    : String.fromCharCode(0x81, 126, text.length >> 8, text.length & 255) + text;

/** An event: Engine.IO's message (4) that is Socket.IO's event (2). */
const event = (...parts: readonly string[]) => `42${JSON.stringify(parts)}`;

const upgrade = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

const dialect: Dialect = {
  login: (name) => [
    { send: upgrade },
    { until: '\r\n\r\n' },
    { until: '0{"sid":' },
    { until: '}' },
    { send: said('40') },
    { until: '40{"sid":' },
    { until: '}' },
    { send: said(event('name', name)) },
    { until: heard(event('welcome')) },
  ],
  join: () => [],
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: true,
  broadcast: (payload) => said(event('all', payload)),
  broadcastArrives: (_, payload) => heard(event('all', payload)),
  privately: (to, payload) => said(event('one', to, payload)),
  privateArrives: (_from, _to, payload) => heard(event('one', payload)),
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
