// A server in C that does nothing but deliver: how much of what the machine can do is left for everything else. The
// compiler is the machine's own; the program is built for each start.

import { readFileSync } from 'node:fs';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';
import helo from './helo.ts';

const source = new URL('../../../bench/peers/epoll/server.c', import.meta.url);

const peer: Peer = {
  name: 'epoll',
  title: 'C, epoll',
  order: 13,
  only: ['fan-out-1000', 'fan-out-1000-16', 'fan-out-100', 'fan-out-100-16', 'private-1000'],
  install: 'apt-get install gcc libc6-dev',
  version: () => versionOf('cc'),
  launch: ({ port }) => ({
    command: 'sh',
    args: ['-c', `cc -O2 -o server server.c && exec ./server ${port}`],
    files: { 'server.c': readFileSync(source, 'utf8') },
  }),
  ...(helo.dialect && { dialect: helo.dialect }),
};
export default peer;
