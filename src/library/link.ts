// A program becomes a device of an account that its person has elsewhere: what `helo link` does, with the code and the
// digits handed to the program. Owns nothing but the ports of Node; client/linking/joining.ts has it all.

import { ChatError, endedBecause } from '../client/chat/chat-error.ts';
import type { ServerAddress } from '../client/connection/server-address.ts';
import { Joining, type JoiningFailure } from '../client/linking/joining.ts';
import { joiningWords } from '../client/wording/joining-words.ts';
import { openSuite } from '../e2ee/suite.ts';
import { unreachable } from '../lib/invariant.ts';
import { nodeCryptoProvider } from '../platform/node/crypto/crypto-provider.ts';
import { openDevice } from '../platform/node/device-file.ts';
import { nodeFileCiphers } from '../platform/node/files/file-ciphers.ts';
import { hasJoined, keepJoined } from '../platform/node/joined.ts';
import { joiningPorts, ownLabel } from '../platform/node/joining.ts';
import type { Username } from '../wire/text.ts';

/** What a person types at a device that has the account: `/link CODE`, then `/link DIGITS`. */
export type LinkStep =
  | { readonly code: string }
  /** The account of the device at which the code was typed. */
  | { readonly digits: string };

/** Makes `data` a device of the account `name`, if it is none yet. Rejects with a ChatError where it is none in the end. */
export async function becomeDevice(
  address: ServerAddress,
  name: Username,
  data: string,
  show: (step: LinkStep) => unknown,
): Promise<void> {
  const suite = await openSuite(nodeCryptoProvider);
  const device = await openDevice(suite, data, name);
  const ports = joiningPorts(data, suite);
  const at = { server: address, data };
  if (await hasJoined(at, name, device.publicKey, ports)) return;
  let isLeft = false;
  await new Promise<void>((resolve, reject) => {
    /** What the program throws ends it. */
    const tell = (step: LinkStep): void => {
      void (async () => show(step))().catch((error: unknown) => {
        isLeft = true;
        reject(error);
        joining.leave();
      });
    };
    const joining = new Joining({
      address,
      meetsAs: name,
      wish: { suite, device },
      form: 'bot',
      label: ownLabel(),
      ciphers: nodeFileCiphers,
      ports,
      disk: {
        keep: async (account) => (account === name ? undefined : 'other-account'),
        joined: async (account, chain) => void (await keepJoined(at, account, chain, ports)),
        letGo: async () => {},
      },
      changed: (stage) => {
        switch (stage.phase) {
          case 'connecting':
            return;
          case 'code':
            tell({ code: stage.code });
            return;
          case 'digits':
            tell({ digits: stage.digits });
            return;
          case 'joined':
            resolve();
            return;
          case 'failed':
            if (!isLeft) reject(errorOf(stage.failure, address));
            return;
          default:
            unreachable(stage);
        }
      },
    });
  });
}

function errorOf(failure: JoiningFailure, address: ServerAddress): Error {
  if (failure.kind === 'disk') return failure.cause as Error;
  if (failure.kind === 'login' && failure.reason !== 'other-chain')
    return endedBecause(failure.reason);
  if (failure.kind === 'meeting' && failure.end.kind === 'closed')
    return endedBecause(failure.end.reason);
  return new ChatError('not-linked', joiningWords(failure, address));
}
