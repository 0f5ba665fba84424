// Why a page, or a program, did not become a device of an account by its recovery words.

import type { EnterFailure } from '../recovery/enter.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import { reasonOf } from './farewell.ts';

export const noRecoveryWords = 'this server knows no recovery words: it is of an earlier version';
export const notTheseWords = 'the server has no account of that name with these recovery words';
export const tooManyDevices = 'the account has ten devices, and no account has more';
export const otherAccountShown = 'the server does not show the account of these words';

/** Without a final full stop. */
export function recoveringWords(failure: EnterFailure, address: ServerAddress): string {
  switch (failure.kind) {
    case 'no-recovery':
      return noRecoveryWords;
    case 'not-these-words':
      return `${notTheseWords}: the name, the words or the server are others, or it has no recovery words`;
    case 'too-many-devices':
      return `${tooManyDevices}: it can come in if the others are taken out`;
    case 'other-chain':
      return `${otherAccountShown}. Ask whoever runs the server`;
    case 'name-in-use':
      return 'this device has another key for that name';
    case 'closed':
      return reasonOf(failure.reason, address);
  }
}
