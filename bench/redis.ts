// What the redis peers share: how a string is written, and how the server is started. They differ in what is stored.

import type { Launch, Place } from './peer.ts';

/** A string as redis writes it. */
export const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;

/** Starts redis without snapshots. `keeping` has the lines of its configuration about its log. */
export function launchRedis({ port, connections }: Place, keeping: string): Launch {
  const configuration = `
bind 127.0.0.1
port ${port}
tcp-backlog 4096
maxclients ${connections}
save ""
${keeping}
daemonize no
`;
  return {
    command: 'redis-server',
    args: ['redis.conf'],
    files: { 'redis.conf': configuration },
  };
}
