// All transfers from person to person: opens a port for each, and reports its result and its end. Owns the transfers by
// number.

import type { Duplex } from 'node:stream';
import type { TransferId, TransferPlan } from '../../hub/effects.ts';
import type { LoginOrigins } from './admission.ts';
import type { PortContext } from './port-context.ts';
import { hostsFor, type AcceptVisitor } from './port.ts';
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
  readonly #shared: PortContext;
  readonly #listener: RelayTransfersListener;
  readonly #transfers = new Map<TransferId, RelayTransfer>();

  constructor(shared: PortContext, listener: RelayTransfersListener) {
    this.#shared = shared;
    this.#listener = listener;
  }

  /** Opens a port for a file. */
  open(plan: TransferPlan, homes: LoginOrigins): void {
    const { transfer: id } = plan;
    const { settings, clock, log, buffers, sockets, secureContext } = this.#shared;
    const context = {
      limits: settings,
      clock,
      log,
      buffers,
      opened: (socket: Duplex) => sockets.add(socket),
      secureContext,
    };
    const transfer = new RelayTransfer(plan, homes, context, () => {
      this.#transfers.delete(id);
      this.#listener.closed(id);
    });
    this.#transfers.set(id, transfer);
    const hosts = hostsFor(homes.sender.listenerHost, homes.receiver.listenerHost);
    const accept: AcceptVisitor = (socket, web) => {
      sockets.add(socket);
      transfer.accept(socket, web);
    };
    void this.#openPort(id, transfer, hosts, accept);
  }

  async #openPort(
    id: TransferId,
    transfer: RelayTransfer,
    hosts: readonly string[],
    accept: AcceptVisitor,
  ): Promise<void> {
    const port = await this.#shared.ports.open(hosts, accept);
    if (port !== undefined) transfer.opened(port);
    // Somebody left the chat meanwhile.
    if (!this.#transfers.has(id)) return;
    if (port !== undefined) {
      this.#listener.opened(id, port.number);
      return;
    }
    this.close(id);
    this.#shared.log.warn({ transfer: id }, 'no port is free for a file transfer');
    this.#listener.failed(id);
  }

  /** Ends a transfer, in any state. */
  close(id: TransferId): void {
    const transfer = this.#transfers.get(id);
    this.#transfers.delete(id);
    transfer?.close();
  }
}
