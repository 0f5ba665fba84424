// Passes lines of the extended protocol to their handlers: the login, the hub, or the handlers that use the store.
// Enforces the phases in the table of requests.

import type { ConnectionId, Repeated } from '../../hub/effects.ts';
import type { HubRequest, Registration } from '../../hub/inputs.ts';
import type { AccountId } from '../../hub/records.ts';
import {
  accountById,
  accountOf,
  deviceAt,
  findAccount,
  hasRooms,
  formOf,
  isPrivate,
  lastLinkOf,
  recoveryOf,
  readable,
} from '../../hub/lookups.ts';
import { sealedView } from '../../hub/groups/sealed/sealed-view.ts';
import { StoreError, type Store } from '../../hub/store-port.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { parseCommand, type LineRefusal } from '../../wire/commands.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import { failures, readFailedText, type FailureCode } from '../../wire/extended/failures.ts';
import { parsePlace } from '../../wire/extended/names.ts';
import {
  isRequestVerb,
  requestTable,
  type Request,
  type RequestOf,
} from '../../wire/extended/requests.ts';
import { fatal, soft, type FatalCode } from '../../wire/replies.ts';
import { invariant, unreachable } from '../../lib/invariant.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { HubRunner } from '../hub-runner.ts';
import { inviteHash } from '../login/invite.ts';
import type { LoginHandler, Proved } from '../login/login-handler.ts';
import type { LoginWaits } from '../login/login-waits.ts';
import { canOf, linkCost, linkOf, linksBehind, linksOf } from '../login/proof-parts.ts';
import type { Transport } from '../transport/transport.ts';
import type { DirectoryHandler } from './directory-handler.ts';
import { eraseCost, findLine } from './erase-handler.ts';
import type { HistoryHandler, HistoryRequest } from './history-handler.ts';
import type { KeyPackageHandler } from './key-package-handler.ts';
import { JobQueues } from './job-queues.ts';
import type { SealedGroupHandler } from './sealed-group-handler.ts';
import { checkParts, costOfParts } from './signed-parts.ts';
import type { Meetings } from './meetings.ts';
import { readRemains, readRequest } from './read-request.ts';
import type { FirstSaid, RepeatHandler } from './repeat-handler.ts';
import type { Signals } from './signals.ts';

/** Requests that wait for the store. */
type LaneRequest =
  | HistoryRequest
  | RequestOf<'STOCK'>
  | RequestOf<'TAKE_KEY'>
  | RequestOf<'ACCOUNT'>
  | RequestOf<'DIRECTORY'>
  | RequestOf<'GROUP'>
  | RequestOf<'COMMITS'>
  | RequestOf<'ERASE'>;

export interface RequestHandlers {
  readonly hubRunner: HubRunner;
  readonly login: LoginHandler;
  readonly loginWaits: LoginWaits;
  readonly history: HistoryHandler;
  readonly keys: KeyPackageHandler;
  readonly repeats: RepeatHandler;
  readonly sealed: SealedGroupHandler;
  readonly directory: DirectoryHandler;
  readonly meetings: Meetings;
  readonly signals: Signals;
  /** Stands for the address of a transport. Undefined if it does not tell people apart. */
  readonly addressOf: (transport: Transport) => string | undefined;
  readonly readLinks: Store['readLinks'];
  readonly store: Pick<Store, 'read'>;
  /** For how many bytes the disk has room. Undefined if that is not known. */
  readonly spareBytes: () => number | undefined;
  /** The transport of a connection. Undefined when it has ended. */
  readonly transportOf: (connection: ConnectionId) => Transport | undefined;
  /** Who may make an account over a transport. */
  readonly registration: (transport: Transport) => Registration;
}

/** How many requests of one connection may wait for the store. */
const maxWaiting = 64;

/** What opening a port costs, in bytes. */
const portCost = 8192;

/** Requests that only read: for them `store-failed` has other words. */
const reading: ReadonlySet<string> = new Set(['HISTORY', 'GROUP', 'COMMITS']);

/** This much of an unknown verb is repeated to its sender. */
const maxVerbLength = 32;

const loginFirst: LineRefusal = { severity: 'soft', text: soft.text('login-first') };
const alreadyLoggedIn: LineRefusal = { severity: 'soft', text: soft.text('already-logged-in') };

export class Requests {
  readonly #handlers: RequestHandlers;
  readonly #queues = new JobQueues<
    ConnectionId | `account ${AccountId}` | `repeats ${ConnectionId}`
  >(maxWaiting);

