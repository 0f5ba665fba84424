// The manual of `helo recv`.
import type { Manual } from '../flags/help.ts';
import { recvFlags } from '../recv/options.ts';

export const recvManual: Manual = {
  usage: 'helo recv [flags] [@user|#group|lobby]',
  summary: 'Prints what others have said and nobody has read here, and leaves.',
  flags: recvFlags,
  operands: [{ value: 'FROM', takes: 'text' }],
  notes: [
    'What it has printed counts as read, except with --since. One program at a time',
    'has an account open: beside a chat it is a device of its own, by helo link',
    'with another --data. Exit codes: 0 done; 1 a flag or name is not right; 3 server',
    'lost, or the account is open elsewhere; 4 a key or certificate is not the one',
    'that it was before; 130 Ctrl-C.',
  ],
};
