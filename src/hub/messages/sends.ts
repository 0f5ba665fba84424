// SEND: a message of an account in the extended protocol. Checks the number first, then the place, and uses the number
// up only if the message is accepted: a refused message can be sent again under its number.

import { invariant } from '../../lib/invariant.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import {
  conversationOf,
  directConversation,
  groupAt,
  groupConversation,
  parseMessageId,
  parsePlace,
  type Place,
} from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { KeptFileId } from '../../wire/kept-files.ts';
import type { LineText } from '../../wire/text.ts';
import type { KeptFile } from '../files/kept/kept-state.ts';
import { fileSent, fileToSend } from '../files/kept/uploads.ts';
import { hasBlocked } from '../users/blocks.ts';
import { deviceOf } from '../users/devices.ts';
import { addWaiting, directLog, hasRoomFor, keptSize, mayBegin } from './directs.ts';
import type { SaidPost, Speaker } from '../effects.ts';
import { keepingRefusal, postDirect, postSealed, postToGroup, postToLobby } from './posts.ts';
import { keepsGroup, keepsLobby } from './logs.ts';
import { isOverQuota } from '../quotas.ts';
import { longestLifeMs } from '../../wire/expiry.ts';
import { lastCommitOf, openCommits, type SealedState } from '../groups/sealed/sealed-state.ts';
import { noteSpoken, writeRefusal } from '../groups/sanctions.ts';
import { isFounded, isWholly, peerIn } from '../groups/sealed/private-room.ts';
import { findRoom, isIn, isPrivate, roomPlaceOf, type Room } from '../groups/sealed/room.ts';
import { findGroupFor, findNamed, type Group, type User, type Visit } from '../state.ts';
import { accept, arrivalOf } from './streams.ts';
import { change, fail, groupNameAt, report, type Turn } from '../turn.ts';

type Send = RequestOf<'SEND'>;

/** Requests that have a number of a stream. */
type Numbered = Send | RequestOf<'COMMIT'>;

const noMessage = { text: undefined, content: undefined, sealed: undefined, welcome: undefined };

/** Where a message goes, after all checks. */
type Target =
  | { readonly kind: 'lobby'; readonly text: LineText }
  | { readonly kind: 'group'; readonly group: Group; readonly text: LineText }
  | { readonly kind: 'sealed'; readonly group: Group }
  /** `isForRoom`: it is sealed for all devices of both, and not for one. */
  | { readonly kind: 'direct'; readonly peer: User; readonly isForRoom: boolean };

export function sendMessage(turn: Turn, visit: Visit, request: Send, at: number): void {
  const { user, connection } = visit;
  const { account } = user;
  const id = parseMessageId(request.id);
  const place = parsePlace(request.in);
  invariant(account && id && place, 'the schema has checked the request, the form the account');
  const sent = arrived(turn, visit, request);
  if (sent === undefined) return;
  const target = findTarget(turn, visit, request, place, at);
  const file = request.file === undefined ? undefined : fileOf(turn, visit, request.file, target);
  if (typeof file === 'string') {
    fail(turn, connection, request, file, { id: request.id });
    return;
  }
  if (typeof target === 'string') {
    const last = target === 'stale' ? lastCommitAt(turn, visit, place) : undefined;
    const retryMs = target === 'too-soon' ? waitAt(turn, visit, place, at) : undefined;
    fail(turn, connection, request, target, { id: request.id, last, retryMs });
    return;
  }
  accept(turn, account, id);
  const { label } = request;
  const said = say(turn, target, visit, request, sent, at);
  const { name, seq } = said;
  endLater(turn, said, request.ttl);
  if (file !== undefined) fileSent(turn, file, receiversOf(target), seq);
  report(turn, connection, { verb: 'SENT', label, in: name, id: request.id, seq, at });
}

/** [13.13] The message names its time. */
function endLater(turn: Turn, { log, seq }: SaidPost, ttl: Send['ttl']): void {
  if (ttl === undefined || log === undefined || seq === undefined) return;
  const ends = turn.hub.kept.age + longestLifeMs(ttl);
  change(turn, { type: 'line-expiring', log, seq, ends });
}

/**
 * What is known of the number of a request, if it is the next one of its stream; it is not used up by that. Undefined
 * otherwise: then the request is answered.
 */
