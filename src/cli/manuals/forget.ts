// The manual of `helo forget`.
import type { Manual } from '../flags/help.ts';
import { forgetFlags } from '../forget/options.ts';

export const forgetManual: Manual = {
  usage: 'helo forget [flags] ADDRESS',
  summary: 'Forgets the identity of a server that was set up again; first says what it is.',
  flags: forgetFlags,
  operands: [{ value: 'ADDRESS', takes: 'text' }],
  notes: [
    'After that, the server that answers there counts as a new one. A renewed',
    'certificate does not need this. Exit codes: 0 forgotten; 1 nothing is known',
    'of that server, or there is no terminal and no --yes; 130 not confirmed.',
  ],
};
