// This device's key packages at the server, so that others can write while nobody is here: how many lie there, and when
// more are made. Their private parts are kept on the device before the server has the public ones.

import type { ClientChange } from '../store-port.ts';
import type { PendingRequests } from '../pending-requests.ts';
import type { DirectEngine } from '../direct/engine.ts';
import type { StoreWriter } from './store-writer.ts';
import { firstStock, stockBatch, stockTarget } from './limits.ts';

export interface KeyPackageStockPorts {
  readonly engine: Pick<DirectEngine, 'makePackages' | 'needsLastResort' | 'lastResortStocked'>;
  readonly journal: StoreWriter;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
}

export class KeyPackageStock {
  readonly #ports: KeyPackageStockPorts;
  #desk: PendingRequests | undefined;
  #isFilling = false;
  /** What lies at the server is of a device store that is gone: nobody could read what it encrypts. */
  #replaces: boolean;

  constructor(ports: KeyPackageStockPorts, isNewStore: boolean) {
    this.#ports = ports;
    this.#replaces = isNewStore;
  }

  /** What lies at the server may be for keys that this device does not have any more. To be called before `login`. */
  replace(): void {
    this.#replaces = true;
  }

  login(desk: PendingRequests): void {
    this.#desk = desk;
    this.#isFilling = false;
    this.fill();
  }

  logout(): void {
    this.#desk = undefined;
  }

  /** Sees to it that enough lie at the server. */
  fill(): void {
    const desk = this.#desk;
    if (this.#isFilling || desk === undefined) return;
    this.#isFilling = true;
    if (this.#replaces) this.#add(desk, firstStock);
    // How many there are only the server knows.
    else {
      desk.ask('STOCK', { packages: [] }, (answer) => {
        if (answer.ok) this.#goOn(desk, answer.value.stock);
        else this.#isFilling = false;
      });
    }
  }

  #goOn(desk: PendingRequests, stock: number): void {
    const missing = stockTarget - stock;
    if (missing > 0 || this.#ports.engine.needsLastResort()) {
      this.#add(desk, Math.max(0, Math.min(missing, stockBatch)));
    } else this.#isFilling = false;
  }

  #add(desk: PendingRequests, count: number): void {
    const { engine, journal, work } = this.#ports;
    work(async () => {
      if (this.#desk !== desk) return;
      const made = await engine.makePackages(count, engine.needsLastResort());
      await journal.write(made.changes);
      const { packages, lastResort } = made;
      const replace = this.#replaces;
      desk.ask(
        'STOCK',
        { packages: [...packages], replace, ...(lastResort !== undefined && { lastResort }) },
        (answer) => {
          if (!answer.ok) {
            this.#isFilling = false;
            return;
          }
          this.#replaces = false;
          if (lastResort !== undefined) this.#keep(() => engine.lastResortStocked());
          // As many as were left came in; a server that counts otherwise is not filled for ever.
          if (count > 0) this.#goOn(desk, answer.value.stock);
          else this.#isFilling = false;
        },
      );
    });
  }

  #keep(changes: () => readonly ClientChange[]): void {
    this.#ports.work(() => this.#ports.journal.write(changes()));
  }
}
