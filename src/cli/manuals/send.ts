// The manual of `helo send`.
import type { Manual } from '../flags/help.ts';
import { sendFlags } from '../send/options.ts';

export const sendManual: Manual = {
  usage: 'helo send [flags] @user|#group|lobby FILE... | - | --text TEXT',
  summary: 'Sends files, a text, or each line of standard input as one, and leaves.',
  flags: sendFlags,
  operands: [
    { value: 'TO', takes: 'text' },
    { value: 'FILE', takes: 'file', repeats: true },
  ],
  notes: [
    'Each is also a variable, HELO_NAME=bob. A file goes to a person, a sealed group',
    'or a sealed lobby; asked for again, it goes on where it was interrupted. While',
    'a chat of the same data directory runs, that one sends it. Exit codes: 0 all',
    'delivered, or kept by the server; 1 a flag, name or file is not right; 3 server',
    'lost, or something not delivered; 4 a key or certificate is not the one that it',
    'was before; 130 Ctrl-C.',
  ],
};
