// A commit that founds a room: it makes a sealed group, seals an open one, or seals a private conversation [13.7, 13.10].
// Once sealed, they stay so.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { lobbyGroup } from '../../../wire/extended/names.ts';
import { reportLobby } from '../../messages/conversations.ts';
import type { Visit } from '../../state.ts';
import { change, type Turn } from '../../turn.ts';
import { beginGroup } from './found-group.ts';
import { beginPrivate } from './found-private.ts';
import type { RoomFounding } from './founding.ts';
import { followRoster } from './mirror.ts';
import type { Committed, CommitRefusal } from './outcome.ts';
import { isPrivate } from './room.ts';
import { addCommit, addLine } from './sealed-log.ts';

/** Carries out a COMMIT of the kind `found`. */
export function found(
  turn: Turn,
  visit: Visit,
  founding: RoomFounding,
  accepted: () => void,
): Result<Committed, CommitRefusal> {
  const { place, request, at } = founding;
  const { seen, on, commit, tree, info, records, chain } = request;
  if (commit !== undefined || seen !== 0 || on !== 0) return err('malformed');
  if (tree === undefined || chain === undefined) return err('malformed');
  const began =
    place.kind === 'group'
      ? beginGroup(turn, visit, place.group, founding)
      : beginPrivate(turn, visit, place.peer, founding);
  if (!began.ok) return began;
  accepted();
  const { room, state, first } = began.value;
  const [charter = '', ...others] = records ?? [];
  const seq = addLine(turn, room, state, {
    visit,
    id: request.id,
    at,
    part: { seen, on, kind: 'found', info, records, chain },
    items: (seq) => [
      { seq, founded: { record: charter, chain } },
      ...others.map((record) => ({ seq, record })),
    ],
  });
  if (seq === undefined || room.log === undefined) return err('not-kept');
  const [maker] = first.members;
  const leaf = maker && { root: encodeBase64url(maker.root16), key: visit.device ?? '' };
  addCommit(turn, room, state, { seq, leaves: [leaf] });
  state.trees = [{ tree: 1, at: seq, of: 1 }];
  state.lastTree = 1;
  change(turn, { type: 'tree-part', part: { log: room.log.id, tree: 1, n: 1, bytes: tree } });
  followRoster(turn, room, first, at);
  if (!isPrivate(room) && room.name === lobbyGroup) reportLobby(turn, room, visit.user);
  return ok({ room, state, seq });
}
