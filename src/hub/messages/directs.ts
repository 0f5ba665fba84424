// Conversations of two accounts: what is stored between them, how far each one's devices have fetched it, and its
// deletion once all of them have it that count (users/devices.ts). The texts are opaque here.

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
  type Log,
  type User,
  type Visit,
} from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

/** Two people in the order of their conversation's name. */
export function inOrder(one: User, other: User): Direct['people'] {
  return directConversation(one.name, other.name).startsWith(`@${one.name}+`)
    ? [one, other]
    : [other, one];
}

/** Adds a conversation to both accounts. */
export function addDirect(people: Direct['people'], log: Log): Direct {
  const [one, other] = people;
  invariant(one.account && other.account, 'only accounts have conversations that are kept');
  const direct: Direct = {
    log,
    people,
    got: [0, 0],
    furthest: [0, 0],
    cursors: [[], []],
    waiting: { bytes: [0, 0], messages: 0 },
  };
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
export function directLog(turn: Turn, people: Direct['people'], only?: User): Log | undefined {
  if (!turn.env.keep.direct) return undefined;
  const [one, other] = people;
  let direct = one.account?.directs?.get(other);
  if (direct === undefined) {
    direct = addDirect(people, makeLog(turn, directConversation(one.name, other.name)));
    reportDirect(turn, direct, only === undefined ? people : [only]);
  }
  return direct.log;
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
  const [one, two] = direct?.waiting.bytes ?? [0, 0];
  if (one + two + bytes > env.maxWaitingPerDirect) return false;
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
  direct.waiting.messages += 1;
  grow(direct, direct.people[0] === sender ? 0 : 1, bytes);
}

/** Counts messages from before the start: some of one conversation, and how much each of the two wrote. */
export function addEarlier(
  { hub }: Turn,
  id: LogId,
  bytes: readonly [number, number],
  messages: number,
): void {
  const conversation = parseConversation(hub.logs.get(id)?.name ?? '');
  if (conversation?.kind !== 'direct') return;
  const [one, other] = conversation.people.map((name) => findNamed(hub, name));
  const direct = other && one?.account?.directs?.get(other);
  if (direct?.log.id !== id) return;
  direct.waiting.messages += messages;
  for (const side of [0, 1] as const) grow(direct, side, bytes[side]);
  settle(direct);
}

/**
 * Reckons how far one of the two is. `counting`: their devices that count. Where none does, whatever one of them has is
 * settled.
 */
export function reckon(direct: Direct, side: 0 | 1, counting: readonly AccountDevice[]): void {
  const all = direct.cursors[side].map(({ seq }) => seq);
  direct.furthest[side] = Math.max(0, ...all);
  const each = counting.map(({ key }) => cursorOf(direct, side, key));
  direct.got[side] = each.length === 0 ? direct.furthest[side] : Math.min(...each);
}

/** Another device of somebody counts. */
export function countAgain(user: User, at: number): void {
  const counting = seenDevices(user, at);
  for (const direct of user.account?.directs?.values() ?? []) {
    reckon(direct, sideOf(direct, user), counting);
  }
}

function sideOf({ people }: Direct, user: User): 0 | 1 {
  return people[0] === user ? 0 : 1;
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
    const cursors = direct.cursors[side];
    const gone = cursors.filter(({ device }) => device === '' || isGone(device));
    const seq = Math.max(0, ...gone.map((one) => one.seq));
    const stay = cursors.filter((one) => !gone.includes(one));
    cursors.splice(0, cursors.length, ...stay);
    if (gone.length > 0 && account !== undefined) {
      cursors.push({ device: '', seq });
      const cursor = { log: direct.log.id, account: account.id, device: '', seq };
      change(turn, { type: 'cursor', cursor });
    }
    reckon(direct, side, counting);
    trimSettled(turn, direct);
  }
}

/** What all have is deleted. */
function trimSettled(turn: Turn, direct: Direct): void {
  const { log, got } = direct;
  const first = Math.min(...got) + 1;
  if (first > log.first) {
    log.first = first;
    change(turn, { type: 'log-trimmed', log: log.id, first });
  }
  settle(direct);
}

/** Up to which number nothing waits: all have it that count, or it was deleted. */
export function settledUpTo({ log, got }: Direct): number {
  return Math.max(Math.min(...got), log.first - 1);
}

/**
 * Messages that were fetched, or deleted for their age, wait no longer. The bytes are estimated by the number of
 * messages.
 */
function settle(direct: Direct): void {
  const { log, waiting } = direct;
  const left = Math.max(0, log.last - settledUpTo(direct));
  if (left >= waiting.messages) return;
  const part = left / waiting.messages;
  waiting.messages = left;
  for (const side of [0, 1] as const) {
    const bytes = waiting.bytes[side];
    grow(direct, side, Math.round(bytes * part) - bytes);
  }
}

function grow({ people, waiting }: Direct, side: 0 | 1, bytes: number): void {
  waiting.bytes[side] += bytes;
  const { account } = people[side];
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
  const { log, cursors, furthest } = direct;
  const own = sideOf(direct, user);
  const { account } = user;
  const device = account && deviceOf(account, key);
  const seq = Math.min(upTo, log.last);
  if (account === undefined || device === undefined) return;
  if (seq <= cursorOf(direct, own, device.key)) return;
  noteSeen(turn, account, device, at);
  const known = cursors[own].find((one) => one.device === device.key);
  if (known === undefined) cursors[own].push({ device: device.key, seq });
  else known.seq = seq;
  const cursor = { log: log.id, account: account.id, device: device.key, seq };
  change(turn, { type: 'cursor', cursor });
  const before = furthest[own];
  reckon(direct, own, seenDevices(user, at));
  trimSettled(turn, direct);
  if (furthest[own] <= before) return;
  const delivered = { verb: 'DELIVERED' as const, in: log.name, by: user.name, seq };
  for (const visit of peer.visits) {
    if (visit.private) report(turn, visit.connection, delivered);
  }
}

/** An account is removed with its conversations with others, who are notified. */
export function removeDirects(turn: Turn, user: User): void {
  for (const [peer, direct] of user.account?.directs ?? []) {
    const { log, waiting } = direct;
    for (const side of [0, 1] as const) grow(direct, side, -waiting.bytes[side]);
    peer.account?.directs?.delete(user);
    removeLog(turn, log);
    reportLeft(turn, peer, log.name, 'removed');
  }
}
