// The marks of what is to be quiet. Apart from the commands, because a page shows them before it has those.

import type { DayHours } from '../account/own/quiet/quiet-hours.ts';
import type { ConversationSummary } from '../timeline/model.ts';

/** In which words a muted conversation is marked: `muted until 2026-11-30 18:00`, by the clock here. */
export function mutedWords(until: number): string {
  return until === Infinity ? 'muted' : `muted until ${endWords(until)}`;
}

/** In which words it stands that the person does not want to be disturbed: `do not disturb until 2026-11-30 18:00`. */
export function quietWords(until: number): string {
  return until === Infinity ? 'do not disturb' : `do not disturb until ${endWords(until)}`;
}

const marks = { all: 'all of it calls', mentions: 'your name calls', nothing: 'nothing calls' };

/** How a conversation differs from others in what calls for attention: `muted, nothing calls`. Empty if it does not. */
export function quietMark({
  mutedUntil,
  rule,
}: Pick<ConversationSummary, 'mutedUntil' | 'rule'>): string {
  const parts = [
    ...(mutedUntil === undefined ? [] : [mutedWords(mutedUntil)]),
    ...(rule === undefined ? [] : [marks[rule]]),
  ];
  return parts.join(', ');
}

/** What calls for attention by a rule. */
export function ruleWords(rule: ConversationSummary['rule'], isPrivate: boolean): string {
  switch (rule) {
    case 'all':
      return 'you are told of everything';
    case 'mentions':
      return 'you are told of what names you';
    case 'nothing':
      return 'you are told of nothing, also not of what names you';
    case undefined:
      return isPrivate
        ? 'you are told of everything'
        : 'you are told of what names you, and see what is unread';
  }
}

/** `22:00-08:00` */
export function hoursWords(hours: DayHours): string {
  return hours.map((minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`).join('-');
}

function endWords(until: number): string {
  const end = new Date(until);
  const day = `${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}`;
  return `${day} ${two(end.getHours())}:${two(end.getMinutes())}`;
}

function two(part: number): string {
  return String(part).padStart(2, '0');
}
