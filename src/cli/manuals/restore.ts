// The manual of `helo restore`.
import { restoreFlags } from '../admin/options.ts';
import type { Manual } from '../flags/help.ts';

export const restoreManual: Manual = {
  usage: 'helo restore [flags] FILE',
  summary: 'Makes a data directory of a backup, while no server runs on it.',
  flags: restoreFlags,
  operands: [{ value: 'FILE', takes: 'file' }],
  notes: [
    'The backup is looked at first, every page of it. Exit codes: 0 restored; 1 there',
    'is data already, and no --replace; 3 a server runs there, or it is no backup.',
  ],
};
