// The rules of groups in words. The same for line mode, the full screen and the page.

import { err, ok, type Result } from '../../lib/result.ts';
import type { GroupBan } from '../../wire/groups/group-rules.ts';
import { parseGroupName } from '../../wire/text.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import type { GovernWish, GroupInfo, ListedGroup } from '../governing/govern-wish.ts';
import { formatMoment } from './moment-words.ts';
import { harmless } from './sanitize.ts';

const second = 1000;
const onlyAccounts = 'roles and rules of groups are for accounts';

/** Carries out a wish, and says what was done. */
export async function governWords(
  client: ChatClient,
  typed: string,
  wish: GovernWish,
): Promise<Verdict> {
  const group = parseGroupName(typed);
  if (group === undefined) return err(`${typed} is no name of a group`);
  const { governance } = client;
  if (governance === undefined) return err(onlyAccounts);
  const done = await governance.change(group, wish);
  return done.ok ? ok(doneWords(group, wish)) : done;
}

/** What is known of a group. */
export async function infoOf(
  client: ChatClient,
  typed: string,
): Promise<Result<GroupInfo, string>> {
  const group = parseGroupName(typed);
  if (group === undefined) return err(`${typed} is no name of a group`);
  const known = await client.governance?.info(group);
  if (known?.ok !== true) return known ?? err(onlyAccounts);
  const { topic, description, bans, ...others } = known.value;
  return ok({
    ...others,
    ...(topic !== undefined && { topic: harmless(topic) }),
    ...(description !== undefined && { description: harmless(description) }),
    ...(bans !== undefined && {
      bans: bans.map(({ reason, ...ban }) => ({
        ...ban,
        ...(reason !== undefined && { reason: harmless(reason) }),
      })),
    }),
  });
}

/** The groups that are public. */
export async function listedGroups(
  client: ChatClient,
): Promise<Result<readonly ListedGroup[], string>> {
  const found = await client.governance?.groups();
  if (found?.ok !== true) return found ?? err(onlyAccounts);
  return ok(found.value.map((one) => ({ ...one, topic: one.topic && harmless(one.topic) })));
}

function doneWords(group: string, wish: GovernWish): string {
  switch (wish.what) {
    case 'topic':
      return wish.text === '' ? `#${group} has no topic now` : `the topic of #${group} is set`;
    case 'description':
      return wish.text === '' ? `#${group} has no description now` : `#${group} is described`;
    case 'slow':
      return wish.seconds === 0
        ? `#${group} is in slow mode no more`
        : `#${group} is in slow mode: ${secondsWords(wish.seconds)} between two messages of a member`;
    case 'announce':
      return wish.on
        ? `only owners and moderators write in #${group} now`
        : `everybody in #${group} writes again`;
    case 'public':
      return wish.on ? `#${group} is in the directory now` : `#${group} is in no directory now`;
    case 'role':
      return `${wish.user} is ${wish.role === 'owner' ? 'an' : 'a'} ${wish.role} of #${group} now`;
    case 'ban':
      return `${wish.user} is banned from #${group}${timeWords(wish.seconds)}`;
    case 'unban':
      return `${wish.user} may enter #${group} again`;
    case 'silence':
      return `${wish.user} is silenced in #${group}${timeWords(wish.seconds)}`;
    case 'unsilence':
      return `${wish.user} may write in #${group} again`;
  }
}

function timeWords(seconds: number | undefined): string {
  return seconds === undefined ? '' : ` until ${formatMoment(Date.now() + seconds * second)}`;
}

function secondsWords(seconds: number): string {
  return seconds === 1 ? 'a second' : `${seconds} seconds`;
}

/** All that is known of a group, but for who is banned. */
export function infoLines(group: string, info: GroupInfo): readonly string[] {
  const { topic, description, owners = [], moderators = [] } = info;
  const kind = info.isSealed
    ? 'sealed: only its members can read it'
    : 'open: the server can read it';
  return [
    `#${group} is ${kind}${info.public === true ? '. It is public: /groups' : ''}`,
    ...(topic === undefined ? [] : [`topic: ${topic}`]),
    ...(description === undefined ? [] : [description]),
    ...(owners.length === 0 ? [] : [`owners: ${owners.join(', ')}`]),
    ...(moderators.length === 0 ? [] : [`moderators: ${moderators.join(', ')}`]),
    ...ruleLines({ ...info, public: undefined }),
  ];
}

/** What holds for those who are in it. */
export function ruleLines(info: GroupInfo): readonly string[] {
  const { silenced = [], slow, announce } = info;
  const quiet = silenced.map(({ user, until }) => `${user}${untilWords(until)}`);
  return [
    ...(info.public === true ? ['it is in the directory'] : []),
    ...(announce === true ? ['only owners and moderators write'] : []),
    ...(slow === undefined ? [] : [`slow mode: ${secondsWords(slow)} between two messages`]),
    ...(quiet.length === 0 ? [] : [`silenced: ${quiet.join(', ')}`]),
  ];
}

export function banLines(group: string, { bans = [], knowsBans }: GroupInfo): readonly string[] {
  if (!knowsBans) return ['only owners and moderators are told who is banned'];
  if (bans.length === 0) return [`nobody is banned from #${group}`];
  return bans.map(banLine);
}

export function banLine({ user, until, by, reason }: GroupBan): string {
  const who = by === undefined ? '' : `, by ${by}`;
  return `${user}${untilWords(until)}${who}${reason === undefined ? '' : `: ${reason}`}`;
}

function untilWords(until: number | undefined): string {
  return until === undefined ? '' : ` until ${formatMoment(until)}`;
}

export function listLines(groups: readonly ListedGroup[]): readonly string[] {
  if (groups.length === 0) return ['no group here is public'];
  return groups.map((one) => {
    const { group, topic } = one;
    return `#${group} (${sizeWords(one)})${topic === undefined ? '' : `: ${topic}`}`;
  });
}

/** Of a group of the directory. */
export function sizeWords({ members, isSealed }: ListedGroup): string {
  const people = members === 1 ? '1 member' : `${members} members`;
  return `${people}${isSealed ? ', sealed' : ''}`;
}
