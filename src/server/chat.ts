// The shell around the hub: turns what happens on connections into the hub's inputs, and carries out the
// effects that come back, in order. Owns connection numbers, delivery, heartbeat and the transfers of files;
// decides nothing about the chat itself.

import type { ConnectionId, Effect, TransferPlan } from '../hub/effects.ts';
import { phaseOf, step, type Input } from '../hub/hub.ts';
import { createHub } from '../hub/state.ts';
import { farewell, type Env } from '../hub/turn.ts';
import { invariant, InvariantError, unreachable } from '../lib/invariant.ts';
import type { Command, Refusal } from '../wire/commands.ts';
import { fatal } from '../wire/replies.ts';
import { systemClock, type Clock } from './clock.ts';
import { Connection, type ConnectionListener } from './connection.ts';
import { Delivery } from './delivery/delivery.ts';
import type { SlowReaderLimits } from './delivery/slow-readers.ts';
import { FileDesk } from './files/file-desk.ts';
import type { FileSettings } from './files/thread-messages.ts';
import { Heartbeat } from './heartbeat.ts';
import { audienceDiscount } from './limits/flood-limits.ts';
import type { FloodControl } from './limits/flood-control.ts';
import type { Logger } from './log.ts';
import type { Figures } from './metrics/figures.ts';
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

export class Chat implements ConnectionListener {
  readonly #settings: ChatSettings;
  readonly #log: Logger;
  readonly #hub = createHub();
  readonly #delivery: Delivery;
  readonly #heartbeat: Heartbeat;
  readonly #files: FileDesk;
  /** Connections that are not read at the moment, since they have said more than they may. */
  readonly #heldBack = new Set<ConnectionId>();
  readonly #counts = { commands: 0, refusedLines: 0, holds: 0, slowReaders: 0, missedPongs: 0 };
  #lastId = 0;

  constructor(settings: ChatSettings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#delivery = new Delivery(settings.slowReaders, systemClock, (connection) => {
      this.#log.info({ connection }, 'closed a connection that reads too slowly');
      this.#counts.slowReaders++;
      this.#step({ type: 'evict', connection, last: farewell('slow-reader') });
    });
    this.#heartbeat = new Heartbeat(
      {
        intervalMs: settings.pingIntervalMs,
        timeoutMs: settings.pongTimeoutMs,
        ping: (connection) => this.#delivery.send(connection, { verb: 'PING' }),
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

  /** Tells everybody why and closes every connection. Resolves when those to transfer ports are closed. */
  close(): Promise<void> {
    for (const connection of this.#hub.connections.keys()) {
      this.#step({ type: 'evict', connection, last: farewell('server-closing') });
    }
    return this.#files.finish();
  }

  /** What there is to know at this moment, but for the door. */
  figures(): Omit<Figures, 'waitingAtDoor' | 'turnedAwayTotal'> {
    const { connections, users, groups, files } = this.#hub;
    const { deliveries, writes, bytes, flushes } = this.#delivery.counts;
    return {
      connections: connections.size,
      connectionsTotal: this.#lastId,
      users: users.size,
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
    this.#step({ type: 'disconnect', connection });
    this.#log.debug({ connection }, 'connection closed by the other side');
    this.#heartbeat.remove(connection);
    this.#delivery.close(connection);
  }

  /** Returns what the input has cost, in bytes. */
  #step(input: Input): number {
    let cost = 0;
    for (const effect of step(this.#hub, input, this.#settings.env)) cost += this.#carryOut(effect);
    return cost;
  }

  #carryOut(effect: Effect): number {
    switch (effect.type) {
      case 'send':
        return this.#delivery.send(effect.to, effect.event);
      case 'post': {
        const { audience, seed, except } = effect;
        invariant(audience && seed, 'people without accounts speak to audiences');
        return this.#delivery.deliver(audience, seed, except) / audienceDiscount;
      }
      case 'report':
      case 'change':
      case 'repeat':
        throw new InvariantError('nobody has an account yet');
      case 'join':
        this.#delivery.join(effect.audience, effect.connection);
        return 0;
      case 'leave':
        this.#delivery.leave(effect.audience, effect.connection);
        return 0;
      case 'close':
        this.#heartbeat.remove(effect.connection);
        this.#delivery.close(effect.connection);
        return 0;
      case 'openTransfer':
        this.#openTransfer(effect.plan);
        return 0;
      case 'closeTransfer':
        this.#files.close(effect.transfer);
        return 0;
      default:
        unreachable(effect);
    }
  }

  #openTransfer(plan: TransferPlan): void {
    const sender = this.#delivery.originOf(plan.sender.connection);
    const receiver = this.#delivery.originOf(plan.receiver.connection);
    invariant(sender && receiver, 'the hub opens transfers between open connections');
    this.#files.open(plan, { sender, receiver });
  }
}
