// Becoming a device of an account by its recovery words, from the words to the chain that has this device: what is stored
// when, so that whoever was cut off goes on where it was. recover.ts has the protocol; where things are stored is behind
// a port.

import { err, type Result } from '../../lib/result.ts';
import type { VerifiedChain } from '../account/verified-chain.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import type { FirstLoginPorts } from '../linking/first-login.ts';
import {
  chainByRecovery,
  isInAlready,
  mayBeIn,
  recover,
  type RecoveryFailure,
  type RecoveryWish,
} from './recover.ts';

export type EnterFailure = RecoveryFailure | { readonly kind: 'name-in-use' };

/** What stays of it here. */
export interface RecoveryPlace {
  /** An earlier try has left the key here, and may have got in. */
  readonly hasKey: boolean;
  /** Stores the key of the device. Returns whether the name has none yet. */
  readonly keepKey: () => Promise<boolean>;
  /** Stores what else has to be on the disk before the account has the device. */
  readonly prepare: () => Promise<void>;
  /** The device is none of the account for sure. */
  readonly letGo: () => Promise<void>;
}

/** Becomes a device of the account, or is one already. Where nobody knows, the key stays: the same again goes on. */
export async function enterByRecovery(
  address: ServerAddress,
  wish: RecoveryWish,
  ports: FirstLoginPorts,
  { hasKey, keepKey, prepare, letGo }: RecoveryPlace,
): Promise<Result<VerifiedChain, EnterFailure>> {
  if (hasKey) {
    const before = await isInAlready(address, wish, ports);
    const refusal = before.ok ? undefined : refusalIn(before.error);
    if (before.ok) await prepare();
    if (refusal === 'device-revoked') await letGo();
    if (refusal !== 'name-taken') return before;
  }
  const shown = await chainByRecovery(address, wish, ports);
  if (!shown.ok) return shown;
  // The key is on the disk before the account has it, and so is what opens the backup.
  if (!hasKey && !(await keepKey())) return err({ kind: 'name-in-use' });
  await prepare();
  const joined = await join(address, wish, shown.value, ports);
  if (!joined.ok && !mayBeIn(joined.error)) await letGo();
  return joined;
}

/** What a server says that turns the login away. */
function refusalIn(failure: RecoveryFailure): string | undefined {
  const isRefused = failure.kind === 'closed' && failure.reason.code === 'refused';
  return isRefused ? failure.reason.reply : undefined;
}

/** If another device has put a link behind the chain in this moment, it is signed anew, once. */
async function join(
  address: ServerAddress,
  wish: RecoveryWish,
  shown: VerifiedChain,
  ports: FirstLoginPorts,
): ReturnType<typeof recover> {
  const joined = await recover(address, wish, shown, ports);
  const isOvertaken = !joined.ok && refusalIn(joined.error) === 'recovery-refused';
  if (!isOvertaken) return joined;
  const again = await chainByRecovery(address, wish, ports);
  return again.ok ? recover(address, wish, again.value, ports) : joined;
}
