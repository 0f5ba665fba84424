// What the answers and notices of a server say of this person's own groups. For a guest nothing else does: version 1
// has no list of groups, and a login begins in none.

import type { Reply } from './client-event.ts';
import type { SuccessCode } from '../wire/replies.ts';

const isIn: Readonly<Partial<Record<SuccessCode, boolean>>> = {
  'group-created': true,
  'group-entered': true,
  'group-left': false,
  'you-were-kicked': false,
  'group-ended': false,
};

/** The group that this person has come into, or is out of; undefined where it is about something else. */
export function membershipOf({
  code,
  values,
}: Reply<SuccessCode>): { readonly group: string; readonly isIn: boolean } | undefined {
  const news = code === undefined ? undefined : isIn[code];
  const group = values['group'];
  return news === undefined || group === undefined ? undefined : { group, isIn: news };
}
