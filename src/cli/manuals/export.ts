// The manual of `helo export`.
import { exportFlags } from '../archive/options.ts';
import type { Manual } from '../flags/help.ts';

export const exportManual: Manual = {
  usage: 'helo export [flags] FILE|- [@user|#group|lobby]',
  summary: 'Writes what this device has of all conversations, or of one, to a new file.',
  flags: exportFlags,
  operands: [
    { value: 'FILE', takes: 'file' },
    { value: 'PLACE', takes: 'text' },
  ],
  notes: [
    'Nothing is asked of the server. The file (0600) is readable by whoever gets it.',
    'While a program has the account open: /export there. Exit codes: 0 done;',
    '1 a flag, name or place is not right; 3 the disk, or the account is open.',
  ],
};
