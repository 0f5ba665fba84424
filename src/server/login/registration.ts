// Who may create an account, by listener.

import type { Registration } from '../../hub/inputs.ts';
export const registrationPolicies = ['auto', 'open', 'invite', 'closed'] as const;

/** `auto`: everybody on this machine; from elsewhere, people with a one-time code. */
export type RegistrationPolicy = (typeof registrationPolicies)[number];

/** What applies to a connection. `isLocal`: only people on this machine can come its way. */
export function registrationAt(policy: RegistrationPolicy, isLocal: boolean): Registration {
  if (policy !== 'auto') return policy;
  return isLocal ? 'open' : 'invite';
}
