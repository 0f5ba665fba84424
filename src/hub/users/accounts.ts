// The login of accounts, after the shell has verified that a connection holds a device's key: who owns a name, and who
// may register a free one. A name belongs to the device that registered it first, and to those that the chain of the
// account has. There are no passwords.
//
// After the operator resets an account's devices, only the one-time code for this account by name can take the name and
// everything that belongs to it, whatever the registration setting: otherwise the device that was reset could take it
// again first. It works under `closed` too: it admits nobody new.

import { decodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { maxRuns } from '../../wire/extended/fields.ts';
import { fatal, type FatalCode } from '../../wire/replies.ts';
import { isDeviceOf } from '../../wire/statements/account-chain.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import { isBannedFrom } from './address-bans.ts';
import { describeAll } from '../messages/conversations.ts';
import { countAgain } from '../messages/directs.ts';
import { lobby, type ConnectionId } from '../effects.ts';
import type { HubInput, ConnectionWay } from '../inputs.ts';
import { isBoundToCode, useInvite } from './invites.ts';
import { enter, evict } from './people.ts';
import { logsBehind } from '../messages/logs.ts';
import { audienceOf } from '../messages/posts.ts';
import type { AccountId } from '../records.ts';
import { partingOf } from '../runs.ts';
import { noteRuns } from './directory.ts';
import { foldName, hearsGroup, type Account, type User, type Visit } from '../state.ts';
import { addNext, endWith, extend, isRecovery, isRevoked } from './account-chains.ts';
import { recordOf } from './account-record.ts';
import { deviceOf, isIdle, newDevice, noteSeen } from './devices.ts';
import { noteStart } from './starts.ts';
import { lastOf } from '../messages/streams.ts';
import { change, join, report, sendSoftError, type Turn } from '../turn.ts';

type Authenticated = Extract<HubInput, { type: 'authenticated' }>;

/**
 * Logs a connection in as an account, and makes the account if needed. Otherwise sends the reason and ends the
 * connection.
 */
export function authenticate(turn: Turn, input: Authenticated): void {
  const { hub } = turn;
  const { connection, username } = input;
  const phase = hub.connections.get(connection);
  if (phase?.name !== 'greeting') {
    sendSoftError(turn, connection, 'already-logged-in');
    return;
  }
  const owner = hub.users.get(foldName(username));
  const refusal =
    owner === undefined
      ? register(turn, input, phase.way)
      : owner.account === undefined
        ? 'user-logged-in'
        : admit(turn, input, owner, owner.account);
  if (refusal !== undefined) {
    turnAway(turn, connection, refusal);
    return;
  }
  const user = owner ?? makeAccount(turn, input);
  noteLogin(turn, user, input);
  const visit: Visit = {
    user,
    connection,
    form: 'extended',
    device: input.device,
    private: input.private,
    lobbyOnly: false,
    can: input.can,
    hearsSignals: input.hearsSignals,
    start: input.start,
    from: phase.way.from,
  };
  welcome(turn, visit, input, owner === undefined);
}

/** Whoever brings links of a recovery key means an account that is there: a name typed wrongly must not become one. */
function register(turn: Turn, input: Authenticated, way: ConnectionWay): Refusal | undefined {
  if (input.recovery !== undefined) return 'recovery-refused';
  return refuseNew(turn, input, way) ?? claim(turn, input, 'new');
}

function turnAway(turn: Turn, connection: ConnectionId, refusal: Refusal): void {
  const max = turn.env.maxConnectionsPerAccount;
  const text = refusal === 'account-busy' ? fatal.text(refusal, { max }) : fatal.text(refusal);
  evict(turn, connection, { verb: '-ERR', text });
}

/** Why somebody is not let in. */
type Refusal = Extract<
  FatalCode,
  | 'user-logged-in'
  | 'name-taken'
  | 'device-revoked'
  | 'recovery-refused'
  | 'account-banned'
  | 'address-banned'
  | 'account-busy'
  | 'invite-needed'
  | 'invite-invalid'
  | 'registration-closed'
  | 'too-many-accounts'
  | 'store-failed'
>;

/** Logs in a device of an account, or a new one after a reset, or by the recovery key. */
function admit(
  turn: Turn,
  input: Authenticated,
  user: User,
  account: Account,
): Refusal | undefined {
  if (user.name !== input.username) return 'name-taken';
  const isOwn = deviceOf(account, input.device) !== undefined;
  const isReset = account.devices.length === 0 && account.chain === undefined;
  const { links } = input;
  const isLost = !isOwn && !isReset && links !== undefined && leadTo(user, account, links, input);
  const stranger = isOwn || isReset || isLost ? undefined : strangerRefusal(account, input);
  if (stranger !== undefined) return stranger;
  // Only the account's own devices get this far: nobody else learns of a ban.
  if (account.banned) return 'account-banned';
  if (user.visits.length >= turn.env.maxConnectionsPerAccount) return 'account-busy';
  if (isOwn) return undefined;
  if (isLost) return bring(turn, input, user, account);
  if (!isReset) return recover(turn, input, user, account);
  if (input.recovery !== undefined) return 'recovery-refused';
  const refusal = claim(turn, input, 'reset');
  if (refusal !== undefined) return refusal;
  addFirst(turn, user, account, input);
  return undefined;
}

/** Why a device that is none of the account's is not let in; undefined where it brings links of the recovery key. */
function strangerRefusal(account: Account, input: Authenticated): Refusal | undefined {
  const key = decodeBase64url(input.device) ?? new Uint8Array();
  const [first] = input.recovery ?? [];
  const recovery = account.chain?.end?.last.recovery;
  if (first !== undefined && recovery !== undefined && equalBytes(first.signer, recovery)) {
    return isRecovery(account, input.recovery ?? [], key) ? undefined : 'recovery-refused';
  }
  return isRevoked(account, key) ? 'device-revoked' : 'name-taken';
}

/** Whether links that the server has lost make the device one of the account. */
function leadTo(
  user: User,
  account: Account,
  links: readonly Checked<ChainLink>[],
  { device }: Authenticated,
): boolean {
  const key = decodeBase64url(device) ?? new Uint8Array();
  const end = endWith(user, account, links);
  return end !== undefined && isDeviceOf(end, key);
}

/**
 * The server was put back to before it had them: it takes them as from any device of the account (CHAIN). Of more than fit
 * into a day it takes the first, and lets the device in where those add it.
 */
function bring(
  turn: Turn,
  { links = [], device, at }: Authenticated,
  user: User,
  account: Account,
): Refusal | undefined {
  const refusal = addLinks(links, (link) => addNext(turn, user, account, link, at), 'name-taken');
  return deviceOf(account, device) === undefined ? (refusal ?? 'name-taken') : undefined;
}

/** Makes the device one of the account, as the links say that the recovery key has signed. */
function recover(
  turn: Turn,
  { recovery = [], at }: Authenticated,
  user: User,
  account: Account,
): Refusal | undefined {
  return addLinks(recovery, (link) => extend(turn, user, account, link, at), 'recovery-refused');
}

/** Adds links until one of them is refused. `refused` is what is said then, unless the store has failed. */
function addLinks(
  links: readonly Checked<ChainLink>[],
  add: (link: Checked<ChainLink>) => FailureCode | undefined,
  refused: Refusal,
): Refusal | undefined {
  for (const link of links) {
    const refusal = add(link);
    if (refusal !== undefined) return refusal === 'store-failed' ? refusal : refused;
  }
  return undefined;
}

/** The first device of an account that has no chain. */
function addFirst(turn: Turn, user: User, account: Account, { device, at }: Authenticated): void {
  account.devices = [newDevice(device, at)];
  change(turn, { type: 'account', account: recordOf(user, account) });
}

/** A removed person must not come back under another name, unless a code is required anyway. */
function refuseNew(
  { hub }: Turn,
  { registration, at }: Authenticated,
  { from }: ConnectionWay,
): Refusal | undefined {
  const isBanned = registration === 'open' && isBannedFrom(hub.bannedFrom, from, at);
  return isBanned ? 'address-banned' : undefined;
}

/** Whether a name may be registered now. Uses up the one-time code if one is needed. */
function claim(turn: Turn, input: Authenticated, name: 'new' | 'reset'): Refusal | undefined {
  const { hub, env } = turn;
  const { registration, invite, at } = input;
  if (name === 'new' && registration === 'closed') return 'registration-closed';
  if (name === 'new' && hub.accounts.size >= env.maxAccounts) return 'too-many-accounts';
  if (!hub.storing) return 'store-failed';
  const needsOwn = name === 'reset' || isBoundToCode(hub, input.username, at);
  if (registration === 'open' && !needsOwn) return undefined;
  if (invite === undefined) return 'invite-needed';
  const taken = useInvite(turn, invite, { name: input.username, needsOwn }, at);
  return taken ? undefined : 'invite-invalid';
}

/**
 * Others may have to know which devices are in use, and what their clients can do while they are not connected. A second
 * program, without the keys, does not count for that.
 */
function noteLogin(turn: Turn, user: User, input: Authenticated): void {
  const { account } = user;
  const device = account && deviceOf(account, input.device);
  if (account === undefined || device === undefined) return;
  const wasIdle = isIdle(user, device, input.at);
  noteSeen(turn, account, device, input.at, input.private ? input.can : device.can);
  if (wasIdle) countAgain(user, input.at);
}

function makeAccount(turn: Turn, input: Authenticated): User {
  const { hub } = turn;
  const { username: name, at } = input;
  const account: Account = {
    id: ++hub.lastAccount as AccountId,
    devices: [],
    createdAt: at,
    banned: false,
    chain: undefined,
    streams: undefined,
    directs: undefined,
    blocked: undefined,
  };
  const user: User = { name, account, visits: [], groups: undefined, lastFrom: undefined };
  hub.users.set(foldName(name), user);
  hub.accounts.set(account.id, user);
  addFirst(turn, user, account, input);
  return user;
}

function welcome(
  turn: Turn,
  visit: Visit,
  { at, stream, runs }: Authenticated,
  created: boolean,
): void {
  const { env, hub } = turn;
  const { user, connection } = visit;
  const { account } = user;
  noteRuns(turn, runs);
  const parting = partingOf(hub, runs);
  const conversations = describeAll(turn, visit, parting);
  enter(turn, visit);
  const start = noteStart(turn, visit);
  report(turn, connection, {
    verb: 'WELCOME',
    user: user.name,
    created,
    conversations,
    lastNumber: stream === undefined || account === undefined ? undefined : lastOf(account, stream),
    keepMs: env.keepMs,
    keepCount: env.keepCount,
    ...((visit.can.sealed || visit.can.devices === true) && { links: account?.chain?.links ?? 0 }),
    ...(start !== undefined && { start }),
    ...(visit.can.sealed && { now: at }),
    ...(hub.runs.length > 0 && { runs: hub.runs.slice(0, maxRuns).map(({ run }) => run) }),
    ...(parting.kind === 'unknown' && { parted: true }),
    ...(parting.kind === 'known' && {
      newLogs: logsBehind(hub.generation, parting.next.lastLog),
    }),
  });
  join(turn, lobby, visit);
  for (const group of user.groups ?? []) {
    if (hearsGroup(group, visit)) join(turn, audienceOf(group), visit);
  }
}
