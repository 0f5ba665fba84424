// Why a page, or a program, did not become a device of an account, in words.

import type { JoiningFailure } from '../linking/joining.ts';
import type { LinkingEnd } from '../linking/messages.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { reasonOf } from './farewell.ts';
import { harmless } from './sanitize.ts';

const ends: Readonly<Record<LinkingEnd, string>> = {
  left: 'it was ended, and this device was not added',
  'wrong-digits':
    'the digits were wrong three times, and this device was not added. If they were typed as they stood here, somebody is in between',
  'time-over': 'the time of the code is over: it holds for ten minutes',
  'other-server':
    'the other device is at another server than this one. If it is the same one, somebody is in between',
  'other-account': 'the code was typed in the account of another name than the one given here',
  'known-device': 'this device is a device of that account already',
  'revoked-device': 'the account has revoked this device, which stays so',
  'too-many-devices': 'the account has ten devices, and no account has more: first revoke one',
  'too-many-links':
    'no more devices can be added to that account now: it adds or revokes 16 in a day, and 52 in all',
  'name-in-use': 'this device has another key for that name',
  contradiction: 'somebody else has used the code too, and this device was not added',
  failed: 'the server or the other device could not add this device',
};

/** Without a final full stop. */
export function joiningWords(failure: JoiningFailure, address: ServerAddress): string {
  switch (failure.kind) {
    case 'linking':
      return ends[failure.why];
    case 'meeting': {
      const { end } = failure;
      if (end.kind === 'closed') return reasonOf(end.reason, address);
      return end.kind === 'refused'
        ? `the server does not take it: ${harmless(end.text)}`
        : 'this server links no devices: it is of an earlier version';
    }
    case 'disk':
      return 'what makes it one of the account could not be stored here';
    case 'login':
      return failure.reason === 'other-chain'
        ? 'the server shows another account than the one that the other device has told. Ask whoever runs it'
        : reasonOf(failure.reason, address);
  }
}
