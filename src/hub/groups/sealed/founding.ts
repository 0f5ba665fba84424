// What is asked for with a COMMIT that founds, and the rosters that it begins.

import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import { foundRoster, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { GroupName } from '../../../wire/text.ts';
import type { CheckedParts } from '../../inputs.ts';
import type { Visit } from '../../state.ts';
import { isChainOf } from './can-take-part.ts';
import type { CommitRefusal } from './outcome.ts';
import { withRecords } from './records.ts';
import type { Room, RoomPlace } from './room.ts';
import type { SealedState } from './sealed-state.ts';

/** What is asked for. */
export interface RoomFounding {
  readonly place: RoomPlace;
  readonly request: RequestOf<'COMMIT'>;
  readonly parts: CheckedParts;
  readonly at: number;
}

/** The roster that a charter begins, and the one with the records behind the charter. */
export interface FoundedRosters {
  readonly first: SignedRoster;
  readonly last: SignedRoster;
}

/** A room that is there now, and the roster that its charter has begun. */
export interface Founded {
  readonly room: Room;
  readonly state: SealedState;
  readonly first: SignedRoster;
}

/** The rosters of a founding that calls the room `name`. */
export function rostersOf(
  visit: Visit,
  name: GroupName,
  { parts: { records = [], chain } }: RoomFounding,
): Result<FoundedRosters, CommitRefusal> {
  const { account } = visit.user;
  const device = decodeBase64url(visit.device ?? '');
  if (chain === undefined || account === undefined || device === undefined) return err('no-chain');
  if (!isChainOf(chain, visit.user, account, device)) return err('no-chain');
  const [charter, ...others] = records;
  if (charter === undefined || encodeBase64url(charter.device) !== visit.device) {
    return err('record-refused');
  }
  const first = foundRoster(charter, chain);
  if (!first.ok || first.value.group !== name) return err('record-refused');
  const last = withRecords(first.value, others, visit);
  return last === undefined ? err('record-refused') : ok({ first: first.value, last });
}
