// The manual of `helo forget`.
import type { Manual } from '../flags/help.ts';
import { forgetFlags } from '../forget/options.ts';

export const forgetManual: Manual = {
  usage: 'helo forget [flags] ADDRESS',
  summary: 'Lets go of the identity of a server that was set up anew; says first what it is.',
  flags: forgetFlags,
  operands: [{ value: 'ADDRESS', takes: 'text' }],
  notes: [
    'Whoever answers there next counts as a server that was never met. A renewed',
    'certificate needs nothing of this. Exit codes: 0 forgotten; 1 nothing is known',
    'of that server, or there is no terminal and no --yes; 130 kept after all.',
  ],
};
