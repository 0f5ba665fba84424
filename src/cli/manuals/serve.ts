// The manual of `helo serve`.
import type { Manual } from '../flags/help.ts';
import { serveFlags } from '../serve/options.ts';

export const serveManual: Manual = {
  usage: 'helo serve [flags]',
  summary: 'Runs a chat server until Ctrl-C. Needs nothing else but a data directory.',
  flags: serveFlags,
  operands: [],
  notes: [
    'Each is also a variable, HELO_TLS_PORT=1338, and a key in FILE, tls-port = 1338.',
    'A flag beats a variable beats the file. The whole manual: docs/OPERATIONS.md',
  ],
};
