// All transfers of a server: opens a port for each, and reports its result and its end. Owns the transfers by number,
// and every connection to their ports until it is closed.

import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TransferId, TransferPlan } from '../../hub/effects.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { TlsCredentials } from '../transport/tls.ts';
import type { LoginOrigins } from './admission.ts';
import { hostsFor, Ports } from './port.ts';
import { ReadBuffers } from './read-buffers.ts';
import type { FileSettings } from './thread-messages.ts';
import { RelayTransfer } from './relay-transfer.ts';

/** Reports about transfers. Never called during a call to this class. */
export interface RelayTransfersListener {
  opened(transfer: TransferId, port: number): void;
  /** There is no port for it. */
  failed(transfer: TransferId): void;
  /** It has ended by itself. Not called for transfers that were closed. */
  closed(transfer: TransferId): void;
}

export class RelayTransfers {
  readonly #settings: FileSettings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listener: RelayTransfersListener;
  readonly #ports: Ports;
  readonly #buffers = new ReadBuffers();
  readonly #transfers = new Map<TransferId, RelayTransfer>();
  readonly #sockets = new Set<Socket>();
  #secureContext: SecureContext | undefined;
  #allClosed: (() => void)[] = [];

  constructor(settings: FileSettings, clock: Clock, log: Logger, listener: RelayTransfersListener) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#listener = listener;
    this.#ports = new Ports(settings.ports);
  }

  /** Transfer ports accept TLS with these credentials from now on. */
  useTls(credentials: TlsCredentials): void {
    this.#secureContext = createSecureContext({ ...credentials, minVersion: 'TLSv1.3' });
  }

  /** Opens a port for a file. */
  open(plan: TransferPlan, homes: LoginOrigins): void {
    const { transfer: id } = plan;
    const context = {
      limits: this.#settings,
      clock: this.#clock,
      log: this.#log,
      buffers: this.#buffers,
      opened: (socket: Socket) => this.#count(socket),
      secureContext: this.#secureContext,
    };
    const transfer = new RelayTransfer(plan, homes, context, () => {
      this.#transfers.delete(id);
      this.#listener.closed(id);
    });
    this.#transfers.set(id, transfer);
    const hosts = hostsFor(homes.sender.listenerHost, homes.receiver.listenerHost);
    const accept = (socket: Socket) => {
      this.#count(socket);
      transfer.accept(socket);
    };
    void this.#openPort(id, transfer, hosts, accept);
  }

  async #openPort(
    id: TransferId,
    transfer: RelayTransfer,
    hosts: readonly string[],
    accept: (socket: Socket) => void,
  ): Promise<void> {
    const port = await this.#ports.open(hosts, accept);
    if (port !== undefined) transfer.opened(port);
    // Somebody left the chat meanwhile.
    if (!this.#transfers.has(id)) return;
    if (port !== undefined) {
      this.#listener.opened(id, port.number);
      return;
    }
    this.close(id);
    this.#log.warn({ transfer: id }, 'no port is free for a file transfer');
    this.#listener.failed(id);
  }

  /** Ends a transfer, in any state. */
  close(id: TransferId): void {
    const transfer = this.#transfers.get(id);
    this.#transfers.delete(id);
    transfer?.close();
  }

  /** Resolves when no connection to any port is open. */
  allClosed(): Promise<void> {
    return this.#sockets.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#allClosed.push(resolve));
  }

  #count(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size > 0) return;
      for (const resolve of this.#allClosed) resolve();
      this.#allClosed = [];
    });
  }
}
