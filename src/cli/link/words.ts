// What `helo link` says, and how each end of it is told.
import type { CloseReason } from '../../client/client-state.ts';
import type { MeetingEnd } from '../../client/linking/meeting.ts';
import type { LinkingEnd } from '../../client/linking/messages.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { farewell } from '../../client/wording/farewell.ts';
import { exitCodes } from '../exit-codes.ts';
import { systemFailure, usageFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';

const anew = 'Start helo link again for a new code.';

/** Why the two devices did not get together. */
export function endFailure(why: LinkingEnd, by: 'here' | 'there', account: string): Failure {
  switch (why) {
    case 'left':
      return systemFailure('the other device has ended it: this one was not added', anew);
    case 'wrong-digits':
      return {
        exitCode: exitCodes.untrusted,
        message: 'the digits were wrong three times: this device was not added',
        hint: `If they were typed as they stand here, somebody is in between. ${anew}`,
      };
    case 'time-over':
      return systemFailure('the time of the code is over: it holds for ten minutes', anew);
    case 'other-server':
      return {
        exitCode: exitCodes.untrusted,
        message: 'the other device is at another server than this one',
        hint: 'Give the same address here as there (--server). If it is the same one, somebody is in between.',
      };
    case 'other-account':
      return by === 'here'
        ? usageFailure(
            `the code was typed in the account ${account}, and not in the one of --name`,
            anew,
          )
        : systemFailure('the other device has another account than this one wants', anew);
    case 'known-device':
      return usageFailure(
        'this is a device of that account already',
        'helo chat --name NAME goes in.',
      );
    case 'revoked-device':
      return usageFailure(
        'the account has revoked this device, which stays so',
        'Link it with another data directory (--data DIR): it gets a new key there.',
      );
    case 'too-many-devices':
      return systemFailure(
        'the account has ten devices, and no account has more',
        'Revoke one that is not used any more: /devices says which there are.',
      );
    case 'too-many-links':
      return systemFailure(
        'no more devices can be added to that account now',
        'An account adds or revokes 16 in a day, and 52 in all without its recovery words.',
      );
    case 'name-in-use':
      return usageFailure(
        `this data directory has a key for the name ${account} already`,
        `helo link --name ${account} uses it, and --data DIR another directory.`,
      );
    case 'contradiction':
      return {
        exitCode: exitCodes.untrusted,
        message: 'somebody else has used the code too, and this device was not added',
        hint: `Let nobody see it. ${anew}`,
      };
    case 'failed':
      return systemFailure('the server or the other device could not add this one', anew);
  }
}

/** Why there was no channel. */
export function meetingFailure(end: MeetingEnd, address: ServerAddress): Failure {
  switch (end.kind) {
    case 'closed': {
      const outcome = exitOf(farewell(end.reason, address));
      return outcome.ok ? systemFailure('the server closed the connection') : outcome.error;
    }
    case 'no-linking':
      return systemFailure(
        'this server links no devices',
        'It is of an earlier version: whoever runs it can upgrade it.',
      );
    case 'refused':
      return systemFailure(`the server does not take it: ${harmless(end.text)}`);
  }
}

/** Why the new device is not in the account, although the old one has said so. */
export function loginFailure(reason: CloseReason | 'other-chain', address: ServerAddress): Failure {
  if (reason === 'other-chain') {
    return {
      exitCode: exitCodes.untrusted,
      message: 'the server shows another account than the one that the other device has told',
      hint: 'Do not use this device there. Ask whoever runs the server.',
    };
  }
  const outcome = exitOf(farewell(reason, address));
  return outcome.ok ? systemFailure('the server closed the connection') : outcome.error;
}
