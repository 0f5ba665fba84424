// The shell around the hub: turns what happens on connections into the hub's inputs, and the effects that come back
// into steps for the gate, which are carried out in order once what is to be kept of them is. Owns connection
// numbers, delivery, heartbeat and the transfers of files; decides nothing about the chat itself.

import type { Audience, ConnectionId, Effect, Form } from '../hub/effects.ts';
import { phaseOf, step, type Input } from '../hub/hub.ts';
import { countPeople } from '../hub/lookups.ts';
import { createHub } from '../hub/restore.ts';
import { farewell, type Env } from '../hub/turn.ts';
import type { Command, Refusal } from '../wire/commands.ts';
import { formatEvent } from '../wire/events.ts';
import { fatal } from '../wire/replies.ts';
import { systemClock, type Clock } from './clock.ts';
import { Connection, type ConnectionListener } from './connection.ts';
import { Delivery } from './delivery/delivery.ts';
import type { SlowReaderLimits } from './delivery/slow-readers.ts';
import { FileDesk } from './files/file-desk.ts';
import type { FileSettings } from './files/thread-messages.ts';
import { Gate, type CommitTarget } from './gate/gate.ts';
import { Heartbeat } from './heartbeat.ts';
import type { FloodControl } from './limits/flood-control.ts';
import type { Logger } from './log.ts';
import type { Figures } from './metrics/figures.ts';
import type { Act } from './outgoing/acts.ts';
import { carryOut } from './outgoing/carry-out.ts';
import { formStep, salvageStep, type Awaited, type Hearing } from './outgoing/form-step.ts';
import type { TlsCredentials } from './transport/sockets.ts';
import type { Transport, TransportListener } from './transport/transport.ts';

export interface ChatSettings {
  readonly env: Env;
  readonly maxLineBytes: number;
  readonly slowReaders: SlowReaderLimits;
  /** Undefined for none. */
  readonly flood: FloodControl | undefined;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  readonly files: FileSettings;
}

const ping = formatEvent({ verb: 'PING' });

/** How long those who speak wait before it is looked again whether the store has caught up, in milliseconds. */
const heavyWaitMs = 20;

export class Chat implements ConnectionListener, Hearing {
  readonly #settings: ChatSettings;
  readonly #log: Logger;
  readonly #hub = createHub();
  readonly #delivery: Delivery;
  readonly #heartbeat: Heartbeat;
  readonly #files: FileDesk;
  readonly #gate: Gate<Act, Awaited>;
  /** Connections that are not read at the moment, since they have said more than they may. */
  readonly #heldBack = new Set<ConnectionId>();
  readonly #counts = { commands: 0, refusedLines: 0, holds: 0, slowReaders: 0, missedPongs: 0 };
  #lastId = 0;

