// Conversations of two accounts, and of one with itself: what is stored there, how far each one's devices have fetched
// it, and its deletion once all of them have it that count (users/devices.ts). The texts are opaque here.

import { invariant } from '../../lib/invariant.ts';
import { directConversation, parseConversation, parsePlace } from '../../wire/extended/names.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import { cursorOf, reportDirect, reportLeft } from './conversations.ts';
import { makeLog, removeLog } from './logs.ts';
import { messageBytes } from '../quotas.ts';
import type { LogId } from '../records.ts';
import { deviceOf, noteSeen, seenDevices } from '../users/devices.ts';
import {
  findNamed,
  type AccountDevice,
  type Direct,
  type DirectSide,
  type Log,
  type User,
  type Visit,
} from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

/** The people of a conversation. */
export type DirectPeople = readonly [one: User, other: User];

/** Adds a conversation to both accounts. */
export function addDirect([one, other]: DirectPeople, log: Log): Direct {
  invariant(one.account && other.account, 'only accounts have conversations that are kept');
  const isInOrder = log.name.startsWith(`@${one.name}+`);
  const people = one === other ? [one] : isInOrder ? [one, other] : [other, one];
  const sides = people.map((user) => ({
    user,
    got: 0,
    furthest: 0,
    cursors: [],
    waitingBytes: 0,
  }));
  const direct: Direct = { log, sides, waitingMessages: 0, sealed: undefined };
  (one.account.directs ??= new Map()).set(other, direct);
  (other.account.directs ??= new Map()).set(one, direct);
  return direct;
}

/** Whether an account may write to `peer`: always if they have written before. */
export function mayBegin({ env }: Turn, { account }: User, peer: User): boolean {
  const directs = account?.directs;
  return directs?.has(peer) || (directs?.size ?? 0) < env.maxDirectsPerAccount;
}

/**
 * The log of two people's next message, made if there is none yet. Undefined if it is not stored. `only`: the only one
 * to be notified of it.
 */
export function directLog(turn: Turn, people: DirectPeople, only?: User): Log | undefined {
  if (!turn.env.keep.direct) return undefined;
  const [one, other] = people;
  const isNew = one.account?.directs?.has(other) !== true;
  const direct = directWith(turn, people);
  if (isNew) reportDirect(turn, direct, only === undefined ? people : [only]);
  return direct.log;
}

/** The conversation of two people, made if there is none yet. */
export function directWith(turn: Turn, people: DirectPeople): Direct {
  const [one, other] = people;
  return (
    one.account?.directs?.get(other) ??
    addDirect(people, makeLog(turn, directConversation(one.name, other.name)))
  );
}

/** The size of a stored private message, in bytes. */
export function keptSize(said: {
  readonly sealed?: string | undefined;
  readonly welcome?: string | undefined;
}): number {
  return (said.sealed?.length ?? 0) + (said.welcome?.length ?? 0) + messageBytes;
}

/**
 * Whether `bytes` more may wait between two people, and in everything that `sender` wrote to anybody. What others have
 * written does not count: otherwise they could stop a person from writing at all, even with messages that this person
 * blocked.
 */
export function hasRoomFor({ env }: Turn, sender: User, other: User, bytes: number): boolean {
  const { account } = sender;
  const direct = account?.directs?.get(other);
  if (direct !== undefined) settle(direct);
  let waiting = 0;
  for (const side of direct?.sides ?? []) waiting += side.waitingBytes;
  if (waiting + bytes > env.maxWaitingPerDirect) return false;
  const fits = () => (account?.waitingBytes ?? 0) + bytes <= env.maxWaitingPerAccount;
  if (fits()) return true;
  // Nobody has reported yet what was deleted for its age meanwhile.
  for (const any of account?.directs?.values() ?? []) settle(any);
  return fits();
}

/** Counts a message of `bytes` that waits for `other`. */
export function addWaiting(sender: User, other: User, bytes: number): void {
  const direct = sender.account?.directs?.get(other);
  if (direct === undefined) return;
  direct.waitingMessages += 1;
  grow(sideOf(direct, sender), bytes);
}

/** Counts messages from before the start: some of one conversation, and how much each of its people wrote. */
export function addEarlier(
  { hub }: Turn,
  id: LogId,
  bytes: readonly number[],
  messages: number,
): void {
  const conversation = parseConversation(hub.logs.get(id)?.name ?? '');
  if (conversation?.kind !== 'direct') return;
  const [one, other] = conversation.people.map((name) => findNamed(hub, name));
  const direct = other && one?.account?.directs?.get(other);
  if (direct?.log.id !== id) return;
  direct.waitingMessages += messages;
  for (const [at, side] of direct.sides.entries()) grow(side, bytes[at] ?? 0);
  settle(direct);
}

/**
 * Reckons how far one of its people is. `counting`: their devices that count. Where none does, whatever one of them has is
 * settled.
 */
export function reckon(side: DirectSide, counting: readonly AccountDevice[]): void {
  side.furthest = Math.max(0, ...side.cursors.map(({ seq }) => seq));
  const each = counting.map(({ key }) => cursorOf(side, key));
  side.got = each.length === 0 ? side.furthest : Math.min(...each);
}

