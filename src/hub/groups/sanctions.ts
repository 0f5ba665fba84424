// What keeps people of an open group from entering and from writing: bans that end, silences, slow mode, announcements.
// A ban or silence that is over is lifted when somebody meets it: nothing has to run for it.

import { holdsAt, type GroupRules } from '../../wire/groups/group-rules.ts';
import { isSilenced, rulesOf } from '../../wire/statements/roster-roles.ts';
import { groupBans, unbanAddresses } from '../users/address-bans.ts';
import { foldName, type Group, type User } from '../state.ts';
import { change, type Turn } from '../turn.ts';
import { mayIn } from './roles.ts';

const second = 1000;

/** Why a message is not taken. */
export type WriteRefusal =
  | { readonly code: 'silenced' | 'announcements-only' }
  | { readonly code: 'too-soon'; readonly retryMs: number };

/** Why somebody may not write in a group now; a guest of the same name as somebody who was silenced may not either. */
export function writeRefusal(group: Group, user: User, at: number): WriteRefusal | undefined {
  const { slow = 0, announce } = group.sealed ? rulesOf(group.sealed.roster) : (group.rules ?? {});
  if (isSilent(group, user, at)) return { code: 'silenced' };
  const isBound = (slow > 0 || announce === true) && !mayIn(group, user, 'write');
  if (!isBound) return undefined;
  if (announce === true) return { code: 'announcements-only' };
  const next = (group.spoke?.get(user) ?? -Infinity) + slow * second;
  // A clock that was set back makes nobody wait longer than the slow mode is.
  return next > at && next <= at + slow * second
    ? { code: 'too-soon', retryMs: next - at }
    : undefined;
}

function isSilent({ sealed, rules }: Group, { name }: User, at: number): boolean {
  if (sealed !== undefined) return isSilenced(sealed.roster, name);
  const found = rules?.silenced?.find(({ user }) => foldName(user) === foldName(name));
  return found !== undefined && holdsAt(found, at);
}

/** Somebody has written. */
export function noteSpoken(group: Group, user: User, at: number): void {
  const slow = group.sealed ? rulesOf(group.sealed.roster).slow : group.rules?.slow;
  if ((slow ?? 0) > 0) (group.spoke ??= new Map()).set(user, at);
  else group.spoke = undefined;
}

/** Lifts the ban of a name if it has an end, and that is over. */
export function liftEndedBan(turn: Turn, group: Group, name: string, at: number): void {
  const folded = foldName(name);
  const ended = group.rules?.bans?.find((one) => foldName(one.user) === folded);
  if (ended !== undefined && !holdsAt(ended, at)) unban(turn, group, folded);
}

/** Returns whether the name was banned. */
export function unban(turn: Turn, group: Group, folded: string): boolean {
  const was = group.banned.delete(folded);
  if (was && group.accounts > 0) change(turn, { type: 'ban-removed', group: group.name, folded });
  unbanAddresses(turn, groupBans(group), folded);
  const { rules } = group;
  const others = rules?.bans?.filter((one) => foldName(one.user) !== folded);
  if (rules !== undefined && others !== undefined && others.length !== rules.bans?.length) {
    setRules(turn, group, { ...rules, bans: others.length > 0 ? others : undefined });
  }
  return was;
}

/** Sets and stores the rules of an open group. */
export function setRules(turn: Turn, group: Group, rules: GroupRules | undefined): void {
  const isEmpty = Object.values(rules ?? {}).every((value) => value === undefined);
  group.rules = isEmpty ? undefined : rules;
  if (group.accounts > 0) {
    change(turn, { type: 'group-rules', group: group.name, rules: group.rules });
  }
}
