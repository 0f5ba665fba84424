// Whether guests are admitted, by listener.

import type { Guests, Registration } from '../../hub/inputs.ts';

export const guestPolicies = ['auto', 'off', 'lobby', 'on'] as const;

/** `auto`: if everybody may make an account, a guest is no further risk. Otherwise a guest would bypass the codes. */
export type GuestPolicy = (typeof guestPolicies)[number];

/** What applies if `registration` says who may make an account. */
export function guestsAt(policy: GuestPolicy, registration: Registration): Guests {
  if (policy !== 'auto') return policy;
  return registration === 'open' ? 'on' : 'off';
}
