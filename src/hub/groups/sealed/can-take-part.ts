// Whether somebody can take part in sealed groups, and with which chain.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { isDeviceOf, type AccountChain } from '../../../wire/statements/account-chain.ts';
import type { Account, User } from '../../state.ts';
import { seenDevices } from '../../users/devices.ts';

/**
 * An account whose devices have said so when they logged in last, whether or not they are connected. One that has not been
 * here for long does not count, where others have.
 */
export function canTakePart(user: User, at: number): boolean {
  const seen = seenDevices(user, at);
  const devices = seen.length > 0 ? seen : (user.account?.devices ?? []);
  return devices.length > 0 && devices.every(({ can }) => can.sealed);
}

/** Whether a chain is that of a user's account, has the device `device`, and is of the root that the account has left here. */
export function isChainOf(
  chain: AccountChain,
  { name }: User,
  { chain: stored }: Account,
  device: Uint8Array,
): boolean {
  const [root] = chain.steps;
  if (root === undefined || chain.name !== name || !isDeviceOf(chain, device)) return false;
  return stored === undefined || stored.root === encodeBase64url(root.hash);
}
