// How each end of `helo recover` is told.
import type { ServerAddress } from '../../client/connection/server-address.ts';
import type { RecoveryFailure } from '../../client/recovery/recover.ts';
import { recoveryWordCount, type WordsFault } from '../../e2ee/recovery/recovery-words.ts';
import { farewell } from '../../client/wording/farewell.ts';
import {
  noRecoveryWords,
  notTheseWords,
  otherAccountShown,
  tooManyDevices,
} from '../../client/wording/recovering-words.ts';
import { exitCodes } from '../exit-codes.ts';
import { quoted, systemFailure, usageFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';

/** Why what was typed are no recovery words. */
export function faultFailure(fault: WordsFault): Failure {
  switch (fault.kind) {
    case 'count':
      return usageFailure(
        `these are ${fault.count} words, and recovery words are ${recoveryWordCount}`,
      );
    case 'unknown':
      return usageFailure(
        `word ${fault.at}, ${quoted(fault.word)}, is none that recovery words have`,
        'Look at it again: one letter may be wrong.',
      );
    case 'check':
      return usageFailure(
        'all of these words can be in recovery words, but not together like this',
        'One of them is another one, or they stand in another order.',
      );
  }
}

/** Why the history of a file cannot be had. */
export function givenFailure(file: string, why: string): Failure {
  return usageFailure(`no history comes out of ${quoted(file)}: ${why}`);
}

/** Why this has not become a device of the account. */
export function recoveryFailure(failure: RecoveryFailure, address: ServerAddress): Failure {
  switch (failure.kind) {
    case 'no-recovery':
      return systemFailure(noRecoveryWords, 'Whoever runs it can upgrade it.');
    case 'not-these-words':
      return usageFailure(
        notTheseWords,
        'The name, the words or the server are others, or the account has no recovery words: /recovery makes them.',
      );
    case 'too-many-devices':
      return usageFailure(tooManyDevices, 'With --revoke-others they are out, and this one is in.');
    case 'other-chain':
      return {
        exitCode: exitCodes.untrusted,
        message: otherAccountShown,
        hint: 'Do not use this device there. Ask whoever runs the server.',
      };
    case 'closed': {
      const outcome = exitOf(farewell(failure.reason, address));
      return outcome.ok ? systemFailure('the server closed the connection') : outcome.error;
    }
  }
}
