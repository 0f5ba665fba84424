// Who may do what in a group: owners, moderators and members. The one place that decides it, for the server (open groups),
// for the fold of signed records (sealed groups), and for clients (what they offer). Pure.

/** The roles of a group, the one that may do most first. */
export const roles = ['owner', 'moderator', 'member'] as const;
export type GroupRole = (typeof roles)[number];

/**
 * `write`: also in an announcement group, and without waiting in slow mode. `delete`: what others have said. `rules`: topic,
 * description, slow mode, announcements. `listing`: whether the group is in the directory. `roles`: who is what.
 */
export type GroupAct =
  | 'write'
  | 'invite'
  | 'kick'
  | 'ban'
  | 'unban'
  | 'silence'
  | 'delete'
  | 'rules'
  | 'listing'
  | 'roles'
  | 'end';

const ofModerators: ReadonlySet<GroupAct> = new Set([
  'write',
  'invite',
  'kick',
  'ban',
  'unban',
  'silence',
  'delete',
  'rules',
]);

/**
 * Whether somebody of the role `actor` may do `act`. `target`: the role of whom it is about, where it is about somebody who
 * is in the group. A moderator may do nothing against owners and other moderators, but delete what they have said.
 */
export function mayDo(actor: GroupRole | undefined, act: GroupAct, target?: GroupRole): boolean {
  if (actor === 'owner') return true;
  if (actor !== 'moderator' || !ofModerators.has(act)) return false;
  // Whoever reads it later cannot tell what its author was then.
  if (act === 'delete') return true;
  return target === undefined || target === 'member';
}

/**
 * To whom a group passes that has lost its last owner: its longest-standing moderator, or else its longest-standing member.
 * `members`: in the order in which they have entered.
 */
export function heirOf<M>(
  members: Iterable<M>,
  roleOf: (member: M) => GroupRole | undefined,
): M | undefined {
  let first: M | undefined;
  let moderator: M | undefined;
  for (const member of members) {
    const role = roleOf(member);
    if (role === 'owner') return member;
    if (role === 'moderator') moderator ??= member;
    first ??= member;
  }
  return moderator ?? first;
}
