// The typed commands about roles, rules and moderation of groups.

import { maxSlowSeconds } from '../../wire/groups/group-rules.ts';
import { roles } from '../../wire/groups/rights.ts';
import type { GovernWish } from '../governing/govern-wish.ts';
import { banLines, infoLines, listLines } from '../wording/govern-words.ts';
import { parseSilence } from '../wording/mute-words.ts';
import type { CommandActions, CommandOutcome } from './actions.ts';
import { wordsOf, type TypedCommand } from './typed-command.ts';

type Run = TypedCommand['run'];

/**
 * The group of the first word, and the words behind it. In a group that may be left out, or named without a `#`; but a text
 * may begin with the same word.
 */
function groupFirst(
  rest: string,
  { here, group }: CommandActions,
  isText = false,
): { readonly group: string; readonly behind: string } | undefined {
  const [word, behind] = splitFirst(rest);
  if (word.startsWith('#')) return { group: group(word.slice(1)), behind };
  if (here.kind === 'group') {
    return { group: here.name, behind: word === here.name && !isText ? behind : rest.trim() };
  }
  return word === '' || word.startsWith('@') ? undefined : { group: group(word), behind };
}

function splitFirst(rest: string): readonly [string, string] {
  const trimmed = rest.trim();
  const end = trimmed.indexOf(' ');
  return end < 0 ? [trimmed, ''] : [trimmed.slice(0, end), trimmed.slice(end + 1).trim()];
}

async function shown(
  actions: CommandActions,
  group: string,
  lines: typeof infoLines,
): Promise<CommandOutcome> {
  const info = await actions.groupInfo(group);
  if (!info.ok) return info;
  for (const line of lines(group, info.value)) actions.notify('reply', line);
  return undefined;
}

/** Without a text, shows all that is known; `none` takes the text away. */
function aboutText(what: 'topic' | 'description'): Run {
  return (rest, actions) => {
    const found = groupFirst(rest, actions, true);
    if (found === undefined) return 'malformed';
    const { group, behind } = found;
    if (behind === '') return shown(actions, group, infoLines);
    return actions.govern(group, { what, text: behind === 'none' ? '' : behind });
  };
}

/** `toWish`: of the words behind the person. */
function aboutMember(
  toWish: (user: string, words: readonly string[], behind: string) => GovernWish | undefined,
): Run {
  return (rest, actions) => {
    const [first] = splitFirst(rest);
    const isHere = first.startsWith('@') && actions.here.kind === 'group';
    const found = isHere
      ? { group: actions.here.name, behind: rest.trim() }
      : groupFirst(rest, actions);
    if (found === undefined) return 'malformed';
    const [name, behind] = splitFirst(found.behind);
    if (!name.startsWith('@') || name === '@') return 'malformed';
    const wish = toWish(actions.person(name.slice(1)), wordsOf(behind), behind);
    return wish === undefined ? 'malformed' : actions.govern(found.group, wish);
  };
}

/** How many seconds a word is; `forever` is undefined. */
function lengthOf(word: string): { readonly seconds: number | undefined } | undefined {
  const ms = parseSilence(word);
  if (ms === undefined) return undefined;
  return { seconds: Number.isFinite(ms) ? ms / 1000 : undefined };
}

function banWish(user: string, words: readonly string[], behind: string): GovernWish {
  const length = lengthOf(words[0] ?? '');
  const reason = length === undefined ? behind : splitFirst(behind)[1];
  return {
    what: 'ban',
    user,
    seconds: length?.seconds,
    reason: reason === '' ? undefined : reason,
  };
}

function silenceWish(user: string, words: readonly string[]): GovernWish | undefined {
  const length = lengthOf(words[0] ?? 'forever');
  if (length === undefined || words.length > 1) return undefined;
  return { what: 'silence', user, seconds: length.seconds };
}

function roleWish(user: string, [word, ...more]: readonly string[]): GovernWish | undefined {
  const role = roles.find((one) => one === word);
  return role === undefined || more.length > 0 ? undefined : { what: 'role', user, role };
}

