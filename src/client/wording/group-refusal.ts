// Why a group command was refused, in words that say what to do instead. Otherwise the server's own text is good
// enough.

import type { GroupRefusal } from '../group-commands.ts';
import { harmless } from './sanitize.ts';

const advice: Readonly<Record<string, (group: string) => string>> = {
  'no-such-group': (group) => `There is no group ${group}. /create_group ${group} makes it.`,
  'group-exists': (group) => `There is a group ${group} already: /join ${group} enters it.`,
  'place-taken': (group) => `There is a group ${group} already: /join ${group} enters it.`,
  'not-kept': (group) =>
    `This server keeps nothing of groups, and a sealed one needs that: /create_group ${group} --open makes one that the server can read.`,
  banned: (group) => `You were put out of ${group}, and cannot come back.`,
  'not-a-member': (group) => `You are not in the group ${group}.`,
  'admin-cannot-leave': (group) =>
    `You are the admin of ${group}, and an admin cannot leave the group.`,
  'not-allowed-to-kick': (group) => `Only the admin of ${group} can put somebody out.`,
};

/** The words for the `refusal` of a command about `group`. */
export function groupRefusal({ code, text }: GroupRefusal, group: string): string {
  const words = Object.hasOwn(advice, code) ? advice[code] : undefined;
  return words?.(group) ?? harmless(text);
}
