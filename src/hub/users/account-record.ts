// An account as it is stored.

import type { AccountRecord } from '../records.ts';
import type { Account, User } from '../state.ts';
import { firstDevice } from './devices.ts';

/** The account, to be stored. */
export function recordOf({ name }: User, account: Account): AccountRecord {
  const { id, createdAt, banned } = account;
  return { id, name, device: firstDevice(account), createdAt, banned };
}
