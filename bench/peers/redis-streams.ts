// Redis streams, each message on the disk before it is confirmed (appendfsync always).

import type { Archive } from '../archive.ts';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

const archive: Archive = {
  async join(talk) {
    talk.send('PING\r\n');
    await talk.until(/\+PONG\r\n/);
  },
  write: (name, _, payload) =>
    `*7\r\n${['XADD', 'lobby', '*', 'from', name, 'text', payload].map(bulk).join('')}`,
  kept: () => /\$\d+\r\n\d+-\d+\r\n/g,
};

const configuration = (port: number, connections: number) => `
bind 127.0.0.1
port ${port}
tcp-backlog 4096
maxclients ${connections}
save ""
appendonly yes
appendfsync always
auto-aof-rewrite-percentage 0
daemonize no
`;

const peer: Peer = {
  name: 'redis-streams',
  title: 'redis streams, appendfsync always',
  order: 25,
  install: 'apt-get install redis-server',
  version: () => versionOf('redis-server'),
  launch: ({ port, connections }) => ({
    command: 'redis-server',
    args: ['redis.conf'],
    files: { 'redis.conf': configuration(port, connections) },
  }),
  archive,
};
export default peer;
