// A bot becomes a device of an account that its person has elsewhere: platform/node/become-device.ts, with failures as
// errors for programs.

import { ChatError, endedBecause } from '../client/chat/chat-error.ts';
import type { ServerAddress } from '../client/connection/server-address.ts';
import type { JoiningFailure } from '../client/linking/joining.ts';
import { joiningWords } from '../client/wording/joining-words.ts';
import { becomeDevice, type LinkStep } from '../platform/node/become-device.ts';
import type { Username } from '../wire/text.ts';

export type { LinkStep };

/** Makes `data` a device of the account `name`, if it is none yet. Rejects with a ChatError where it is none in the end. */
export async function linkBot(
  address: ServerAddress,
  name: Username,
  data: string,
  show: (step: LinkStep) => unknown,
): Promise<void> {
  const failure = await becomeDevice({ address, name, data, form: 'bot' }, show);
  if (failure !== undefined) throw errorOf(failure, address);
}

function errorOf(failure: JoiningFailure, address: ServerAddress): Error {
  if (failure.kind === 'disk') return failure.cause as Error;
  if (failure.kind === 'login' && failure.reason !== 'other-chain')
    return endedBecause(failure.reason);
  if (failure.kind === 'meeting' && failure.end.kind === 'closed')
    return endedBecause(failure.end.reason);
  return new ChatError('not-linked', joiningWords(failure, address));
}
