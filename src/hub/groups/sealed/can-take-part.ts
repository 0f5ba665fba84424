// Whether somebody can take part in sealed groups, and with which chain.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { isDeviceOf, type AccountChain } from '../../../wire/statements/account-chain.ts';
import type { Account, User } from '../../state.ts';

/** An account whose client has said so when it logged in last, whether or not it is connected. */
export function canTakePart({ account }: User): boolean {
  return account?.can.sealed === true;
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
