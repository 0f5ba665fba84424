// nats-server, core NATS without persistence. Its pings are an hour apart and its default limits stay: 64 K
// connections, 64 MB pending for one of them.

import type { Dialect } from '../dialect.ts';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';

const options = JSON.stringify({ verbose: false, pedantic: false, echo: false });
const publish = (subject: string, payload: string) =>
  `PUB ${subject} ${payload.length}\r\n${payload}\r\n`;
const message = (subject: string, subscription: number, payload: string) =>
  `MSG ${subject} ${subscription} ${payload.length}\r\n${payload}\r\n`;
const subscribe = (subject: string, subscription: number) => [
  { send: `SUB ${subject} ${subscription}\r\nPING\r\n` },
  { until: 'PONG\r\n' },
];

const dialect: Dialect = {
  login: (name) => [
    { until: 'INFO ' },
    { until: '\r\n' },
    { send: `CONNECT ${options}\r\n` },
    ...subscribe(name, 1),
  ],
  join: () => subscribe('lobby', 2),
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: false,
  broadcast: (payload) => publish('lobby', payload),
  broadcastArrives: (_, payload) => message('lobby', 2, payload),
  privately: publish,
  privateArrives: (_, to, payload) => message(to, 1, payload),
  // One PING comes a while after the login, whatever the interval.
  aside: /^PING\r\n$/,
};

const configuration = (port: number) => `
listen: "127.0.0.1:${port}"
ping_interval: "1h"
`;

const peer: Peer = {
  name: 'nats',
  title: 'nats-server',
  order: 30,
  install: 'apt-get install nats-server',
  version: () => versionOf('nats-server'),
  launch: ({ port }) => ({
    command: 'nats-server',
    args: ['--config', 'nats.conf'],
    files: { 'nats.conf': configuration(port) },
  }),
  dialect,
};
export default peer;
