// Texts for a person's first login, the same for the screen and for lines: what was created, and where it is stored.

import type { Username } from '../wire/text.ts';

export interface FirstLoginFacts {
  /** The folder of the key and the history, as a person would write it. */
  readonly folder: string;
  /** Whether the next start uses the same server and name. */
  readonly isRemembered: boolean;
}

export function newcomerWords(
  { folder, isRemembered }: FirstLoginFacts,
  name: Username,
  as: 'account' | 'guest',
): readonly [made: string, kept: string] {
  const next = isRemembered ? '; the next helo chat comes straight here' : '';
  return as === 'account'
    ? [
        `this device has a key of its own now, and the name ${name} belongs to it: nobody else can log in as ${name}, and there is no password`,
        `key and history are kept in ${folder}, for you only${next}`,
      ]
    : [
        `this device has a key of its own now, for what you write to others in private; as a guest you have the name ${name} until you leave`,
        `the key is kept in ${folder}, for you only${next}`,
      ];
}
