// Whether somebody can take part in sealed groups, and with which chain.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { isDeviceOf, type AccountChain } from '../../../wire/statements/account-chain.ts';
import type { Account, User } from '../../state.ts';
import { countedDevices } from '../../users/devices.ts';

/**
 * An account whose devices have said so when they logged in last, whether or not they are connected. One that has not been
 * here for long does not count, where others have.
 */
export function canTakePart(user: User, at: number): boolean {
  const devices = countedDevices(user, at);
  return devices.length > 0 && devices.every(({ can }) => can.sealed);
}

/**
 * An account with a device whose client takes part in sealed private conversations. One is enough: the others read no less
 * there than in pair sessions, each of which is with a single device.
 */
export function takesRooms(user: User, at: number): boolean {
  return countedDevices(user, at).some(({ can }) => can.rooms === true);
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
