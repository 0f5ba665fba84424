// How much one user or one group may hold. Documented in docs/PROTOCOL.md, section "Limits".

import type { Env } from './turn.ts';

type Settings = 'welcome' | 'maxConnections' | 'keep' | 'keepMs' | 'keepCount' | 'keptFiles';

export const defaultHubLimits: Omit<Env, Settings> = {
  maxRefusalsBeforeLogin: 16,
  maxGroupsPerAdmin: 100,
  maxBansPerGroup: 10_000,
  maxOffersPerSender: 100,
  maxOfferBytesPerSender: 256 * 1024,
  maxTransfersPerUser: 16,
  maxTransfersPerCrowd: 500,
  maxTransfers: 1000,
  maxAccounts: 100_000,
  maxConnectionsPerAccount: 32,
  maxStreamsPerAccount: 64,
  maxDirectsPerAccount: 1000,
  maxInvitedPerGroup: 10_000,
  maxWaitingPerDirect: 32 * 1024 * 1024,
  maxWaitingPerAccount: 128 * 1024 * 1024,
  quotas: { account: 128 * 1024 * 1024, guest: 32 * 1024 * 1024 },
  maxBlocksPerAccount: 1000,
  maxInvites: 1000,
  maxKeptFilesPerAccount: 1000,
  sealedLobby: false,
};