/** The last word says what is wanted; one before it is the group. */
function aboutRule(toWish: (word: string) => GovernWish | undefined): Run {
  return (rest, actions) => {
    const words = wordsOf(rest);
    const wish = toWish(words.pop() ?? '');
    const [word, ...more] = words;
    const { here } = actions;
    const implied = here.kind === 'group' ? here.name : undefined;
    const group = word === undefined ? implied : actions.group(word.replace(/^#/, ''));
    if (wish === undefined || group === undefined || more.length > 0) return 'malformed';
    return actions.govern(group, wish);
  };
}

function slowWish(word: string): GovernWish | undefined {
  if (word === 'off') return { what: 'slow', seconds: 0 };
  const seconds = /^\d{1,5}$/.test(word) ? Number(word) : NaN;
  return seconds > 0 && seconds <= maxSlowSeconds ? { what: 'slow', seconds } : undefined;
}

const onOff =
  (what: 'announce' | 'public') =>
  (word: string): GovernWish | undefined => {
    if (word !== 'on' && word !== 'off') return undefined;
    return { what, on: word === 'on' };
  };

const noWords = (words: readonly string[], wish: GovernWish) =>
  words.length === 0 ? wish : undefined;

export const governTable: Readonly<Record<string, TypedCommand>> = {
  '/topic': {
    form: '/topic {#group} [text]',
    help: 'say what a group is about; none takes it away; without a text, all that is known of the group',
    run: aboutText('topic'),
  },
  '/members': {
    form: '/members {group}',
    help: 'all that is known of a group: what it is about, its rules, who is in it, and what you can do there',
    run: async (rest, actions) => {
      const found = groupFirst(rest, actions);
      if (found === undefined || found.behind !== '') return 'malformed';
      const { group } = found;
      if (actions.showGroup !== undefined) {
        actions.showGroup(group);
        return undefined;
      }
      const named = await actions.names(group);
      return named.ok ? shown(actions, group, infoLines) : named;
    },
  },
  '/describe': {
    form: '/describe {#group} [text]',
    help: 'describe a group at more length',
    run: aboutText('description'),
  },
  '/ban': {
    form: '/ban {group} @user [1h|1d|7d|forever] [reason]',
    help: 'put somebody out of a group, for a time or for ever; they need not be in it',
    run: aboutMember(banWish),
  },
  '/unban': {
    form: '/unban {group} @user',
    help: 'let somebody enter again',
    run: aboutMember((user, words) => noWords(words, { what: 'unban', user })),
  },
  '/bans': {
    form: '/bans {group}',
    help: 'who is banned from a group, until when and why',
    run: (rest, actions) => {
      const found = groupFirst(rest, actions);
      if (found === undefined || found.behind !== '') return 'malformed';
      return shown(actions, found.group, banLines);
    },
  },
  '/silence': {
    form: '/silence {group} @user [1h|1d|7d|forever]',
    help: 'let somebody read a group, and not write in it',
    run: aboutMember(silenceWish),
  },
  '/unsilence': {
    form: '/unsilence {group} @user',
    help: 'let somebody write again',
    run: aboutMember((user, words) => noWords(words, { what: 'unsilence', user })),
  },
  '/slow': {
    form: '/slow {group} seconds|off',
    help: 'slow mode: how long a member waits from one message to the next',
    run: aboutRule(slowWish),
  },
  '/announce': {
    form: '/announce {group} on|off',
    help: 'let only owners and moderators write in a group',
    run: aboutRule(onOff('announce')),
  },
  '/role': {
    form: '/role {group} @user owner|moderator|member',
    help: 'say what somebody is in your group: an owner may do everything, a moderator keeps order',
    run: aboutMember(roleWish),
  },
  '/public': {
    form: '/public {group} on|off',
    help: 'put your group into the directory of groups, or take it out',
    run: aboutRule(onOff('public')),
  },
  '/groups': {
    form: '/groups',
    help: 'the groups that are public: /join enters one',
    run: async (rest, actions) => {
      if (rest.trim() !== '') return 'malformed';
      if (actions.showGroups !== undefined) {
        actions.showGroups();
        return undefined;
      }
      const found = await actions.listGroups();
      if (!found.ok) return found;
      for (const line of listLines(found.value)) actions.notify('reply', line);
      return undefined;
    },
  },
};
