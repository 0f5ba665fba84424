// What somebody may do in a group, as choices for a view: about the group, and about each of those in it. Pure. Who may is
// for wire/groups/rights.ts to say; the server or the members' programs decide it once more when it is done.

import { mayDo, type GroupRole } from '../../wire/groups/rights.ts';
import type { Model, RosterPerson, Verdict } from '../timeline/model.ts';
import type { GovernWish, GroupInfo } from './govern-wish.ts';

/** One change; or putting somebody out and handing the group over, as every group knows it. */
export type GroupAction =
  GovernWish | { readonly what: 'kick' | 'hand-over'; readonly user: string };

/** What does it. */
export function doAction(
  model: Pick<Model, 'govern' | 'handOver' | 'kick'>,
  group: string,
  action: GroupAction,
): Promise<Verdict> {
  switch (action.what) {
    case 'kick':
      return model.kick(group, action.user);
    case 'hand-over':
      return model.handOver(group, action.user);
    default:
      return model.govern(group, action);
  }
}

/** As much as the people of a group tell of it, where the server has no rules of groups. */
export function infoFrom(people: readonly RosterPerson[], isSealed: boolean): GroupInfo {
  const owners = people.filter(({ role }) => role === 'owner').map(({ name }) => name);
  return { isSealed, knowsBans: false, owners };
}

export interface GroupChoice {
  readonly words: string;
  readonly action: GroupAction;
  /** It is to be asked about once more. */
  readonly isHard?: true;
}

const hour = 3_600;
const day = 24 * hour;
const roleWords = {
  owner: 'Make an owner',
  moderator: 'Make a moderator',
  member: 'Make a member',
};
const slowSteps = [10, 60, 600] as const;

/** What somebody who is in is there. */
export function roleByInfo({ owners, moderators }: GroupInfo, name: string): GroupRole {
  if (owners?.includes(name) === true) return 'owner';
  return moderators?.includes(name) === true ? 'moderator' : 'member';
}

/** About `user`, who is in. */
export function choicesAbout(info: GroupInfo, me: string, user: string): readonly GroupChoice[] {
  if (user === me) return [];
  const [mine, theirs] = [roleByInfo(info, me), roleByInfo(info, user)];
  const may = (act: 'roles' | 'silence' | 'ban'): boolean => mayDo(mine, act, theirs);
  const roles = (['owner', 'moderator', 'member'] as const).filter((role) => role !== theirs);
  const isSilenced = info.silenced?.some((one) => one.user === user) === true;
  return [
    ...(may('roles') ? roles : []).map((role): GroupChoice => ({
      words: roleWords[role],
      action: { what: 'role', user, role },
    })),
    ...(may('roles') && theirs !== 'owner' ? [handOver(user)] : []),
    ...(may('silence') ? silences(user, isSilenced) : []),
    ...(may('ban') ? bans(user) : []),
  ];
}

function handOver(user: string): GroupChoice {
  return {
    words: 'Make the owner in your place',
    action: { what: 'hand-over', user },
    isHard: true,
  };
}

function silences(user: string, isSilenced: boolean): readonly GroupChoice[] {
  if (isSilenced) return [{ words: 'Let write again', action: { what: 'unsilence', user } }];
  return [
    { words: 'Silence for an hour', action: { what: 'silence', user, seconds: hour } },
    { words: 'Silence for a day', action: { what: 'silence', user, seconds: day } },
    { words: 'Silence', action: { what: 'silence', user } },
  ];
}

function bans(user: string): readonly GroupChoice[] {
  return [
    { words: 'Put out for a day', action: { what: 'ban', user, seconds: day }, isHard: true },
    { words: 'Put out for a week', action: { what: 'ban', user, seconds: 7 * day }, isHard: true },
    { words: 'Put out for good', action: { what: 'kick', user }, isHard: true },
  ];
}

/** About somebody who is banned. */
export function choicesAboutBanned(
  info: GroupInfo,
  me: string,
  user: string,
): readonly GroupChoice[] {
  if (!mayDo(roleByInfo(info, me), 'unban')) return [];
  return [{ words: 'Let enter again', action: { what: 'unban', user } }];
}

/** Whether somebody may set the topic, and other rules. */
export function mayRule(info: GroupInfo, me: string): boolean {
  return mayDo(roleByInfo(info, me), 'rules');
}

/** About the group. */
export function choicesOf(info: GroupInfo, me: string): readonly GroupChoice[] {
  const mine = roleByInfo(info, me);
  const { announce = false, slow = 0, public: isPublic = false } = info;
  const rules: readonly GroupChoice[] = [
    announce
      ? { words: 'Let everybody write', action: { what: 'announce', on: false } }
      : { words: 'Let only owners and moderators write', action: { what: 'announce', on: true } },
    ...slowSteps
      .filter((seconds) => seconds !== slow)
      .map((seconds): GroupChoice => {
        const words = `Slow mode: a message each ${seconds < 60 ? `${seconds} seconds` : minutes(seconds)}`;
        return { words, action: { what: 'slow', seconds } };
      }),
    ...(slow > 0
      ? [{ words: 'End slow mode', action: { what: 'slow', seconds: 0 } } as const]
      : []),
  ];
  const listing: GroupChoice = isPublic
    ? { words: 'Take it out of the directory', action: { what: 'public', on: false } }
    : { words: 'Put it into the directory', action: { what: 'public', on: true } };
  return [...(mayDo(mine, 'rules') ? rules : []), ...(mayDo(mine, 'listing') ? [listing] : [])];
}

function minutes(seconds: number): string {
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
}
