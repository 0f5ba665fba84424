// Who may create an account, by listener.

import type { Registration } from '../../hub/inputs.ts';
import { isLoopbackAddress } from '../transport/address.ts';

export const registrationPolicies = ['auto', 'open', 'invite', 'closed'] as const;

/** `auto`: everybody on this machine; from elsewhere, people with a one-time code. */
export type RegistrationPolicy = (typeof registrationPolicies)[number];

/** What applies at a listener that is bound to the address `listenerHost`. */
export function registrationAt(policy: RegistrationPolicy, listenerHost: string): Registration {
  if (policy !== 'auto') return policy;
  return isLoopbackAddress(listenerHost) ? 'open' : 'invite';
}
