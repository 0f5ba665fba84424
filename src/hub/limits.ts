// How much one user or one group may hold. Documented in docs/PROTOCOL.md, section "Limits".

import type { Env } from './turn.ts';

export const defaultHubLimits: Omit<Env, 'welcome' | 'maxConnections'> = {
  maxGroupsPerAdmin: 100,
  maxBansPerGroup: 10_000,
  maxOffersPerSender: 100,
  maxOfferBytesPerSender: 256 * 1024,
  maxTransfersPerUser: 16,
  maxTransfers: 1000,
};
