// The manual of `helo web`.
import type { Manual } from '../flags/help.ts';
import { webFlags } from '../web/options.ts';

export const webManual: Manual = {
  usage: 'helo web [flags]',
  summary: 'Serves the web page of this installation to your browser, for any server.',
  flags: webFlags,
  operands: [],
  notes: [
    '',
    'So the code of the page comes from this machine, and not from a server that you',
    'would have to believe. It prints a link, for browsers on this machine only, and',
    'runs until Ctrl-C. A browser keeps what it stores by the port of the link: each',
    'server has a port of its own, which stays.',
    'Each is also a variable, HELO_SERVER=tls://chat.example.org. Exit codes: 0 ended',
    'by you; 1 a flag is not right; 3 server or port not to be had; 4 not the server',
    'that it was before.',
  ],
};
