// Redis streams, each message on the disk before it is confirmed (appendfsync always).

import type { Archive } from '../archive.ts';
import type { Peer } from '../peer.ts';
import { bulk, launchRedis } from '../redis.ts';
import { versionOf } from '../system/programs.ts';

const archive: Archive = {
  async join(talk) {
    talk.send('PING\r\n');
    await talk.until(/\+PONG\r\n/);
  },
  write: (name, _, payload) =>
    `*7\r\n${['XADD', 'lobby', '*', 'from', name, 'text', payload].map(bulk).join('')}`,
  kept: () => /\$\d+\r\n\d+-\d+\r\n/g,
};

const keeping = `appendonly yes
appendfsync always
auto-aof-rewrite-percentage 0`;

const peer: Peer = {
  name: 'redis-streams',
  title: 'redis streams, appendfsync always',
  order: 25,
  install: 'apt-get install redis-server',
  version: () => versionOf('redis-server'),
  launch: (place) => launchRedis(place, keeping),
  archive,
};
export default peer;
