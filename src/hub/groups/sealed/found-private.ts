// A private conversation that is sealed, by either of its people, or by an account for its own devices [13.10]. There is no
// choice in it: who may enter is clear, and the server takes no other records than those that say so.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { conversationGroup, directConversation } from '../../../wire/extended/names.ts';
import { root16Bytes } from '../../../wire/statements/account-chain.ts';
import type { RosterRecord } from '../../../wire/statements/roster-record.ts';
import { reportDirect } from '../../messages/conversations.ts';
import { directWith, mayBegin } from '../../messages/directs.ts';
import type { User, Visit } from '../../state.ts';
import { change, type Turn } from '../../turn.ts';
import { hasBlocked } from '../../users/blocks.ts';
import { takesRooms } from './can-take-part.ts';
import { rostersOf, type Founded, type RoomFounding } from './founding.ts';
import type { CommitRefusal } from './outcome.ts';
import { isFounded } from './private-room.ts';
import { newSealedState } from './sealed-state.ts';

/** Seals the conversation with `peer`, which is made if there is none yet. */
export function beginPrivate(
  turn: Turn,
  visit: Visit,
  peer: User,
  founding: RoomFounding,
): Result<Founded, CommitRefusal> {
  const { user } = visit;
  const { parts, at } = founding;
  if (!turn.env.keep.direct) return err('not-kept');
  // Whoever comes second enters.
  const known = user.account?.directs?.get(peer);
  if (known !== undefined && isFounded(known)) return err('place-taken');
  if (!mayBegin(turn, user, peer)) return err('too-many-conversations');
  if (peer.account?.chain === undefined || !takesRooms(peer, at)) {
    return err({ code: 'cannot-seal', people: [peer.name] });
  }
  const name = conversationGroup(directConversation(user.name, peer.name));
  const rosters = rostersOf(visit, name, founding);
  if (!rosters.ok) return rosters;
  const { first, last } = rosters.value;
  const [, ...others] = parts.records ?? [];
  const isForBoth = peer === user ? others.length === 0 : admitsAlone(others, peer);
  const [admin] = first.admins;
  const [maker] = first.members;
  const isOwn = first.admins.length === 1 && admin && maker && equalBytes(admin, maker.root16);
  if (first.mode !== 'invite' || isOwn !== true || !isForBoth) return err('record-refused');
  const room = directWith(turn, [user, peer]);
  const state = newSealedState(last);
  if (room.sealed !== undefined) change(turn, { type: 'unsealed', log: room.log.id });
  room.sealed = state;
  const isTold = peer !== user && !hasBlocked(peer, user);
  reportDirect(turn, room, isTold ? [user, peer] : [user]);
  return ok({ room, state, first });
}

/** Whether records admit somebody by the root that they have left here, and do nothing else. */
export function admitsAlone(records: readonly RosterRecord[], { name, account }: User): boolean {
  const root = decodeBase64url(account?.chain?.root ?? '')?.subarray(0, root16Bytes);
  const [record, ...more] = records;
  if (root === undefined || more.length > 0 || record?.body.kind !== 'admit') return false;
  const [one, ...others] = record.body.people;
  return one?.name === name && equalBytes(one.root16, root) && others.length === 0;
}
