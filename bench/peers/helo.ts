// helo as built in dist/, over version 1 of its protocol.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Archive } from '../archive.ts';
import type { Dialect } from '../dialect.ts';
import { logIn } from '../load/helo-login.ts';
import type { Peer } from '../peer.ts';

const program = fileURLToPath(new URL('../../../dist/cli/helo.js', import.meta.url));

const dialect: Dialect = {
  login: (name) => [
    { until: 'HELO ' },
    { until: '\n' },
    { send: `HELO ${name}\n` },
    { until: `+OK HELO ${name}\n` },
  ],
  // Everybody who has logged in receives messages to everybody.
  join: () => [],
  barrier: [],
  loginsAtOnce: 64,
  speakersJoin: true,
  broadcast: (payload) => `BCST ${payload}\n`,
  broadcastArrives: (from, payload) => `BCST [${from}] ${payload}\n`,
  broadcastConfirmed: (payload) => `+OK BCST ${payload}\n`,
  privately: (to, payload) => `PM @${to} ${payload}\n`,
  privateArrives: (from, _, payload) => `PM ${from} ${payload}\n`,
};

const archive: Archive = {
  join: logIn,
  write: (_, number, payload) => `SEND {"in":"lobby","id":"bench.${number}","text":"${payload}"}\n`,
  kept: () => /^SENT .*\n/gm,
};

const flags = (folder: string, port: number, connections: number) =>
  `--host 127.0.0.1 --port ${port} --tls-port off --data ${folder} ` +
  `--ping-interval 0 --max-connections ${connections}`;

/** Switches flood control off, in versions that have it. */
const withoutLimits = () =>
  run('serve', '--help').includes('--limits') ? ['--limits', 'off'] : [];

const peer: Peer = {
  name: 'helo',
  title: 'helo',
  order: 10,
  install: 'npm run build',
  version: () => /\d+\.\d+\.\d+/.exec(run('--version'))?.[0],
  launch: ({ folder, port, metricsPort, connections }) => ({
    command: process.execPath,
    args: [
      program,
      'serve',
      ...flags(folder, port, connections).split(' '),
      ...(metricsPort === undefined ? [] : ['--metrics-port', `${metricsPort}`]),
      ...withoutLimits(),
    ],
  }),
  dialect,
  archive,
};
export default peer;

function run(...args: readonly string[]): string {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' }).stdout;
}
