// InspIRCd: flood control, look-ups and limits on connections are off, and it does not ping. Its buffer for one user
// is the default of a megabyte.

import { ircDialect } from '../irc.ts';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';

const configuration = (port: number, connections: number, folder: string) => `
<server name="bench.local" description="bench" network="bench">
<admin name="bench" nick="bench" email="bench@localhost">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect name="everybody" allow="*" timeout="60" pingfreq="1d"
         hardsendq="1M" softsendq="1M" recvq="1M"
         threshold="1000000" commandrate="1000000000" fakelag="no"
         localmax="${connections}" globalmax="${connections}" maxconnwarn="no"
         resolvehostnames="no" useident="no">
<performance netbuffersize="65534" somaxconn="4096" softlimit="${connections}">
<path configdir="${folder}" datadir="${folder}" logdir="${folder}" runtimedir="${folder}">
<log method="file" type="*" level="sparse" target="${folder}/inspircd.log">
`;

const peer: Peer = {
  name: 'inspircd',
  title: 'InspIRCd',
  order: 50,
  install: 'apt-get install inspircd',
  version: () => versionOf('inspircd'),
  launch: ({ folder, port, connections }) => ({
    command: 'inspircd',
    // It refuses to run as root without this flag. Other users may give it too.
    args: ['--nofork', '--nopid', '--runasroot', '--config', `${folder}/inspircd.conf`],
    files: { 'inspircd.conf': configuration(port, connections, folder) },
  }),
  // It accepts logins once a second.
  dialect: ircDialect({ mask: (name) => `${name}@127.0.0.1`, loginsAtOnce: 2000 }),
};
export default peer;
