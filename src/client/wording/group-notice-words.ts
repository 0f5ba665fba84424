// What has happened in a sealed group, in words for people.

import type { Place } from '../../wire/extended/names.ts';
import { changeWords } from './device-news-words.ts';
import type { GroupNotice } from '../encryption/group/ports.ts';

/** A sentence, or undefined where there is nothing to say. */
export function groupNoticeWords(notice: GroupNotice): string | undefined {
  switch (notice.kind) {
    case 'entered':
      return notice.isNewKey
        ? `${notice.user} is in the group, with another key than before: /verify @${notice.user} compares it`
        : undefined;
    case 'came-back':
      return `${notice.user}'s device had lost its keys, and has new ones`;
    case 'out':
      return outWords(notice.user, notice.why, notice.by);
    case 'you-are-in':
      return 'you are in: what is said from here on can be read here, and by nobody outside of the group';
    case 'you-are-out':
      return notice.why === 'left' ? undefined : 'you are out of the group';
    case 'lost':
      return notice.by === undefined
        ? "a change of the group's keys is not at the server any more; this device enters again"
        : `this device could not follow a change that ${notice.by} has made to the group's keys; it enters again`;
    case 'elsewhere':
      return `the server has shown ${notice.by} another change to the group's keys than this device; it enters again`;
    case 'copy':
      return 'another program has taken the place of this device in the group: if it was not a copy of yours, somebody has its key';
    case 'put-back':
      return putBackWords(notice);
    case 'devices':
      return notice.changes.map((change) => changeWords(notice.user, change)).join('; ');
    case 'device-in':
    case 'void':
      return undefined;
  }
}

/** The same in any conversation. People are not told how two devices agree about their keys, unless they should know. */
export function noticeWords(
  { place, isOwn }: { readonly place: Place; readonly isOwn?: boolean },
  notice: GroupNotice,
): string | undefined {
  if (place.kind !== 'direct') return groupNoticeWords(notice);
  const where =
    isOwn === true ? 'among your own devices' : `in the conversation with ${place.user}`;
  return notice.kind === 'copy'
    ? `another program has taken the place of this device ${where}: if it was not a copy of yours, somebody has its key`
    : undefined;
}

/** The server has an open conversation in the place of a sealed one. */
export function replacedWords(place: Place): string {
  if (place.kind === 'direct') {
    return `the server does not have any more what your conversation with ${place.user} was sealed with: it was put back to an earlier state, or it lies. Another is made`;
  }
  if (place.kind !== 'group') {
    return 'the lobby was sealed, and the server has an open one now, which it can read. A sealed lobby never goes back to open: the operator has replaced its data, or the server lies. Nothing is said there from here';
  }
  const { group } = place;
  return `the sealed group ${group} is gone at the server, and an open group has its name: the server can read what is said there. Nothing is said there from here before you type /join ${group} to take part in the open one, or /leave ${group}`;
}

/** The person has decided for it. */
export function openedWords(group: string): string {
  return `the group ${group} was sealed, and is open now: the server can read what is said there`;
}

function putBackWords({ again, gone, admins }: Extract<GroupNotice, { kind: 'put-back' }>): string {
  const facts = [
    again.length > 0 && `${again.join(', ')}, who had left or been put out, ${is(again)} in again`,
    gone.length > 0 && `${gone.join(', ')} ${is(gone)} not in it any more`,
    admins.length > 0 && `${admins.join(', ')} ${is(admins)} admin again`,
  ].filter((fact) => fact !== false);
  return `the server was put back, and has forgotten what was decided in this group: ${facts.join('; ')}`;
}

function is(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}

function outWords(
  user: string,
  why: 'left' | 'kicked' | 'removed',
  by: string | undefined,
): string {
  const whom = by === undefined ? '' : ` by ${by}`;
  switch (why) {
    case 'left':
      return `${user} has left the group`;
    case 'kicked':
      return `${user} was put out of the group${whom}`;
    case 'removed':
      return `${user} has no account any more, and is out of the group`;
  }
}
