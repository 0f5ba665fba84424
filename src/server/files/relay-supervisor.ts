// Where the chat starts and ends file transfers, in a thread of their own, and gets reports about them. Owns the
// thread: it starts with the first file, and after a crash with the next one.
//
// Why a thread: a file at full speed keeps one busy. In the thread of the chat every line waited for the chunk that was
// just moved (measured: 0.5 to 0.9 ms at the median with chunks of 1 MiB, 0.2 to 0.3 with 256 KiB, 0.1 without files
// and with this thread), and TLS made that several times longer.

import type { Socket } from 'node:net';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { KeptPlan, TransferId, TransferPlan } from '../../hub/effects.ts';
import type { KeptReport } from '../../hub/inputs.ts';
import { crashFields } from '../../lib/crash.ts';
import { unreachable } from '../../lib/invariant.ts';
import type { Logger } from '../log.ts';
import type { KeptFileId } from '../../wire/kept-files.ts';
import type { TlsCredentials } from '../transport/tls.ts';
import type { Origin } from '../transport/transport.ts';
import type { LoginOrigins } from './admission.ts';
import { passOn } from './web/passage.ts';
import { noSuchPort, type WebVisit } from './web/web-visit.ts';
import { refuseUpgrade } from '../web/upgrade.ts';
import type { FileOrder, FileReport, FileSettings } from './thread-messages.ts';

/** Reports about transfers. Never called during a call to the supervisor. */
export interface RelaySupervisorListener {
  transferOpened(transfer: TransferId, port: number): void;
  /** There is no port for it. */
  transferFailed(transfer: TransferId): void;
  /** It has ended by itself. Not called for transfers that were closed. */
  transferClosed(transfer: TransferId): void;
  /** Of the transfer of a kept file. */
  kept(report: KeptReport): void;
}

export class RelaySupervisor {
  readonly #settings: FileSettings;
  readonly #log: Logger;
  readonly #listener: RelaySupervisorListener;
  /** Transfers in the thread, and whether they have a port yet. */
  readonly #transfers = new Map<TransferId, 'opening' | 'open'>();
  /** Those of kept files. */
  readonly #kept = new Set<TransferId>();
  #credentials: TlsCredentials | undefined;
  #thread: Worker | undefined;
  #finished: (() => void) | undefined;

  constructor(settings: FileSettings, log: Logger, listener: RelaySupervisorListener) {
    this.#settings = settings;
    this.#log = log;
    this.#listener = listener;
  }

  /** Transfer ports accept TLS with these credentials from now on. */
  useTls(credentials: TlsCredentials): void {
    this.#credentials = credentials;
    this.#thread?.postMessage({ type: 'useTls', credentials } satisfies FileOrder);
  }

  /** Opens a port for a file. */
  open(plan: TransferPlan, homes: LoginOrigins): void {
    this.#transfers.set(plan.transfer, 'opening');
    this.#order({ type: 'open', plan, homes });
  }

  /** Ends a transfer, in any state. */
  close(transfer: TransferId): void {
    if (!this.#transfers.delete(transfer)) return;
    this.#thread?.postMessage({ type: 'close', transfer } satisfies FileOrder);
  }

  /** Opens a port for a kept file. */
  openKept(plan: KeptPlan, home: Origin): void {
    this.#kept.add(plan.transfer);
    this.#order({ type: 'openKept', plan, home });
  }

  /** Ends the transfer of a kept file, in any state. Its end is reported. */
  closeKept(transfer: TransferId): void {
    if (this.#kept.has(transfer)) this.#order({ type: 'closeKept', transfer });
  }

  /** Deletes the bytes of a kept file. */
  removeKept(id: KeptFileId): void {
    this.#order({ type: 'removeKept', id });
  }

  /** Somebody asks for a WebSocket to a transfer port. `head` came behind the request. */
  webVisit(visit: WebVisit, socket: Socket, head: Buffer): void {
    const thread = this.#thread;
    if (thread === undefined) {
      refuseUpgrade(socket, noSuchPort);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    passOn(socket, head, port1);
    thread.postMessage({ type: 'webVisit', visit, channel: port2 } satisfies FileOrder, [port2]);
  }

  #order(order: FileOrder): void {
    this.#thread ??= this.#start();
    this.#thread.postMessage(order);
  }

  /** Resolves when every transfer and every connection to a port is closed, and the thread has ended. */
  async finish(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    await new Promise<void>((resolve) => {
      this.#finished = resolve;
      thread.postMessage({ type: 'finish' } satisfies FileOrder);
    });
    await thread.terminate();
  }

  #start(): Worker {
    const thread = new Worker(new URL('thread.js', import.meta.url), {
      name: 'files',
      workerData: this.#settings,
    });
    thread.on('message', (report: FileReport) => this.#report(report));
    thread.on('error', (error) => {
      this.#log.error({ ...crashFields(error) }, 'the thread for files has crashed');
    });
    thread.on('exit', () => this.#ended());
    const credentials = this.#credentials;
    if (credentials) thread.postMessage({ type: 'useTls', credentials } satisfies FileOrder);
    return thread;
  }

  #report(report: FileReport): void {
    switch (report.type) {
      case 'opened':
        if (!this.#transfers.has(report.transfer)) return;
        this.#transfers.set(report.transfer, 'open');
        this.#listener.transferOpened(report.transfer, report.port);
        return;
      case 'failed':
        if (this.#transfers.delete(report.transfer)) this.#listener.transferFailed(report.transfer);
        return;
      case 'closed':
        if (this.#transfers.delete(report.transfer)) this.#listener.transferClosed(report.transfer);
        return;
      case 'keptOpened':
      case 'keptMoved':
        if (this.#kept.has(report.transfer)) this.#listener.kept(report);
        return;
      case 'keptFailed':
      case 'keptOver':
        if (this.#kept.delete(report.transfer)) this.#listener.kept(report);
        return;
      case 'finished':
        this.#finished?.();
        return;
      case 'log':
        this.#log[report.level](report.fields, report.message);
        return;
      default:
        unreachable(report);
    }
  }

  /** The sockets end with the thread, so every transfer in it is over. */
  #ended(): void {
    this.#thread = undefined;
    const transfers = [...this.#transfers];
    this.#transfers.clear();
    for (const [transfer, stage] of transfers) {
      if (stage === 'open') this.#listener.transferClosed(transfer);
      else this.#listener.transferFailed(transfer);
    }
    const kept = [...this.#kept];
    this.#kept.clear();
    const unknown = { have: undefined, why: undefined };
    for (const transfer of kept) this.#listener.kept({ type: 'keptOver', transfer, ...unknown });
    this.#finished?.();
  }
}