export function arrived(turn: Turn, visit: Visit, request: Numbered): Speaker['sent'] {
  const { account } = visit.user;
  const id = parseMessageId(request.id);
  const place = parsePlace(request.in);
  invariant(account && id && place, 'the schema has checked the request, the form the account');
  const arrival = arrivalOf(account, id);
  const { stream, number } = id;
  const before = account.streams?.get(stream);
  const sent = { account: account.id, stream, number, before, label: request.label };
  if (arrival.kind === 'next') return sent;
  if (arrival.kind === 'repeat') {
    repeat(turn, visit, request, place, sent);
  } else {
    const { expected } = arrival;
    fail(turn, visit.connection, request, 'out-of-order', { id: request.id, expected });
  }
  return undefined;
}

/** The kept file that a message is about. A refusal of the message comes first. */
function fileOf(
  turn: Turn,
  visit: Visit,
  id: KeptFileId,
  target: Target | FailureCode,
): KeptFile | FailureCode | undefined {
  if (typeof target === 'string') return undefined;
  switch (target.kind) {
    case 'lobby':
    case 'group':
      return 'malformed';
    case 'sealed':
      return fileToSend(turn, visit, id, groupConversation(target.group.name));
    case 'direct':
      return fileToSend(turn, visit, id, directConversation(visit.user.name, target.peer.name));
  }
}

function receiversOf(target: Target): Iterable<User> {
  if (target.kind === 'direct') return [target.peer];
  return target.kind === 'sealed' ? target.group.members.keys() : [];
}

function lastCommitAt({ hub }: Turn, visit: Visit, place: Place): number | undefined {
  const where = roomPlaceOf(hub, visit, place, groupAt(place));
  const room = where.ok ? findRoom(hub, visit, where.value) : undefined;
  return room?.sealed && lastCommitOf(room.sealed);
}

function waitAt(turn: Turn, visit: Visit, place: Place, at: number): number | undefined {
  const group = findGroupFor(turn.hub, groupNameAt(turn, place) ?? '', visit);
  const refusal = group && writeRefusal(group, visit.user, at);
  return refusal && 'retryMs' in refusal ? refusal.retryMs : undefined;
}

/** Nothing is posted again. The first message may not be on the disk yet, so the answer waits for the same commit. */
function repeat(
  turn: Turn,
  { connection, user: { name: from } }: Visit,
  request: Numbered,
  place: Place,
  sent: Speaker['sent'],
): void {
  const name = conversationOf(from, place);
  const by = { connection, log: undefined, repeats: true, sent };
  const { label, id } = request;
  const { text, content, sealed, welcome } = request.verb === 'SEND' ? request : noMessage;
  const commit = request.verb === 'COMMIT' ? request.commit : undefined;
  const repeated = { label, place, name, id, from, text, content, sealed, welcome, commit };
  turn.effects.push({ type: 'repeat', by, repeated });
}

function findTarget(
  turn: Turn,
  visit: Visit,
  request: Send,
  place: Place,
  at: number,
): Target | FailureCode {
  // Also if the message is not stored: its number is.
  const refusal = keepingRefusal(turn);
  if (refusal !== undefined) return refusal;
  if (place.kind === 'direct') {
    const isForRoom = request.seen !== undefined || request.on !== undefined;
    return isForRoom
      ? findPrivateRoom(turn, visit, request, place)
      : findPeer(turn, visit, request, place.user);
  }
  const { text } = request;
  const { account } = visit.user;
  const isOver = account !== undefined && isOverQuota(turn.env, account, at);
  const name = groupNameAt(turn, place);
  const isSealedLobby = place.kind === 'lobby' && name !== undefined;
  if (isSealedLobby && !visit.can.sealed) return 'lobby-sealed';
  // Whoever has not entered yet says it again once it has.
  if (isSealedLobby && text !== undefined) return 'is-sealed';
  const group = name && findGroupFor(turn.hub, name, visit);
  if (group?.sealed !== undefined) {
    return (
      sealedRefusal(group, group.sealed, visit, request) ??
      writeRefusal(group, visit.user, at)?.code ??
      (isOver ? 'over-quota' : { kind: 'sealed', group })
    );
  }
  const sealed = request.sealed ?? request.welcome ?? request.device ?? request.ttl;
  if (text === undefined || sealed !== undefined) return isSealedLobby ? 'stale' : 'malformed';
  if (place.kind === 'lobby') {
    return isOver && keepsLobby(turn) ? 'over-quota' : { kind: 'lobby', text };
  }
  if (group === undefined) return 'no-such-place';
  if (!group.members.has(visit.user)) return 'not-a-member';
  const refused = writeRefusal(group, visit.user, at);
  if (refused !== undefined) return refused.code;
  return isOver && keepsGroup(turn, group) ? 'over-quota' : { kind: 'group', group, text };
}

