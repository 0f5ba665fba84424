// The manual of `helo import`.
import { importFlags } from '../archive/options.ts';
import type { Manual } from '../flags/help.ts';

export const importManual: Manual = {
  usage: 'helo import [flags] FILE',
  summary: 'Adds what is in an exported file of the account and not on this device.',
  flags: importFlags,
  operands: [{ value: 'FILE', takes: 'file' }],
  notes: [
    'It is marked as imported, because nothing proves it. Nothing here is changed,',
    'and the same file again adds nothing. While a program has the account open:',
    '/import there. Exit codes: 0 done; 1 a flag, a name or the file is not right, by',
    'the line; 3 the disk, or the account is open.',
  ],
};