  constructor(settings: ChatSettings, store: CommitTarget, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#delivery = new Delivery(settings.slowReaders, systemClock, (connection) => {
      // Its end may wait behind what is being kept.
      if (this.phase(connection) === undefined) return;
      this.#log.info({ connection }, 'closed a connection that reads too slowly');
      this.#counts.slowReaders++;
      this.#step({ type: 'evict', connection, last: farewell('slow-reader') });
    });
    this.#heartbeat = new Heartbeat(
      {
        intervalMs: settings.pingIntervalMs,
        timeoutMs: settings.pongTimeoutMs,
        ping: (connection) => this.#delivery.send(connection, ping),
        timedOut: (connection) => {
          // The answer may lie in what is not read.
          if (this.#heldBack.has(connection)) {
            this.#heartbeat.add(connection);
            return;
          }
          this.#counts.missedPongs++;
          this.#step({ type: 'evict', connection, last: farewell('pong-timeout') });
        },
      },
      systemClock,
    );
    this.#files = new FileDesk(settings.files, log, {
      transferOpened: (transfer, port) => this.#step({ type: 'transferOpened', transfer, port }),
      transferFailed: (transfer) => this.#step({ type: 'transferFailed', transfer }),
      transferClosed: (transfer) => this.#step({ type: 'transferClosed', transfer }),
    });
    const world = { delivery: this.#delivery, heartbeat: this.#heartbeat, files: this.#files };
    this.#gate = new Gate<Act, Awaited>(store, systemClock, {
      carryOut: (acts) => {
        for (const act of acts) carryOut(act, world);
      },
      dropped: (posts) => void this.#step({ type: 'dropped', posts }),
      salvage: salvageStep,
      storing: (works, code) => {
        if (works) log.info({}, 'the store works again');
        else
          log.error(
            { code },
            'the store has failed: nothing more is taken that would have to be kept',
          );
        this.#step({ type: 'storing', works });
      },
    });
  }

  /** What transfer ports speak TLS with from here on. */
  useTls(credentials: TlsCredentials): void {
    this.#files.useTls(credentials);
  }

  /** Takes in a new connection, on whatever transport. */
  accept(transport: Transport): TransportListener {
    const connection = ++this.#lastId as ConnectionId;
    this.#log.debug({ connection }, 'connection opened');
    this.#delivery.open(connection, transport);
    this.#heartbeat.add(connection);
    this.#step({ type: 'connect', connection });
    const allowance = this.#settings.flood?.enter(transport.origin.address);
    return new Connection(connection, transport, allowance, this);
  }

  /**
   * Tells everybody why and closes every connection. Resolves when all is kept that was to be, and connections to
   * transfer ports are closed.
   */
  async close(): Promise<void> {
    for (const connection of this.#hub.connections.keys()) {
      this.#step({ type: 'evict', connection, last: farewell('server-closing') });
    }
    await this.#gate.close();
    await this.#files.finish();
  }

  /** What there is to know at this moment, but for the door. */
  figures(): Omit<Figures, 'waitingAtDoor' | 'turnedAwayTotal'> {
    const { connections, groups, files } = this.#hub;
    const { deliveries, writes, bytes, flushes } = this.#delivery.counts;
    return {
      connections: connections.size,
      connectionsTotal: this.#lastId,
      users: countPeople(this.#hub),
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
    };
  }

  /** Tells `told` how many lines for audiences each flush writes. */
  onFlush(told: (lines: number) => void): void {
    this.#delivery.onFlush = told;
  }

  get maxLineBytes(): number {
    return this.#settings.maxLineBytes;
  }

  get clock(): Clock {
    return systemClock;
  }

  get waitMs(): number {
    return this.#gate.isHeavy ? heavyWaitMs : 0;
  }

  phase(connection: ConnectionId): 'greeting' | 'open' | undefined {
    return phaseOf(this.#hub, connection);
  }

  command(connection: ConnectionId, command: Command): number {
    this.#counts.commands++;
    if (command.verb !== 'PONG')
      return this.#step({ type: 'command', connection, command, at: Date.now() });
    this.#heartbeat.pong(connection);
    return 0;
  }

  refuse(connection: ConnectionId, refusal: Refusal): number {
    this.#counts.refusedLines++;
    return this.#step({ type: 'refuse', connection, refusal });
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
    // What it has said meanwhile stands before its answer to a ping.
    this.#heartbeat.excuse(connection);
  }

  gone(connection: ConnectionId): void {
    this.#heldBack.delete(connection);
    if (this.phase(connection) === undefined) return;
    this.#log.debug({ connection }, 'connection closed by the other side');
    const effects = step(this.#hub, { type: 'disconnect', connection }, this.#settings.env);
    // Behind what is still to be told to it, as every end: those who speak with it count on its being there.
    this.#take([...effects, { type: 'close', connection }]);
  }

  /** Returns what the input has cost, in bytes. */
  #step(input: Input): number {
    return this.#take(step(this.#hub, input, this.#settings.env));
  }

  #take(effects: readonly Effect[]): number {
    const { step, cost } = formStep(effects, this);
    this.#gate.take(step);
    return cost;
  }

  listeners(audience: Audience, form: Form): number {
    return this.#delivery.listeners(audience, form);
  }

  get willWait(): boolean {
    return !this.#gate.isOpen;
  }
}
