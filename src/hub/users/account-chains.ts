// The chains of accounts: which devices an account has, told by links that its devices or its recovery key have signed
// [12.3]. The shell has verified the signatures. What may stand where, wire/statements says; here is what follows from it:
// who may log in, what is thrown away, and who is told. Clients check all of it again.

import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import { fatal } from '../../wire/replies.ts';
import { isDeviceOf, linkBehind, type ChainEnd } from '../../wire/statements/account-chain.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { ConnectionId } from '../effects.ts';
import { settleTaken } from '../files/kept/removals.ts';
import type { HubInput } from '../inputs.ts';
import { forgetCursors } from '../messages/directs.ts';
import type { Account, StoredChain, User, Visit } from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';
import { recordOf } from './account-record.ts';
import { enterInDirectory } from './directory.ts';
import { dayOf, firstDevice, newDevice, recordOfDevice } from './devices.ts';
import { evict } from './people.ts';

type Chaining = Extract<HubInput, { type: 'chain' }>;
type Link = Checked<ChainLink>;

/** The most links that one account may add in a day. */
export const maxLinksPerDay = 16;

/** CHAIN: stores a link of the account's chain, or says why not. The same link again is confirmed again. */
export function addLink(turn: Turn, visit: Visit, { label, link, at }: Chaining): void {
  const { connection, user } = visit;
  const { account } = user;
  const request = { verb: 'CHAIN', label } as const;
  if (account === undefined || link === undefined) {
    fail(turn, connection, request, 'link-refused');
    return;
  }
  const refusal =
    link.body.kind === 'root'
      ? addRoot(turn, visit, account, link, at)
      : isLast(account, link)
        ? undefined
        : extend(turn, user, account, link, at, connection);
  if (refusal !== undefined) {
    fail(turn, connection, request, refusal);
    return;
  }
  // Its device may have taken itself out.
  if (turn.hub.connections.has(connection)) {
    report(turn, connection, { verb: 'CHAINED', label, links: account.chain?.links ?? 0 });
  }
}

function isLast({ chain }: Account, { hash }: Link): boolean {
  return chain?.end !== undefined && equalBytes(chain.end.last.hash, hash);
}

/** `device`: whose root it has to be. */
function addRoot(
  turn: Turn,
  { user, device }: Pick<Visit, 'user' | 'device'>,
  account: Account,
  link: Link,
  at: number,
): FailureCode | undefined {
  const end = endOfRoot(link, user);
  if (end === undefined) return 'link-refused';
  const root = encodeBase64url(link.hash);
  if (account.chain !== undefined) return account.chain.root === root ? undefined : 'other-root';
  const [first] = end.devices;
  if (first === undefined || encodeBase64url(first.key) !== device) return 'link-refused';
  if (!turn.hub.storing) return 'store-failed';
  const chain = { root, links: 1, end, added: { day: dayOf(at), links: 1 } };
  keepLink(turn, user, account, chain, link.bytes);
  return undefined;
}

function endOfRoot({ hash, body }: Link, { name }: User): ChainEnd | undefined {
  if (body.kind !== 'root' || body.name !== name) return undefined;
  const last = { hash, byRecovery: false, recovery: body.recovery };
  return { devices: [{ key: body.device }], revoked: [], links: 1, last };
}

/** Adds a link that the server has lost: the root of the account's first device, or one behind the last. */
export function addNext(
  turn: Turn,
  user: User,
  account: Account,
  link: Link,
  at: number,
): FailureCode | undefined {
  if (link.body.kind !== 'root') return extend(turn, user, account, link, at);
  return addRoot(turn, { user, device: firstDevice(account) }, account, link, at);
}

/** The end of an account's chain with `links` behind it; undefined where they cannot stand there. */
export function endWith(
  user: User,
  account: Account,
  links: readonly Link[],
): ChainEnd | undefined {
  const { chain } = account;
  const [first, ...behind] = links;
  let end = chain === undefined ? first && endOfRoot(first, user) : chain.end;
  if (chain === undefined && end?.devices.some(isFirst(account)) !== true) return undefined;
  for (const link of chain === undefined ? behind : links) {
    const next = end && linkBehind(end, link);
    end = next?.ok === true ? next.value : undefined;
  }
  return end;
}

function isFirst(account: Account): (device: ChainEnd['devices'][number]) => boolean {
  return ({ key }) => encodeBase64url(key) === firstDevice(account);
}

