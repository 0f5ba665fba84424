// The manual of `helo backup`.
import { backupFlags } from '../admin/options.ts';
import type { Manual } from '../flags/help.ts';

export const backupManual: Manual = {
  usage: 'helo backup [flags] FILE',
  summary: 'Writes everything that a running server keeps to a new file, for its owner only.',
  flags: backupFlags,
  operands: [{ value: 'FILE', takes: 'file' }],
  notes: [
    'The file holds accounts, conversations, the identity key and the TLS key: keep',
    'it as safe as the server. Exit codes: 0 written; 1 no file named; 3 no server',
    'runs there, it could not write the file, or what it keeps is damaged.',
  ],
};
