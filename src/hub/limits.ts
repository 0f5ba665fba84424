// How much one user or one group may hold. Documented in docs/PROTOCOL.md, section "Limits".

import type { Env } from './turn.ts';

export const defaultHubLimits: Pick<Env, 'maxGroupsPerAdmin' | 'maxBansPerGroup'> = {
  maxGroupsPerAdmin: 100,
  maxBansPerGroup: 10_000,
};
