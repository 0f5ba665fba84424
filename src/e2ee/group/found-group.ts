// Founds a sealed group: one leaf, its maker's, at epoch 0. There is no MLS commit for it: the tree (group-info.ts) is
// what others enter with.
import type { Device } from '../device.ts';
import { createGroup, mls } from '../mls.ts';
import type { Suite } from '../suite.ts';
import type { GroupIdentity } from './group-identity.ts';
import { createOwnLeaf, groupSessionOf, trimmed, type GroupSession } from './group-session.ts';
import { groupConfig } from './profile.ts';

/** A new group of `identity` alone, on `device`. `groupId` is one of `drawGroupId`. */
export async function foundGroup(
  suite: Suite,
  device: Device,
  identity: GroupIdentity,
  groupId: Uint8Array,
): Promise<GroupSession> {
  const { open, secret } = await createOwnLeaf(suite, device, identity);
  secret.initPrivateKey.fill(0);
  const state = await createGroup(groupId, open, secret, [], suite[mls], groupConfig);
  return groupSessionOf(suite[mls], trimmed(state), []);
}