  constructor(handlers: RequestHandlers) {
    this.#handlers = handlers;
  }

  /** Handles a line that begins with `verb`, in UTF-8. Returns the cost of the answer, in bytes. */
  handle(connection: ConnectionId, verb: string, line: string): number {
    const { hubRunner } = this.#handlers;
    const phase = hubRunner.phase(connection);
    if (phase === undefined) return 0;
    const hasAccount = formOf(hubRunner.hub, connection) === 'extended';
    if (!isRequestVerb(verb) || (phase === 'open' && !hasAccount)) {
      if (hasAccount) return this.#fail(connection, verb, line, 'unknown-request');
      // A connection that has not logged in with EHLO gets version 1's reply.
      const parsed = parseCommand(verb, phase);
      return parsed.ok ? 0 : hubRunner.refuse(connection, parsed.error);
    }
    const inPhase = requestTable[verb].phase;
    const isLogin = inPhase === 'greeting';
    if (phase === 'greeting' && inPhase === 'open') return hubRunner.refuse(connection, loginFirst);
    if (phase === 'open' && isLogin) return hubRunner.refuse(connection, alreadyLoggedIn);
    const request = readRequest(verb, line);
    if (request.ok) return this.#answer(connection, request.value);
    if (isLogin) return this.#turnAway(connection, 'login-malformed');
    return this.#fail(connection, verb, line, 'malformed');
  }

  /**
   * Answers a repeat, with its number if that is found quickly. It waits for no other request of the connection, and no
   * other request waits for it.
   */
  answerRepeat(connection: ConnectionId, repeated: Repeated): void {
    const { hubRunner } = this.#handlers;
    const { label, name, id } = repeated;
    const answer = (found: FirstSaid | undefined) => {
      if (found?.isSame === false) {
        hubRunner.report(connection, takenBy(repeated));
        return;
      }
      const { seq, at } = found ?? {};
      const sent = { verb: 'SENT', label, in: name, id, seq, at, repeated: true } as const;
      hubRunner.report(connection, sent);
    };
    const isTaken = this.#queues.run(`repeats ${connection}`, async () =>
      answer(await quietly(this.#firstSaid(connection, repeated))),
    );
    if (!isTaken) answer(undefined);
  }

  async #firstSaid(connection: ConnectionId, repeated: Repeated): Promise<FirstSaid | undefined> {
    const { hubRunner, repeats } = this.#handlers;
    const found = readable(hubRunner.hub, connection, repeated.place);
    return found.ok ? repeats.find(repeated, found.value) : undefined;
  }

  /** A connection has ended. */
  forget(connection: ConnectionId): void {
    this.#handlers.login.forget(connection);
    this.#handlers.loginWaits.remove(connection);
    this.#handlers.meetings.leave(connection);
    this.#handlers.signals.leave(connection);
  }

