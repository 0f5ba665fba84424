// The shell around the hub: turns events on connections into inputs of the hub, and passes lines of the extended
// protocol to the handlers that answer them. Owns connection numbers, delivery, heartbeat and file transfers; decides
// nothing about the chat itself.

import type { Socket } from 'node:net';
import { followers, type ConnectionId } from '../hub/effects.ts';
import type { AdminAct, HubInput, ConnectionWay } from '../hub/inputs.ts';
import {
  accountsOf,
  addressBansOf,
  countOnline,
  countPeople,
  hasInvite,
  keptBytes,
  waitingRanges,
  type AccountView,
  type AddressBanView,
} from '../hub/lookups.ts';
import { quotaRecords, quotasUsed } from '../hub/quotas.ts';
import type { Retention, Store } from '../hub/store-port.ts';
import type { Change, Records } from '../hub/records.ts';
import { farewell, type Env } from '../hub/turn.ts';
import { systemReason } from '../lib/system-error.ts';
import type { Command, LineRefusal } from '../wire/commands.ts';
import { formatEvent } from '../wire/events.ts';
import { formatExtendedEvent } from '../wire/extended/events.ts';
import { fatal } from '../wire/replies.ts';
import { AgeClock } from './age-clock.ts';
import { systemClock, type Clock } from './clock.ts';
import { ClientConnection, type ClientConnectionListener } from './connection.ts';
import { Delivery } from './delivery/delivery.ts';
import { Deadlines } from './deadlines.ts';
import type { SlowConsumerLimits } from './delivery/slow-consumers.ts';
import { DiskWatch, type DiskReserve, type DiskRoom } from './disk-watch.ts';
import { sweepFolder } from './files/kept/kept-folder.ts';
import { RelaySupervisor } from './files/relay-supervisor.ts';
import type { FileSettings } from './files/thread-messages.ts';
import type { WebVisit } from './files/web/web-visit.ts';
import { HubRunner } from './hub-runner.ts';
import type { CommitTarget } from './commit-queue/commit-queue.ts';
import { Heartbeat } from './heartbeat.ts';
import type { FloodControl } from './limits/flood-control.ts';
import type { Logger } from './log.ts';
import type { ServerIdentity } from './login/identity.ts';
import { LoginHandler } from './login/login-handler.ts';
import { LoginWaits } from './login/login-waits.ts';
import { guestsAt, type GuestPolicy } from './login/guests.ts';
import { registrationAt, type RegistrationPolicy } from './login/registration.ts';
import type { Figures } from './metrics/figures.ts';
import type { ActTargets } from './outgoing/carry-out.ts';
import { Presence, type Followers } from './presence.ts';
import { DirectoryHandler } from './requests/directory-handler.ts';
import { HistoryHandler } from './requests/history-handler.ts';
import { KeyPackageHandler } from './requests/key-package-handler.ts';
import { Meetings } from './requests/meetings.ts';
import { RepeatHandler } from './requests/repeat-handler.ts';
import { Requests } from './requests/requests.ts';
import { SealedGroupHandler } from './requests/sealed-group-handler.ts';
import { Signals } from './requests/signals.ts';
import { RetentionLoop } from './retention.ts';
import { WaitingCount } from './waiting-count.ts';
import { StoreHealth } from './store-health.ts';
import type { TlsCredentials } from './transport/tls.ts';
import type { Transport, TransportListener } from './transport/transport.ts';

export interface ChatServiceSettings {
  readonly env: Env;
  readonly maxLineBytes: number;
  readonly slowReaders: SlowConsumerLimits;
  /** Undefined for no limits. */
  readonly flood: FloodControl | undefined;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** How long a connection may take to log in, in milliseconds; 0 for no limit. */
  readonly loginTimeoutMs: number;
  readonly files: FileSettings;
  readonly registration: RegistrationPolicy;
  readonly guests: GuestPolicy;
  readonly retention: Retention;
  /** Absent if the disk is not watched. */
  readonly disk?: DiskReserve | undefined;
}

