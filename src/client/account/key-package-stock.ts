// This device's key packages at the server, so that others can write while it is offline: how many are there, and
// when more are made. Their private parts are on the device before the server has the public ones.

import type { ClientChange } from '../store/store-port.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { DirectEngine } from '../encryption/stored/engine.ts';
import type { StoreWriter } from './store-writer.ts';
import { firstStock, stockBatch, stockTarget } from './limits.ts';

export interface KeyPackageStockPorts {
  readonly engine: Pick<DirectEngine, 'makePackages' | 'needsLastResort' | 'lastResortStocked'>;
  readonly writer: StoreWriter;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
}

export class KeyPackageStock {
  readonly #ports: KeyPackageStockPorts;
  #requests: PendingRequests | undefined;
  #isFilling = false;
  /** The packages at the server are from a lost store: nobody could read what they encrypt. */
  #replaces: boolean;

  constructor(ports: KeyPackageStockPorts, isNewStore: boolean) {
    this.#ports = ports;
    this.#replaces = isNewStore;
  }

  /** The packages at the server may be for keys that this device no longer has. Must be called before `login`. */
  replace(): void {
    this.#replaces = true;
  }

  login(requests: PendingRequests): void {
    this.#requests = requests;
    this.#isFilling = false;
    this.fill();
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** Makes sure that enough packages are at the server. */
  fill(): void {
    const requests = this.#requests;
    if (this.#isFilling || requests === undefined) return;
    this.#isFilling = true;
    if (this.#replaces) this.#add(requests, firstStock);
    // Only the server knows how many there are.
    else {
      requests.ask('STOCK', { packages: [] }, (answer) => {
        if (answer.ok) this.#goOn(requests, answer.value.stock);
        else this.#isFilling = false;
      });
    }
  }

  #goOn(requests: PendingRequests, stock: number): void {
    const missing = stockTarget - stock;
    if (missing > 0 || this.#ports.engine.needsLastResort()) {
      this.#add(requests, Math.max(0, Math.min(missing, stockBatch)));
    } else this.#isFilling = false;
  }

  #add(requests: PendingRequests, count: number): void {
    const { engine, writer, work } = this.#ports;
    work(async () => {
      if (this.#requests !== requests) return;
      const made = await engine.makePackages(count, engine.needsLastResort());
      await writer.write(made.changes);
      const { packages, lastResort } = made;
      const replace = this.#replaces;
      requests.ask(
        'STOCK',
        { packages: [...packages], replace, ...(lastResort !== undefined && { lastResort }) },
        (answer) => {
          if (!answer.ok) {
            this.#isFilling = false;
            return;
          }
          this.#replaces = false;
          if (lastResort !== undefined) this.#keep(() => engine.lastResortStocked());
          // As many as were left arrived. A server that counts differently is not filled without end.
          if (count > 0) this.#goOn(requests, answer.value.stock);
          else this.#isFilling = false;
        },
      );
    });
  }

  #keep(changes: () => readonly ClientChange[]): void {
    this.#ports.work(() => this.#ports.writer.write(changes()));
  }
}