  #answer(connection: ConnectionId, request: Request): number {
    switch (request.verb) {
      case 'EHLO':
        return this.#challenge(connection, request);
      case 'PROVE':
        return this.#prove(connection, request);
      case 'SEND':
      case 'GOT':
      case 'PEOPLE':
      case 'MEMBERS':
      case 'BLOCK':
      case 'DEVICES':
      case 'START':
      case 'CREATE':
      case 'INVITE':
      case 'HAND_OVER':
      case 'RULES':
      case 'GROUPS':
      case 'END_GROUP':
      case 'COMMIT':
      case 'TREE':
      case 'TAKEN':
      case 'DROP':
      case 'BLOBS':
        return this.#step(connection, request);
      case 'HISTORY':
        return this.#history(connection, request);
      case 'ERASE':
        return this.#erase(connection, request);
      case 'STOCK':
        return this.#stock(connection, request);
      case 'TAKE_KEY':
        return this.#takeKey(connection, request);
      case 'CHAIN':
        return this.#chain(connection, request);
      case 'ACCOUNT':
        return this.#account(connection, request);
      case 'DIRECTORY':
        return this.#directory(connection, request);
      case 'GROUP':
      case 'COMMITS':
        return this.#sealed(connection, request);
      case 'MEET':
        return this.#meet(connection, request);
      case 'SIGNAL':
      case 'MARK':
        return this.#signal(connection, request);
      case 'UPLOAD':
      case 'FETCH':
        return portCost + this.#step(connection, request);
      default:
        return unreachable(request);
    }
  }

  #step(connection: ConnectionId, request: HubRequest): number {
    const parts = checkParts(request);
    const spare = request.verb === 'UPLOAD' ? this.#handlers.spareBytes() : undefined;
    const at = Date.now();
    const input = { type: 'request', connection, request, parts, spare, at } as const;
    return this.#handlers.hubRunner.step(input) + (parts === undefined ? 0 : costOfParts(request));
  }

  #challenge(connection: ConnectionId, request: RequestOf<'EHLO'>): number {
    const { login, hubRunner, transportOf } = this.#handlers;
    const binding = transportOf(connection)?.binding;
    if (binding === undefined) return 0;
    const challenge = login.challenge(connection, request, binding);
    if (challenge === undefined) return this.#turnAway(connection, 'login-out-of-order');
    return hubRunner.report(connection, challenge);
  }

  #prove(connection: ConnectionId, request: RequestOf<'PROVE'>): number {
    const { login, loginWaits, hubRunner, transportOf, registration } = this.#handlers;
    const transport = transportOf(connection);
    if (transport === undefined) return 0;
    const proved = login.prove(connection, request);
    if (!proved.ok) return this.#turnAway(connection, proved.error);
    const { invite } = request;
    const recovery = linksOf(request.recovery);
    const lost = this.#lostLinks(proved.value, request);
    const checking = linkCost * ((request.recovery?.length ?? 0) + (request.links?.length ?? 0));
    if (recovery !== undefined && this.#showChain(connection, proved.value, recovery)) {
      return checking;
    }
    const cost = hubRunner.step({
      type: 'authenticated',
      connection,
      ...proved.value,
      private: request.private,
      invite: invite === undefined ? undefined : inviteHash(invite),
      registration: registration(transport),
      stream: request.stream,
      runs: request.runs,
      can: canOf(request.can),
      hearsSignals: request.can?.includes('signals'),
      start: request.start,
      links: lost,
      recovery,
      at: Date.now(),
    });
    if (!hubRunner.commitQueue.isOpen) void loginWaits.add(connection, hubRunner.settled());
    this.#remindOfStock(connection);
    return cost + checking;
  }

  /** What a device brings that the account does not have: nothing is checked for anybody else. */
  #lostLinks(
    { username, device }: Proved,
    { links }: RequestOf<'PROVE'>,
  ): readonly Checked<ChainLink>[] | undefined {
    const { hub } = this.#handlers.hubRunner;
    const owner = findAccount(hub, username);
    if (links === undefined || owner === undefined || owner.devices.includes(device)) {
      return undefined;
    }
    return linksBehind(links, lastLinkOf(hub, username));
  }

  /**
   * A recovery that does not go on from the last link is shown the chain before it is turned away: whoever has nothing but
   * the recovery key knows no last link. Returns whether it is one.
   */
  #showChain(
    connection: ConnectionId,
    { username: user, device: key }: Proved,
    links: readonly Checked<ChainLink>[],
  ): boolean {
    const { hubRunner, readLinks } = this.#handlers;
    const owner = findAccount(hubRunner.hub, user);
    const recovery = recoveryOf(hubRunner.hub, user);
    const [first] = links;
    const added = links.at(-1)?.body;
    if (owner === undefined || recovery === undefined || first === undefined) return false;
    if (!equalBytes(first.signer, recovery.key) || equalBytes(first.prev, recovery.last))
      return false;
    if (added?.kind !== 'add' || encodeBase64url(added.key) !== key) return false;
    const isTaken = this.#queues.run(connection, async () => {
      await hubRunner.settled();
      const all = await quietly(readLinks(owner.id));
      const [device] = owner.devices;
      if (all !== undefined) {
        hubRunner.report(connection, { verb: 'ACCOUNT', user, device, links: all });
      }
      this.#turnAway(connection, 'recovery-refused');
    });
    if (!isTaken) this.#turnAway(connection, 'recovery-refused');
    return true;
  }

  #meet(connection: ConnectionId, request: RequestOf<'MEET'>): number {
    const { hubRunner, meetings, transportOf, addressOf } = this.#handlers;
    const transport = transportOf(connection);
    if (transport === undefined) return 0;
    const met = meetings.meet(connection, addressOf(transport), request);
    return typeof met === 'number'
      ? met
      : hubRunner.report(connection, this.#failure(request, met));
  }

  #signal(connection: ConnectionId, request: RequestOf<'SIGNAL'> | RequestOf<'MARK'>): number {
    const { hubRunner, signals } = this.#handlers;
    const cost = signals.handle(hubRunner.hub, connection, request);
    return typeof cost === 'number'
      ? cost
      : hubRunner.report(connection, this.#failure(request, cost));
  }

  /** Notifies a connection after its login when few key packages are left. */
  #remindOfStock(connection: ConnectionId): void {
    const { hubRunner, keys } = this.#handlers;
    const account = accountOf(hubRunner.hub, connection);
    const device = deviceAt(hubRunner.hub, connection);
    // Only the program with the private conversations has keys to leave.
    if (account === undefined || device === undefined) return;
    if (!isPrivate(hubRunner.hub, connection)) return;
    this.#queues.run(connection, async () => {
      await hubRunner.settled();
      const stock = await quietly(keys.low(account.id, device));
      if (stock !== undefined) hubRunner.report(connection, { verb: 'STOCK_LOW', stock });
    });
  }

  #history(connection: ConnectionId, request: HistoryRequest): number {
    const { hubRunner, history, transportOf } = this.#handlers;
    const place = parsePlace(request.in);
    invariant(place, 'the schema of the request has checked it');
    this.#inLane(connection, request, async () => {
      const found = readable(hubRunner.hub, connection, place);
      if (!found.ok) return this.#failure(request, found.error);
      const lines = await history.answer(request, found.value, () => transportOf(connection));
      hubRunner.send(connection, lines);
      return undefined;
    });
    return history.cost(request);
  }

  #erase(connection: ConnectionId, request: RequestOf<'ERASE'>): number {
    const { hubRunner, store } = this.#handlers;
    const place = parsePlace(request.in);
    invariant(place, 'the schema of the request has checked it');
    this.#inLane(connection, request, async () => {
      const found = readable(hubRunner.hub, connection, place);
      if (!found.ok) return this.#failure(request, found.error);
      const line = await findLine(store, found.value.log, request.seq);
      hubRunner.step({ type: 'erase', connection, request, line });
      return undefined;
    });
    return eraseCost;
  }

  #sealed(connection: ConnectionId, request: RequestOf<'GROUP'> | RequestOf<'COMMITS'>): number {
    const { hubRunner, sealed, transportOf } = this.#handlers;
    const place = parsePlace(request.in);
    invariant(place, 'the schema of the request has checked it');
    this.#inLane(connection, request, async () => {
      const found = sealedView(hubRunner.hub, connection, place);
      if (!found.ok) return this.#failure(request, found.error);
      const transport = () => transportOf(connection);
      const lines =
        request.verb === 'GROUP'
          ? await sealed.describe(request, found.value, transport)
          : await sealed.commits(request, found.value, transport);
      if (lines === undefined) return this.#failure(request, 'no-such-tree');
      hubRunner.send(connection, lines);
      return undefined;
    });
    return sealed.cost(request);
  }

  #stock(connection: ConnectionId, request: RequestOf<'STOCK'>): number {
    const { hubRunner, keys } = this.#handlers;
    const account = accountOf(hubRunner.hub, connection);
    const device = deviceAt(hubRunner.hub, connection);
    invariant(account && device, 'requests are taken from accounts only');
    // The program with the private conversations would not have the keys, so nobody could open messages that use these.
    if (!isPrivate(hubRunner.hub, connection)) {
      return hubRunner.report(connection, this.#failure(request, 'not-here'));
    }
    const job = async () => {
      // It may have been revoked meanwhile. If only its connection ended, its keys are stored anyway.
      if (accountById(hubRunner.hub, account.id)?.devices.includes(device) !== true) {
        return undefined;
      }
      const stocked = await keys.stock(account.id, device, request);
      return stocked.ok ? stocked.value : this.#failure(request, stocked.error.code);
    };
    this.#inLane(connection, request, job, `account ${account.id}`);
    return 0;
  }

  #takeKey(connection: ConnectionId, request: RequestOf<'TAKE_KEY'>): number {
    const { hubRunner, keys } = this.#handlers;
    this.#inLane(connection, request, async () => {
      const account = accountOf(hubRunner.hub, connection);
      if (account === undefined) return undefined;
      const find = () => findAccount(hubRunner.hub, request.user);
      const taken = await keys.take(account.id, request, find);
      if (!taken.ok) return this.#failure(request, taken.error.code, taken.error.retryMs);
      const { key, low } = taken.value;
      if (low !== undefined) this.#tellLow(request.user, key.device, low);
      return key;
    });
    return 0;
  }

  #chain(connection: ConnectionId, { label, link }: RequestOf<'CHAIN'>): number {
    const { hubRunner } = this.#handlers;
    const checked = linkOf(link);
    const input = { type: 'chain', connection, label, link: checked, at: Date.now() } as const;
    return linkCost + hubRunner.step(input);
  }

  #account(connection: ConnectionId, request: RequestOf<'ACCOUNT'>): number {
    const { hubRunner, readLinks } = this.#handlers;
    const { label, user, after } = request;
    this.#inLane(connection, request, async () => {
      const owner = findAccount(hubRunner.hub, user);
      if (owner === undefined) return this.#failure(request, 'no-such-account');
      const links = (await readLinks(owner.id)).slice(after);
      // It may have been reset while the store read.
      const now = findAccount(hubRunner.hub, user);
      const isSame = now?.root === owner.root;
      const [device] = now?.devices ?? [];
      const rooms = hasRooms(hubRunner.hub, user, Date.now()) || undefined;
      return { verb: 'ACCOUNT', label, user, device, links: isSame ? links : [], rooms };
    });
    return 0;
  }

  #directory(connection: ConnectionId, request: RequestOf<'DIRECTORY'>): number {
    const { hubRunner, directory } = this.#handlers;
    if (request.after > hubRunner.hub.directory.size) {
      hubRunner.step({ type: 'knowsDirectory', connection, size: request.after });
    }
    const { size } = hubRunner.hub.directory;
    this.#inLane(connection, request, () => directory.answer(request, size));
    return directory.cost(request, size);
  }

  #tellLow(user: string, device: string, stock: number): void {
    const { hubRunner } = this.#handlers;
    for (const connection of findAccount(hubRunner.hub, user)?.connections ?? []) {
      if (deviceAt(hubRunner.hub, connection) !== device) continue;
      if (isPrivate(hubRunner.hub, connection)) {
        hubRunner.report(connection, { verb: 'STOCK_LOW', stock });
      }
    }
  }

  /** Answers with the result of `job`, after earlier requests in the same lane. */
  #inLane(
    connection: ConnectionId,
    request: LaneRequest,
    job: () => Promise<ExtendedEvent | undefined>,
    lane: ConnectionId | `account ${AccountId}` = connection,
  ): void {
    const { hubRunner } = this.#handlers;
    const isTaken = this.#queues.run(lane, async () => {
      // Earlier messages of this connection may still be on their way to the disk.
      await hubRunner.settled();
      let answer: ExtendedEvent | undefined;
      try {
        answer = await job();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        answer = reading.has(request.verb)
          ? this.#failure(request, 'store-failed', undefined, readFailedText)
          : this.#failure(request, 'store-failed');
      }
      if (answer !== undefined) hubRunner.report(connection, answer);
    });
    if (!isTaken) hubRunner.report(connection, this.#failure(request, 'too-many-requests'));
  }

  #failure(
    { verb, label }: { readonly verb: string; readonly label?: string | undefined },
    code: FailureCode,
    retryMs?: number,
    text: string = failures[code],
  ): ExtendedEvent {
    return { verb: 'FAILED', label, request: verb, code, text, retryMs };
  }

  #fail(connection: ConnectionId, verb: string, line: string, code: FailureCode): number {
    const { label, id } = readRemains(line);
    const request = verb.slice(0, maxVerbLength);
    const text = failures[code];
    return this.#handlers.hubRunner.report(connection, {
      verb: 'FAILED',
      label,
      request,
      code,
      text,
      id,
    });
  }

  #turnAway(connection: ConnectionId, code: FatalCode): number {
    const text = fatal.text(code as 'bad-signature');
    return this.#handlers.hubRunner.refuse(connection, { severity: 'fatal', text });
  }
}

/** The store's answer, or undefined if it has none. */
async function quietly<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Nobody requested this, so nobody waits for an answer.
    return undefined;
  }
}

/** Another message has the id. Clients that do not know the field report the message to the person as refused. */
function takenBy({ label, id }: Repeated): ExtendedEventOf<'FAILED'> {
  const text = 'another message was sent under that number';
  return { verb: 'FAILED', label, request: 'SEND', code: 'malformed', text, id, taken: true };
}
