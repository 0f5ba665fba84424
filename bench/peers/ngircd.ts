// ngIRCd: penalties, look-ups and limits on connections are off, and it does not ping.

import { ircDialect } from '../irc.ts';
import type { Peer } from '../peer.ts';
import { versionOf } from '../system/programs.ts';

const configuration = (port: number) => `
[Global]
Name = bench.local
Info = bench
AdminInfo1 = bench
AdminInfo2 = bench
AdminEMail = bench@localhost
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0
PingTimeout = 86400
[Options]
DNS = no
Ident = no
PAM = no
`;

const peer: Peer = {
  name: 'ngircd',
  title: 'ngIRCd',
  order: 40,
  install: 'apt-get install ngircd',
  version: () => versionOf('ngircd'),
  launch: ({ port }) => ({
    command: 'ngircd',
    args: ['--nodaemon', '--config', 'ngircd.conf'],
    files: { 'ngircd.conf': configuration(port) },
  }),
  // Its listen backlog is 10.
  dialect: ircDialect({ mask: (name) => `~${name}@127.0.0.1`, loginsAtOnce: 8 }),
};
export default peer;
