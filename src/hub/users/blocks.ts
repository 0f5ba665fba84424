// Whose private messages and files an account refuses. To a blocked person the other looks offline: their messages are
// accepted and not delivered. A block is by name, so that it outlives an account.

import type { RequestOf } from '../../wire/extended/requests.ts';
import { foldName, type User, type Visit } from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

/** Whether `user` has blocked `other`. */
export function hasBlocked(user: User, other: User): boolean {
  return user.account?.blocked?.has(foldName(other.name)) === true;
}

/** BLOCK: blocks or unblocks a person, if one is named. Answered by everybody who is blocked. */
export function blockPerson(turn: Turn, visit: Visit, request: RequestOf<'BLOCK'>): void {
  const { connection, user } = visit;
  const { account } = user;
  if (account === undefined) return;
  const name = request.user;
  if (name !== undefined) {
    const folded = foldName(name);
    const blocked = (account.blocked ??= new Map());
    const isOff = request.off === true;
    if (folded === foldName(user.name)) return fail(turn, connection, request, 'to-yourself');
    if (!turn.hub.storing) return fail(turn, connection, request, 'store-failed');
    if (!isOff && !blocked.has(folded) && blocked.size >= turn.env.maxBlocksPerAccount) {
      return fail(turn, connection, request, 'too-many-blocks');
    }
    const block = { account: account.id, name };
    if (isOff && blocked.delete(folded)) change(turn, { type: 'block-removed', block });
    if (!isOff && !blocked.has(folded)) {
      blocked.set(folded, name);
      change(turn, { type: 'block', block });
    }
  }
  const people = [...(account.blocked?.values() ?? [])];
  report(turn, connection, { verb: 'BLOCKED', label: request.label, people });
}
