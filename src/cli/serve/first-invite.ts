// The one-time code that a new server gives its operator: without one, nobody could create the first account from
// another machine.
import type { RunningServer } from '../../server/server.ts';
import { isLoopbackAddress } from '../../server/transport/address.ts';
import { createInvite, inviteHash } from '../../server/login/invite.ts';
import { registrationAt, type RegistrationPolicy } from '../../server/login/registration.ts';

/** A week, in milliseconds: people who start a server soon use it. */
const lifetimeMs = 7 * 86_400_000;

/**
 * A code, if nobody has an account yet, the TLS listener requires one, and the output is a terminal. Other output may
 * be a log, and codes must not be in logs.
 */
export async function firstInvite(
  server: RunningServer,
  policy: RegistrationPolicy,
  shownOn: { readonly isTTY?: boolean },
): Promise<string | undefined> {
  const { tls, accounts } = server;
  if (shownOn.isTTY !== true || accounts.length > 0 || tls === undefined) return undefined;
  if (registrationAt(policy, isLoopbackAddress(tls.host)) !== 'invite') return undefined;
  const code = createInvite();
  const expiresAt = Date.now() + lifetimeMs;
  await server.administer({ act: 'invite', hash: inviteHash(code), expiresAt });
  return code;
}