/** What a server starts with: stored data, and its identity. */
export interface ChatServiceMemory {
  readonly store: Store;
  /** What the store held when it was opened. */
  readonly records: Records;
  readonly identity: ServerIdentity;
}

const ping = formatEvent({ verb: 'PING' });
const waitForDisk = formatExtendedEvent({ verb: 'WAIT', for: 'disk' });

/** How long writers wait until the next check whether the store has caught up, in milliseconds. */
const heavyWaitMs = 20;

function followersOn(delivery: Delivery): Followers {
  return {
    get count() {
      return delivery.listeners(followers, 'extended');
    },
    sendLine: (line) => delivery.deliver(followers, { extended: line }, undefined),
  };
}

/** Gives segments their time when they go to the store. */
function stampedBy(ages: AgeClock, store: CommitTarget): CommitTarget {
  return {
    commit({ changes, segments }) {
      const at = ages.now;
      return store.commit({
        changes: changes.some(({ type }) => type === 'group-line')
          ? changes.map((change) => stamped(change, at))
          : changes,
        segments: segments.map(({ log, first, count, bytes }) => ({
          log,
          first,
          count,
          at,
          bytes,
        })),
      });
    },
  };
}

/** Lines of sealed groups go with changes. */
function stamped(change: Change, at: number): Change {
  return change.type === 'group-line' ? { ...change, line: { ...change.line, at } } : change;
}

