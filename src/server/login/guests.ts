// Whether guests are admitted, by listener.

import type { Guests, Registration } from '../../hub/inputs.ts';

export const guestPolicies = ['auto', 'off', 'lobby', 'on'] as const;

/** `auto`: where everybody may make an account a guest is no danger more; elsewhere a guest would pass by the codes. */
export type GuestPolicy = (typeof guestPolicies)[number];

/** What holds where `registration` says who may make an account. */
export function guestsAt(policy: GuestPolicy, registration: Registration): Guests {
  if (policy !== 'auto') return policy;
  return registration === 'open' ? 'on' : 'off';
}
