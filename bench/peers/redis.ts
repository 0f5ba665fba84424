// Redis pub/sub over RESP3, in which one connection may subscribe and publish. Snapshots and the log of changes are
// off; the limit on clients is lifted. The output limit for subscribers is the default (32 MB, or 8 MB for a minute):
// the window stays far below it.

import type { Dialect } from '../dialect.ts';
import type { Peer } from '../peer.ts';
import { bulk, launchRedis } from '../redis.ts';
import { versionOf } from '../system/programs.ts';

const subscribed = '$9\r\nsubscribe\r\n';
const publish = (channel: string, payload: string) =>
  `*3\r\n$7\r\nPUBLISH\r\n${bulk(channel)}${bulk(payload)}`;
const message = (channel: string, payload: string) =>
  `>3\r\n$7\r\nmessage\r\n${bulk(channel)}${bulk(payload)}`;

const dialect: Dialect = {
  login: (name) => [
    { send: `HELLO 3\r\nSUBSCRIBE ${name}\r\n` },
    { until: `${subscribed}${bulk(name)}:1\r\n` },
  ],
  join: () => [{ send: 'SUBSCRIBE lobby\r\n' }, { until: `${subscribed}${bulk('lobby')}:2\r\n` }],
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: false,
  broadcast: (payload) => publish('lobby', payload),
  broadcastArrives: (_, payload) => message('lobby', payload),
  privately: publish,
  privateArrives: (_, to, payload) => message(to, payload),
  // The number of receivers, as the reply to a PUBLISH.
  aside: /^:\d+\r\n$/,
};

const peer: Peer = {
  name: 'redis',
  title: 'redis pub/sub',
  order: 20,
  install: 'apt-get install redis-server',
  version: () => versionOf('redis-server'),
  launch: (place) => launchRedis(place, 'appendonly no'),
  dialect,
};
export default peer;
