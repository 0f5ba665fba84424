// The manual of `helo recover`.
import type { Manual } from '../flags/help.ts';
import { recoverFlags } from '../recover/options.ts';

export const recoverManual: Manual = {
  usage: 'helo recover --name NAME [flags]',
  summary: 'Makes this a device of your account by the twelve words of /recovery.',
  flags: recoverFlags,
  operands: [],
  notes: [
    '',
    'It asks for the words, or reads them from standard input. They are no argument:',
    'others could see them. The device gets a key of its own.',
    'With --from the history of a backup in a file comes here, too.',
    'Each is also a variable, HELO_NAME=bob. Exit codes: 0 done; 1 a flag, the name',
    'or the words are not right; 3 server lost, or refused there; 4 the server shows',
    'another account, or is not the one that was here; 130 Ctrl-C.',
  ],
};
