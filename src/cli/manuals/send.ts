// The manual of `helo send`.
import type { Manual } from '../flags/help.ts';
import { sendFlags } from '../send/options.ts';

export const sendManual: Manual = {
  usage: 'helo send [flags] @user|#group FILE... | @user|#group|lobby -',
  summary: 'Sends files, or each line of standard input as a text, and leaves.',
  flags: sendFlags,
  operands: [
    { value: 'TO', takes: 'text' },
    { value: 'FILE', takes: 'file', repeats: true },
  ],
  notes: [
    'Each is also a variable, HELO_NAME=bob. A file goes to a person or a sealed',
    'group; asked for again, it goes on where it was interrupted. Exit codes: 0 all',
    'delivered, or kept by the server; 1 a flag, name or file is not right; 3 server',
    'lost, something not delivered, or another program has the account open: then',
    '/send_file in it; 4 a key or certificate is not the one that it was before;',
    '130 Ctrl-C.',
  ],
};