/** Why a message to a room is not taken: it must come from a state of now, and behind who is out. */
function sealedRefusal(
  room: Room,
  state: SealedState,
  { user }: Visit,
  { text, content, sealed, welcome, device, seen, on }: Send,
): FailureCode | undefined {
  if (!isIn(room, user)) return 'not-a-member';
  if (text !== undefined) return 'is-sealed';
  const isWhole = sealed !== undefined && seen !== undefined && on !== undefined;
  if (!isWhole || (welcome ?? device ?? content) !== undefined || on > seen) return 'malformed';
  const open = state.commits.slice(0, openCommits);
  return on >= state.lastOut && open.some(({ seq }) => seq === on) ? undefined : 'stale';
}

function findPeer(
  turn: Turn,
  { user }: Visit,
  { text, content, sealed, welcome, device }: Send,
  name: string,
): Target | FailureCode {
  if (text !== undefined) return 'not-encrypted';
  const isWhole = sealed !== undefined && device !== undefined && content === undefined;
  if (!isWhole) return 'malformed';
  const peer = findNamed(turn.hub, name);
  if (peer?.account === undefined) return 'no-such-account';
  if (peer === user) return 'to-yourself';
  // A single device of theirs would read it, and none of the others.
  const direct = user.account?.directs?.get(peer);
  if (direct !== undefined && isWholly(direct)) return 'is-sealed';
  if (deviceOf(peer.account, device) === undefined) return 'device-changed';
  if (turn.env.keep.direct) {
    if (!mayBegin(turn, user, peer)) return 'too-many-conversations';
    const bytes = keptSize({ sealed, welcome });
    const fits = hasRoomFor(turn, user, peer, bytes);
    return fits ? { kind: 'direct', peer, isForRoom: false } : 'too-much-waits';
  }
  // Nobody would ever receive it.
  return peer.visits.some((visit) => visit.private) && !hasBlocked(peer, user)
    ? { kind: 'direct', peer, isForRoom: false }
    : 'not-kept';
}

/** A private conversation that is sealed, for a message of it. */
function findPrivateRoom(
  turn: Turn,
  visit: Visit,
  request: Send,
  place: Place,
): Target | FailureCode {
  const where = roomPlaceOf(turn.hub, visit, place, undefined);
  if (!where.ok) return where.error;
  const room = findRoom(turn.hub, visit, where.value);
  if (room?.sealed === undefined || !isPrivate(room) || !isFounded(room)) return 'not-sealed';
  const refusal = sealedRefusal(room, room.sealed, visit, request);
  if (refusal !== undefined) return refusal;
  const peer = peerIn(room, visit.user) ?? visit.user;
  const fits = hasRoomFor(turn, visit.user, peer, keptSize(request));
  return fits ? { kind: 'direct', peer, isForRoom: true } : 'too-much-waits';
}

function say(
  turn: Turn,
  target: Target,
  visit: Visit,
  { id, content, sealed, welcome, device, seen, on }: Send,
  sent: Speaker['sent'],
  at: number,
): SaidPost {
  // Written out each time: copying an object with one more field takes twenty times as long as all the rest.
  switch (target.kind) {
    case 'lobby':
      return postToLobby(turn, { visit, at, id, sent, text: target.text, content });
    case 'group': {
      const { group, text } = target;
      noteSpoken(group, visit.user, at);
      return postToGroup(turn, group, { visit, at, id, sent, text, content }, visit.connection);
    }
    case 'sealed':
      noteSpoken(target.group, visit.user, at);
      return postSealed(turn, target.group, {
        visit,
        at,
        id,
        sent,
        sealed,
        inSealed: { seen, on },
      });
    case 'direct': {
      const people = [visit.user, target.peer] as const;
      const isWithheld = hasBlocked(target.peer, visit.user);
      const log = directLog(turn, people, isWithheld ? visit.user : undefined);
      const inSealed = target.isForRoom ? { seen, on } : undefined;
      const said = { visit, at, id, sent, sealed, welcome, device, inSealed };
      if (log !== undefined) {
        addWaiting(visit.user, target.peer, keptSize(said));
      }
      return postDirect(turn, target.peer, log, isWithheld, said);
    }
  }
}