export class ChatService implements ClientConnectionListener {
  readonly clock: Clock;
  readonly #settings: ChatServiceSettings;
  readonly #log: Logger;
  readonly #delivery: Delivery;
  readonly #heartbeat: Heartbeat;
  /** For the login. A connection that has logged in by its deadline is left alone. */
  readonly #logins: Deadlines;
  readonly #files: RelaySupervisor;
  readonly #presence: Presence;
  readonly #hubRunner: HubRunner;
  readonly #requests: Requests;
  readonly #retention: RetentionLoop;
  readonly #health: StoreHealth;
  readonly #store: Store;
  readonly #waiting: WaitingCount;
  readonly #disk: DiskWatch | undefined;
  /** The check of what was written last, at the start. */
  readonly #look: Promise<void>;
  /** Connections that are not read at the moment, because they exceeded their limits. */
  readonly #heldBack = new Set<ConnectionId>();
  readonly #counts = {
    commands: 0,
    pongs: 0,
    refusedLines: 0,
    holds: 0,
    slowReaders: 0,
    missedPongs: 0,
  };
  #lastId = 0;

  constructor(
    settings: ChatServiceSettings,
    memory: ChatServiceMemory,
    log: Logger,
    clock: Clock = systemClock,
  ) {
    this.clock = clock;
    this.#settings = settings;
    this.#log = log;
    this.#delivery = new Delivery(settings.slowReaders, clock, (connection) =>
      this.#giveUp(connection),
    );
    this.#heartbeat = new Heartbeat(
      {
        intervalMs: settings.pingIntervalMs,
        timeoutMs: settings.pongTimeoutMs,
        ping: (connection) => this.#delivery.send(connection, ping),
        timedOut: (connection) => this.#missed(connection),
      },
      clock,
    );
    this.#logins = new Deadlines(settings.loginTimeoutMs, clock, (connection) =>
      this.#hasNotLoggedIn(connection),
    );
    this.#files = new RelaySupervisor(settings.files, log, {
      transferOpened: (transfer, port) => this.#step({ type: 'transferOpened', transfer, port }),
      transferFailed: (transfer) => this.#step({ type: 'transferFailed', transfer }),
      transferClosed: (transfer) => this.#step({ type: 'transferClosed', transfer }),
      kept: (report) => this.#step(report),
    });
    this.#presence = new Presence(followersOn(this.#delivery), clock);
    const world: ActTargets = {
      delivery: this.#delivery,
      heartbeat: this.#heartbeat,
      files: this.#files,
      presence: this.#presence,
      answerRepeat: (to, repeated) => this.#requests.answerRepeat(to, repeated),
    };
    this.#store = memory.store;
    this.#health = new StoreHealth(log);
    const ages = new AgeClock(clock, Date.now, memory.records.clock);
    const stamping = { store: stampedBy(ages, memory.store), records: memory.records };
    this.#hubRunner = new HubRunner(settings.env, stamping, world, clock, log);
    this.#requests = new Requests({
      hubRunner: this.#hubRunner,
      login: new LoginHandler(memory.identity),
      loginWaits: new LoginWaits(this.#hubRunner.commitQueue, clock, (connection) =>
        this.#delivery.send(connection, waitForDisk),
      ),
      history: new HistoryHandler(memory.store, clock, this.#health),
      keys: new KeyPackageHandler(memory.store, clock),
      repeats: new RepeatHandler(memory.store),
      sealed: new SealedGroupHandler(memory.store, clock),
      directory: new DirectoryHandler(memory.store, memory.identity),
      meetings: new Meetings(clock, (to, event) => void this.#hubRunner.report(to, event)),
      signals: new Signals(clock, {
        unsentBytes: (to) => this.#delivery.transportOf(to)?.unsentBytes,
        storeMs: () => this.#hubRunner.commitQueue.commitMs,
        tell: (to, line) => this.#hubRunner.tell(to, line),
      }),
      addressOf: ({ origin }) => settings.flood?.addressNameOf(origin.address),
      store: memory.store,
      readLinks: (account) => memory.store.readLinks(account),
      spareBytes: () => this.room && Math.max(0, this.room.free - this.room.reserve),
      transportOf: (connection) => this.#delivery.transportOf(connection),
      registration: ({ origin }) => registrationAt(settings.registration, origin.isLocal),
    });
    this.#retention = new RetentionLoop(memory.store, settings.retention, ages, clock, log, {
      trimmed: (trimmed) => this.#step({ type: 'trimmed', trimmed }),
      expired: (lines) => this.#step({ type: 'expired', lines }),
      quotas: () => quotaRecords(this.#hubRunner.hub),
      aged: (age) => this.#step({ type: 'aged', age }),
    });
    const isThere = (hasRoom: boolean) => void this.#step({ type: 'room', isThere: hasRoom });
    this.#disk = settings.disk && new DiskWatch(settings.disk, clock, log, isThere);
    this.#disk?.start();
    this.#waiting = new WaitingCount(memory.store, log, (input) => this.#step(input));
    this.#waiting.start(waitingRanges(this.#hubRunner.hub));
    this.#step({ type: 'aged', age: ages.now });
    this.#retention.start();
    this.#look = this.#health.look(() => memory.store.check(true));
  }

  /** Transfer ports use these TLS credentials from now on. */
  useTls(credentials: TlsCredentials): void {
    this.#files.useTls(credentials);
  }

  /** Removes bytes of files that nobody knows, and forgets files without their bytes. To be done before anybody comes. */
  async sweepFiles(): Promise<void> {
    const { folder } = this.#settings.files;
    if (folder === undefined) return;
    try {
      const ids = await sweepFolder(folder, keptBytes(this.#hubRunner.hub));
      if (ids.length === 0) return;
      this.#log.warn({ files: ids.length }, 'kept files are not on the disk, and are forgotten');
      this.#step({ type: 'keptLost', ids });
    } catch (error) {
      this.#log.warn({ reason: systemReason(error) }, 'the folder of kept files cannot be read');
    }
  }

  /** Receives a new connection, on any transport. */
  accept(transport: Transport): TransportListener {
    const connection = ++this.#lastId as ConnectionId;
    this.#log.debug({ connection }, 'connection opened');
    this.#delivery.open(connection, transport);
    this.#heartbeat.add(connection);
    if (this.#settings.loginTimeoutMs > 0) this.#logins.add(connection);
    this.#step({ type: 'connect', connection, way: this.#wayOf(transport) });
    const allowance = this.#settings.flood?.enter(transport.origin.address);
    return new ClientConnection(connection, transport, allowance, this);
  }

  /** Somebody asks for a WebSocket to a transfer port. `head` came behind the request. */
  visitFile(visit: WebVisit, socket: Socket, head: Buffer): void {
    this.#files.webVisit(visit, socket, head);
  }

  #wayOf({ origin }: Transport): ConnectionWay {
    const { registration, guests, flood } = this.#settings;
    return {
      guests: guestsAt(guests, registrationAt(registration, origin.isLocal)),
      from: flood?.addressNameOf(origin.address),
    };
  }

  /**
   * Sends everybody the reason and closes every connection. Resolves when everything is stored, connections to transfer
   * ports are closed, and the store is not used any more.
   */
  async close(): Promise<void> {
    this.#presence.close();
    this.#disk?.close();
    for (const connection of this.#hubRunner.hub.connections.keys()) {
      this.#step({ type: 'evict', connection, last: farewell('server-closing') });
    }
    await Promise.all([
      this.#hubRunner.commitQueue.close(),
      this.#retention.close(),
      this.#waiting.close(),
      this.#look,
    ]);
    await this.#files.finish();
    // What uploads have brought until now.
    await this.#hubRunner.commitQueue.close();
  }

  /** Carries out the operator's act. Resolves when it is stored. Does nothing if the store does not work. */
  administer(act: AdminAct): Promise<void> {
    return this.#hubRunner.carry({ type: 'admin', act, at: Date.now() });
  }

  /** All accounts, in the order of their creation. */
  get accounts(): readonly AccountView[] {
    return accountsOf(this.#hubRunner.hub);
  }

  /** Addresses from which no new people are let in. */
  get addressBans(): readonly AddressBanView[] {
    return addressBansOf(this.#hubRunner.hub, Date.now());
  }

  /** Stands for an address. Undefined if it does not identify a person. */
  placeOf(address: string): string | undefined {
    return this.#settings.flood?.addressNameOf(address);
  }

  /** How much of the quotas is used now. */
  get quotasUsed(): ReturnType<typeof quotasUsed> {
    return quotasUsed(this.#hubRunner.hub, this.#settings.env, Date.now());
  }

  /** Whether a one-time code is valid now. */
  hasInvite(hash: string): boolean {
    return hasInvite(this.#hubRunner.hub, hash, Date.now());
  }

  /** All figures of this moment, except those of admission. */
  figures(): Omit<Figures, 'waitingAtDoor' | 'turnedAwayTotal'> {
    const { connections, groups, files } = this.#hubRunner.hub;
    const { commits, failedCommits, commitMs } = this.#hubRunner.commitQueue.counts;
    const { deliveries, writes, bytes, flushes } = this.#delivery.counts;
    return {
      connections: connections.size,
      connectionsTotal: this.#lastId,
      users: countPeople(this.#hubRunner.hub),
      groups: groups.size,
      fileTransfers: files.transfers.size,
      commandsTotal: this.#counts.commands,
      refusedLinesTotal: this.#counts.refusedLines,
      heldBack: this.#heldBack.size,
      heldBackTotal: this.#counts.holds,
      deliveriesTotal: deliveries,
      writesTotal: writes,
      writtenBytesTotal: bytes,
      flushesTotal: flushes,
      unsentBytes: this.#delivery.unsentBytes,
      slowReaders: this.#delivery.slowReaders,
      slowReadersClosedTotal: this.#counts.slowReaders,
      missedPongsTotal: this.#counts.missedPongs,
      accounts: this.#hubRunner.hub.accounts.size,
      accountsOnline: countOnline(this.#hubRunner.hub),
      commitsTotal: commits,
      commitSecondsTotal: commitMs / 1000,
      failedCommitsTotal: failedCommits,
      uncommittedBytes: this.#hubRunner.commitQueue.uncommittedBytes,
      storeHeapBytes: this.#store.heapBytes ?? 0,
      storeFailing: this.#hubRunner.commitQueue.works ? 0 : 1,
      damagedPlaces: this.#health.damagedPlaces,
    };
  }

  /** How many commands there were, without answers to pings. */
  get commands(): number {
    return this.#counts.commands - this.#counts.pongs;
  }

  /** How much room the disk has, and how much must stay free. Undefined if it is not known. */
  get room(): DiskRoom | undefined {
    return this.#disk?.room;
  }

  /** Whether the store works. */
  get isStoring(): boolean {
    return this.#hubRunner.commitQueue.works;
  }

  /** What is wrong with the store, or undefined. */
  get trouble(): string | undefined {
    const { works, commitMs } = this.#hubRunner.commitQueue;
    const trouble = this.#health.trouble(works, commitMs);
    return trouble ?? (this.#disk?.hasRoom === false ? 'the disk is nearly full' : undefined);
  }

  /** Calls `told` with the number of audience lines in each flush. */
  onFlush(told: (lines: number) => void): void {
    this.#delivery.onFlush = told;
  }

  get maxLineBytes(): number {
    return this.#settings.maxLineBytes;
  }

  get waitMs(): number {
    return this.#hubRunner.commitQueue.isHeavy ? heavyWaitMs : 0;
  }

  phase(connection: ConnectionId): 'greeting' | 'open' | undefined {
    return this.#hubRunner.phase(connection);
  }

  command(connection: ConnectionId, command: Command): number {
    this.#counts.commands++;
    if (command.verb !== 'PONG') {
      return this.#step({ type: 'command', connection, command, at: Date.now() });
    }
    this.#counts.pongs++;
    this.#heartbeat.pong(connection);
    return 0;
  }

  request(connection: ConnectionId, verb: string, line: string): number {
    this.#counts.commands++;
    return this.#requests.handle(connection, verb, line);
  }

  refuse(connection: ConnectionId, refusal: LineRefusal): number {
    this.#counts.refusedLines++;
    return this.#hubRunner.refuse(connection, refusal);
  }

  lineTooLong(connection: ConnectionId): void {
    const max = this.#settings.maxLineBytes;
    const text = fatal.text('line-too-long', { max });
    this.#step({ type: 'evict', connection, last: { verb: '-ERR', text } });
  }

  holdBack(connection: ConnectionId): void {
    this.#counts.holds++;
    this.#heldBack.add(connection);
  }

  letGo(connection: ConnectionId): void {
    this.#heldBack.delete(connection);
    // What it sent meanwhile comes before its answer to a ping.
    this.#heartbeat.excuse(connection);
  }

  gone(connection: ConnectionId): void {
    this.#heldBack.delete(connection);
    this.#logins.remove(connection);
    this.#requests.forget(connection);
    if (this.phase(connection) === undefined) return;
    this.#log.debug({ connection }, 'connection closed by the other side');
    this.#hubRunner.leave(connection);
  }

  #step(input: HubInput): number {
    return this.#hubRunner.step(input);
  }

  /** A connection reads too slowly. */
  #giveUp(connection: ConnectionId): void {
    // Its end may wait behind data that is being stored.
    if (this.phase(connection) === undefined) return;
    this.#log.info({ connection }, 'closed a connection that reads too slowly');
    this.#counts.slowReaders++;
    this.#step({ type: 'evict', connection, last: farewell('slow-reader') });
  }

  /** A connection has not answered a ping in time. */
  #missed(connection: ConnectionId): void {
    // The answer may be in data that was not read.
    if (this.#heldBack.has(connection)) {
      this.#heartbeat.add(connection);
      return;
    }
    this.#counts.missedPongs++;
    this.#step({ type: 'evict', connection, last: farewell('pong-timeout') });
  }

  /** A connection's time to log in is over. */
  #hasNotLoggedIn(connection: ConnectionId): void {
    if (this.phase(connection) !== 'greeting') return;
    // The login may be in data that was not read.
    if (this.#heldBack.has(connection)) this.#logins.add(connection);
    else this.#step({ type: 'evict', connection, last: farewell('login-timeout') });
  }
}
