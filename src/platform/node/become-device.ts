// A program becomes a device of an account that its person has elsewhere: what `helo link` does, with the code and the
// digits handed to the program. Owns nothing but the ports of Node; client/linking/joining.ts has it all.

import type { ServerAddress } from '../../client/connection/server-address.ts';
import { Joining, type JoiningFailure } from '../../client/linking/joining.ts';
import { openSuite } from '../../e2ee/suite.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Username } from '../../wire/text.ts';
import { nodeCryptoProvider } from './crypto/crypto-provider.ts';
import { openDevice } from './device-file.ts';
import { nodeFileCiphers } from './files/file-ciphers.ts';
import { hasJoined, keepJoined } from './joined.ts';
import { joiningPorts, ownLabel } from './joining.ts';

/** What a person types at a device that has the account: `/link CODE`, then `/link DIGITS`. */
export type LinkStep =
  | { readonly code: string }
  /** The account of the device at which the code was typed. */
  | { readonly digits: string };

export interface DeviceToBe {
  readonly address: ServerAddress;
  readonly name: Username;
  readonly data: string;
  readonly form: 'bot' | 'terminal';
}

/**
 * Makes `data` a device of the account `name`, if it is none yet. Resolves with why it is none in the end, if it is none.
 * Rejects with what `show` throws, which ends it.
 */
export async function becomeDevice(
  { address, name, data, form }: DeviceToBe,
  show: (step: LinkStep) => unknown,
): Promise<JoiningFailure | undefined> {
  const suite = await openSuite(nodeCryptoProvider);
  const device = await openDevice(suite, data, name);
  const ports = joiningPorts(data, suite);
  const at = { server: address, data };
  if (await hasJoined(at, name, device.publicKey, ports)) return undefined;
  return new Promise((resolve, reject) => {
    /** What the program throws ends it. */
    const tell = (step: LinkStep): void => {
      void (async () => show(step))().catch((error: unknown) => {
        reject(error);
        joining.leave();
      });
    };
    const joining = new Joining({
      address,
      meetsAs: name,
      wish: { suite, device },
      form,
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
            resolve(undefined);
            return;
          case 'failed':
            resolve(stage.failure);
            return;
          default:
            unreachable(stage);
        }
      },
    });
  });
}