function keepLink(
  turn: Turn,
  { name }: User,
  account: Account,
  chain: StoredChain & { readonly end: ChainEnd },
  bytes: Uint8Array,
): void {
  account.chain = chain;
  const { hash } = chain.end.last;
  const n = chain.links - 1;
  const link = {
    account: account.id,
    n,
    hash: encodeBase64url(hash),
    link: encodeBase64url(bytes),
  };
  change(turn, { type: 'link', link });
  enterInDirectory(turn, name, hash);
}

/** Puts a link behind those of an account, and follows it. Returns why not. */
export function extend(
  turn: Turn,
  user: User,
  account: Account,
  link: Link,
  at: number,
  by?: ConnectionId,
): FailureCode | undefined {
  const { chain } = account;
  if (chain === undefined) return 'no-chain';
  if (chain.end === undefined) return 'link-refused';
  if (!equalBytes(chain.end.last.hash, link.prev)) return 'stale';
  const next = linkBehind(chain.end, link);
  if (!next.ok) {
    const isCap = next.error === 'too-many-links' || next.error === 'too-many-devices';
    return isCap ? next.error : 'link-refused';
  }
  const today = chain.added?.day === dayOf(at) ? chain.added.links : 0;
  // Whoever has stolen a device may have used up the day.
  if (today >= maxLinksPerDay && !next.value.last.byRecovery) return 'too-many-links';
  if (!turn.hub.storing) return 'store-failed';
  const { root, links } = chain;
  const added = { day: dayOf(at), links: today + 1 };
  const grown = { root, links: links + 1, end: next.value, added };
  keepLink(turn, user, account, grown, link.bytes);
  followChain(turn, user, account, next.value, at, by);
  return undefined;
}

/** Brings the devices of an account to what its chain says, and tells its connections, but for the one that brings it. */
function followChain(
  turn: Turn,
  user: User,
  account: Account,
  end: ChainEnd,
  at: number,
  by: ConnectionId | undefined,
): void {
  const before = firstDevice(account);
  const keys = new Set(end.devices.map(({ key }) => encodeBase64url(key)));
  const gone = account.devices.filter(({ key }) => !keys.has(key));
  const stay = account.devices.filter(({ key }) => keys.has(key));
  const come = end.devices.flatMap(({ key, form }) => {
    const text = encodeBase64url(key);
    return stay.some((device) => device.key === text) ? [] : [newDevice(text, at, form)];
  });
  account.devices = [...stay, ...come];
  for (const device of come) {
    change(turn, { type: 'device', device: recordOfDevice(account.id, device) });
  }
  if (firstDevice(account) !== before) {
    change(turn, { type: 'account', account: recordOf(user, account) });
  }
  tellDevices(turn, user, account, by);
  forgetDevices(
    turn,
    user,
    account,
    gone.map(({ key }) => key),
    at,
  );
}

function tellDevices(
  turn: Turn,
  { name, visits }: User,
  { chain }: Account,
  by: ConnectionId | undefined,
): void {
  const event = { verb: 'CHAIN_CHANGED', user: name, links: chain?.links ?? 0 } as const;
  for (const { connection, can } of visits) {
    if (can.devices === true && connection !== by) report(turn, connection, event);
  }
}

/** What belongs to devices that are no more is thrown away, and their connections end. */
function forgetDevices(
  turn: Turn,
  user: User,
  account: Account,
  keys: readonly string[],
  at: number,
): void {
  if (keys.length === 0) return;
  forgetCursors(turn, user, (device) => keys.includes(device), at);
  for (const device of keys) {
    change(turn, { type: 'device-removed', account: account.id, device });
  }
  settleTaken(turn, user, at);
  for (const { connection, device } of user.visits) {
    if (device === undefined || !keys.includes(device)) continue;
    evict(turn, connection, { verb: '-ERR', text: fatal.text('device-revoked') });
  }
}

/**
 * Whether `links` go on from the last one, each signed by the recovery key, and the last of them adds the device `key`. The
 * others may make room for it: whoever has stolen a device may have added as many as there can be.
 */
export function isRecovery({ chain }: Account, links: readonly Link[], key: Uint8Array): boolean {
  let end = chain?.end;
  for (const link of links) {
    const next = end && linkBehind(end, link);
    if (next?.ok !== true || !next.value.last.byRecovery) return false;
    end = next.value;
  }
  const added = links.at(-1)?.body;
  return added?.kind === 'add' && equalBytes(added.key, key);
}

/** Whether a key was a device of the account, and is none any more. */
export function isRevoked({ chain }: Account, device: Uint8Array): boolean {
  return isDeviceOf({ devices: chain?.end?.revoked ?? [] }, device);
}