/** Another device of somebody counts. */
export function countAgain(user: User, at: number): void {
  const counting = seenDevices(user, at);
  for (const direct of user.account?.directs?.values() ?? []) {
    reckon(sideOf(direct, user), counting);
  }
}

function sideOf({ sides }: Direct, user: User): DirectSide {
  const side = sides.find((one) => one.user === user);
  invariant(side, 'only its people look into a conversation');
  return side;
}

/** Devices are no more: nothing waits for them. The store forgets their cursors together with them. */
export function forgetCursors(
  turn: Turn,
  user: User,
  isGone: (device: string) => boolean,
  at: number,
): void {
  const { account } = user;
  const counting = seenDevices(user, at);
  for (const direct of account?.directs?.values() ?? []) {
    const side = sideOf(direct, user);
    const { cursors } = side;
    const gone = cursors.filter(({ device }) => device === '' || isGone(device));
    const seq = Math.max(0, ...gone.map((one) => one.seq));
    const stay = cursors.filter((one) => !gone.includes(one));
    cursors.splice(0, cursors.length, ...stay);
    if (gone.length > 0 && account !== undefined) {
      cursors.push({ device: '', seq });
      const cursor = { log: direct.log.id, account: account.id, device: '', seq };
      change(turn, { type: 'cursor', cursor });
    }
    reckon(side, counting);
    trimSettled(turn, direct);
  }
}

/** What all have is deleted. */
function trimSettled(turn: Turn, direct: Direct): void {
  const { log } = direct;
  const first = allGot(direct) + 1;
  if (first > log.first) {
    log.first = first;
    change(turn, { type: 'log-trimmed', log: log.id, first });
  }
  settle(direct);
}

function allGot({ sides }: Direct): number {
  return Math.min(...sides.map(({ got }) => got));
}

/** Up to which number nothing waits: all have it that count, or it was deleted. */
export function settledUpTo(direct: Direct): number {
  return Math.max(allGot(direct), direct.log.first - 1);
}

/**
 * Messages that were fetched, or deleted for their age, wait no longer. The bytes are estimated by the number of
 * messages.
 */
function settle(direct: Direct): void {
  const { log, sides, waitingMessages } = direct;
  const left = Math.max(0, log.last - settledUpTo(direct));
  if (left >= waitingMessages) return;
  const part = left / waitingMessages;
  direct.waitingMessages = left;
  for (const side of sides) {
    grow(side, Math.round(side.waitingBytes * part) - side.waitingBytes);
  }
}

function grow(side: DirectSide, bytes: number): void {
  side.waitingBytes += bytes;
  const { account } = side.user;
  if (account !== undefined) account.waitingBytes = (account.waitingBytes ?? 0) + bytes;
}

/**
 * GOT: the device of `visit` has stored all messages up to a number. The other is notified of the furthest. What all have
 * is deleted.
 */
export function gotMessages(turn: Turn, visit: Visit, request: RequestOf<'GOT'>, at: number): void {
  const { user, connection } = visit;
  // A second program does not have the store of the first. What the first has not read must not be deleted.
  if (!visit.private) {
    fail(turn, connection, request, 'not-here');
    return;
  }
  const place = parsePlace(request.in);
  const peer = place?.kind === 'direct' ? findNamed(turn.hub, place.user) : undefined;
  if (place?.kind !== 'direct') {
    fail(turn, connection, request, 'no-such-place');
    return;
  }
  if (peer?.account === undefined) {
    fail(turn, connection, request, 'no-such-account');
    return;
  }
  const direct = user.account?.directs?.get(peer);
  if (direct === undefined) fail(turn, connection, request, 'not-kept');
  else if (!turn.hub.storing) fail(turn, connection, request, 'store-failed');
  else advance(turn, direct, visit, peer, { upTo: request.seq, at });
}

function advance(
  turn: Turn,
  direct: Direct,
  { user, device: key }: Visit,
  peer: User,
  { upTo, at }: { readonly upTo: number; readonly at: number },
): void {
  const { log } = direct;
  const own = sideOf(direct, user);
  const { account } = user;
  const device = account && deviceOf(account, key);
  const seq = Math.min(upTo, log.last);
  if (account === undefined || device === undefined) return;
  if (seq <= cursorOf(own, device.key)) return;
  noteSeen(turn, account, device, at);
  const known = own.cursors.find((one) => one.device === device.key);
  if (known === undefined) own.cursors.push({ device: device.key, seq });
  else known.seq = seq;
  const cursor = { log: log.id, account: account.id, device: device.key, seq };
  change(turn, { type: 'cursor', cursor });
  const before = own.furthest;
  reckon(own, seenDevices(user, at));
  trimSettled(turn, direct);
  if (own.furthest <= before || peer === user) return;
  const delivered = { verb: 'DELIVERED' as const, in: log.name, by: user.name, seq };
  for (const visit of peer.visits) {
    if (visit.private) report(turn, visit.connection, delivered);
  }
}

/** An account is removed with its conversations with others, who are notified. */
export function removeDirects(turn: Turn, user: User): void {
  for (const [peer, direct] of user.account?.directs ?? []) {
    const { log, sides } = direct;
    for (const side of sides) grow(side, -side.waitingBytes);
    peer.account?.directs?.delete(user);
    removeLog(turn, log);
    reportLeft(turn, peer, log.name, 'removed');
  }
}
