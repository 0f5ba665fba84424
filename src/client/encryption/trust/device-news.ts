// What has changed in the devices of an account, from one of its chains to a later one, for people.

import { equalBytes } from '../../../lib/bytes.ts';
import {
  isDeviceOf,
  type AccountChain,
  type ChainDevice,
  type RevokedDevice,
} from '../../../wire/statements/account-chain.ts';
import type { DeviceForm } from '../../../wire/statements/chain-link.ts';

/** Who has signed a link: a device by its form, the first one, or the recovery key. */
export type ChainSigner = DeviceForm | 'first' | 'recovery';

export type DeviceChange =
  | { readonly kind: 'added'; readonly device: ChainDevice; readonly by: ChainSigner }
  | { readonly kind: 'revoked'; readonly device: RevokedDevice; readonly by: ChainSigner };

/** What is told of the own chain. */
export type OwnChainNews =
  | { readonly kind: 'devices'; readonly changes: readonly DeviceChange[] }
  /** The server had no chain any more, as after a reset by the operator: the account begins with this device. */
  | { readonly kind: 'reset' }
  /** The server has lost links, and has got them from this device again. */
  | { readonly kind: 'put-back' }
  /** The server has lost links, and takes no more of them again today. */
  | { readonly kind: 'put-back-in-part' }
  /** The server hides links, and does not take them again. */
  | { readonly kind: 'taken-away' }
  /** The server shows a chain that contradicts what this device has seen. */
  | { readonly kind: 'contradicted' }
  /** The server shows a chain of the account that does not have this device. */
  | { readonly kind: 'not-in-it' };

/** From `before` to `after`, which goes on from it. */
export function deviceChanges(before: AccountChain, after: AccountChain): DeviceChange[] {
  const added = after.devices.filter(({ key }) => !isDeviceOf(before, key));
  const isNew = ({ key }: RevokedDevice) =>
    !before.revoked.some((known) => equalBytes(known.key, key));
  return [
    ...added.map((device) => {
      return { kind: 'added', device, by: signerOf(after, device.by) } as const;
    }),
    ...after.revoked.filter(isNew).map((device) => {
      return { kind: 'revoked', device, by: signerOf(after, device.by) } as const;
    }),
  ];
}

function signerOf(chain: AccountChain, by: Uint8Array | undefined): ChainSigner {
  if (by === undefined) return 'first';
  const known = [...chain.devices, ...chain.revoked].find(({ key }) => equalBytes(key, by));
  if (known !== undefined) return known.form ?? 'first';
  return equalBytes(by, chain.rootKey) ? 'first' : 'recovery';
}
