// Who hears that somebody is writing, or has read [13.14]: the other accounts of a conversation with few of them. Looked up
// for the shell, which passes signals on; the hub keeps nothing of them. Guests hear and say nothing, nor does anybody
// where one of the two has blocked the other.

import { err, ok, type Result } from '../../lib/result.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import {
  groupConversation,
  lobbyName,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { ConnectionId } from '../effects.ts';
import { hearsRoom, isFounded, isInPrivate, peerIn } from '../groups/sealed/private-room.ts';
import type { AccountId, LogId } from '../records.ts';
import {
  findGroupFor,
  findNamed,
  hearsGroup,
  type Group,
  type Hub,
  type User,
  type Visit,
} from '../state.ts';
import { hasBlocked } from '../users/blocks.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';

/** In a conversation of more accounts nobody is told. */
export const maxSignalled = 32;

/** One of the others there. */
export interface SignalHearer {
  readonly account: AccountId;
  readonly name: Username;
  /** The keys of its devices, base64url. */
  readonly devices: readonly string[];
  /** Those that hear signals. */
  readonly connections: readonly ConnectionId[];
}

/** Where a signal goes. */
export interface SignalPlace {
  readonly name: ConversationName;
  /** Undefined where nothing is kept. */
  readonly log: LogId | undefined;
  readonly isSealed: boolean;
  readonly from: { readonly account: AccountId; readonly name: Username; readonly device: string };
  /** The other accounts. Undefined where there are more than are told. */
  readonly others: readonly SignalHearer[] | undefined;
}

/** Where a signal of a connection goes, or why nowhere. */
export function signalPlace(
  hub: Hub,
  connection: ConnectionId,
  place: Place,
): Result<SignalPlace, FailureCode> {
  const phase = hub.connections.get(connection);
  const visit = phase?.name === 'open' ? phase.visit : undefined;
  const { user, device } = visit ?? {};
  const account = user?.account;
  if (visit === undefined || user === undefined || device === undefined || account === undefined) {
    return err('no-such-place');
  }
  const found = audienceAt(hub, visit, place);
  if (!found.ok) return found;
  const { accounts, hears, ...where } = found.value;
  const from = { account: account.id, name: user.name, device };
  return ok({ ...where, from, others: accounts && othersOf(user, accounts, hears) });
}

interface SignalAudience extends Pick<SignalPlace, 'name' | 'log' | 'isSealed'> {
  /** Undefined where there are too many. */
  readonly accounts: readonly User[] | undefined;
  readonly hears: (visit: Visit) => boolean;
}

function audienceAt(hub: Hub, visit: Visit, place: Place): Result<SignalAudience, FailureCode> {
  const { user } = visit;
  switch (place.kind) {
    case 'lobby': {
      const sealed = hub.groups.get(lobbyGroup);
      if (sealed !== undefined) return groupAudience(visit, sealed, lobbyName);
      const accounts = accountsHere(hub);
      return ok({
        name: lobbyName,
        log: hub.lobby?.id,
        isSealed: false,
        accounts,
        hears: () => true,
      });
    }
    case 'group': {
      const group = findGroupFor(hub, place.group, visit);
      return group === undefined
        ? err('no-such-place')
        : groupAudience(visit, group, groupConversation(group.name));
    }
    case 'direct': {
      const peer = findNamed(hub, place.user);
      if (peer?.account === undefined) return err('no-such-account');
      const direct = user.account?.directs?.get(peer);
      if (direct === undefined || !isFounded(direct) || !hearsRoom(direct, visit))
        return err('not-sealed');
      if (peerIn(direct, user) === undefined) return err('to-yourself');
      return ok({
        name: direct.log.name,
        log: direct.log.id,
        isSealed: true,
        accounts: direct.sides.map((side) => side.user).filter((one) => isInPrivate(direct, one)),
        hears: (other) => hearsRoom(direct, other),
      });
    }
  }
}

function groupAudience(
  visit: Visit,
  group: Group,
  name: ConversationName,
): Result<SignalAudience, FailureCode> {
  if (!hearsGroup(group, visit)) return err('no-such-place');
  if (!group.members.has(visit.user)) return err('not-a-member');
  const accounts =
    group.accounts > maxSignalled
      ? undefined
      : [...group.members.keys()].filter(({ account }) => account !== undefined);
  const isSealed = group.sealed !== undefined;
  return ok({
    name,
    log: group.log?.id,
    isSealed,
    accounts,
    hears: (other) => hearsGroup(group, other),
  });
}

/** The accounts that are connected. Undefined where they are too many. */
function accountsHere(hub: Hub): readonly User[] | undefined {
  const here = new Set<User>();
  for (const phase of hub.connections.values()) {
    if (phase.name !== 'open' || phase.visit.user.account === undefined) continue;
    here.add(phase.visit.user);
    if (here.size > maxSignalled) return undefined;
  }
  return [...here];
}

function othersOf(
  user: User,
  accounts: readonly User[],
  hears: (visit: Visit) => boolean,
): readonly SignalHearer[] {
  return accounts.flatMap((other) => {
    const { name, account, visits } = other;
    if (other === user || account === undefined) return [];
    if (hasBlocked(user, other) || hasBlocked(other, user)) return [];
    const connections = visits
      .filter((visit) => visit.hearsSignals === true && hears(visit))
      .map(({ connection }) => connection);
    return [
      { account: account.id, name, devices: account.devices.map(({ key }) => key), connections },
    ];
  });
}
