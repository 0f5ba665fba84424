// All transfers of kept files: opens the file and a port for each, and reports its result and its end. Owns the transfers
// by number. Invariant: at most one writes to a file or removes it; a later one waits until that has ended.

import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { KeptPlan, TransferId } from '../../../hub/effects.ts';
import type { KeptFailure, KeptReport } from '../../../hub/inputs.ts';
import { systemCode, systemReason } from '../../../lib/system-error.ts';
import { parseTicket, type KeptFileId } from '../../../wire/kept-files.ts';
import { invariant } from '../../../lib/invariant.ts';
import type { Origin } from '../../transport/transport.ts';
import type { PortContext } from '../port-context.ts';
import type { AcceptVisitor } from '../port.ts';
import { openToRead, openToWrite, removeBytes } from './kept-folder.ts';
import { KeptPort, type KeptPortEnd } from './kept-port.ts';

/** Never called during a call to this class. */
type Report = (report: KeptReport) => void;

const nothingCame: KeptPortEnd = { have: undefined, why: undefined };

export class KeptPorts {
  readonly #shared: PortContext;
  readonly #report: Report;
  /** Undefined while its file or its port is being opened. */
  readonly #ports = new Map<TransferId, KeptPort | undefined>();
  /** What writes to a file, or waits to. */
  readonly #writing = new Map<KeptFileId, Promise<void>>();

  constructor(shared: PortContext, report: Report) {
    this.#shared = shared;
    this.#report = report;
  }

  /** Opens a port for a kept file. */
  open(plan: KeptPlan, home: Origin): void {
    this.#ports.set(plan.transfer, undefined);
    const run = () => this.#run(plan, home);
    if (plan.verb === 'UPLOAD') this.#exclusively(plan.id, run);
    else void (this.#writing.get(plan.id) ?? Promise.resolve()).then(run);
  }

  /** Ends a transfer, in any state. */
  close(transfer: TransferId): void {
    const port = this.#ports.get(transfer);
    if (port !== undefined) port.close();
    // Whoever opens it finds it gone.
    else if (this.#ports.delete(transfer)) {
      void Promise.resolve().then(() => this.#over(transfer, nothingCame));
    }
  }

  /** Deletes the bytes of a file, when nothing writes to it any more. */
  remove(id: KeptFileId): void {
    const { folder } = this.#shared.settings;
    if (folder === undefined) return;
    this.#exclusively(id, async () => {
      try {
        await removeBytes(folder, id);
      } catch (error) {
        // The next start tries again.
        this.#warn(error, 'a kept file could not be removed');
      }
    });
  }

  /** Resolves when nothing writes. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #exclusively(id: KeptFileId, work: () => Promise<void>): void {
    const before = this.#writing.get(id) ?? Promise.resolve();
    const done = before.then(work).finally(() => {
      if (this.#writing.get(id) === done) this.#writing.delete(id);
    });
    this.#writing.set(id, done);
  }

  /** From the opened file to the closed one. */
  async #run(plan: KeptPlan, home: Origin): Promise<void> {
    const { transfer } = plan;
    if (!this.#ports.has(transfer)) return;
    const file = await this.#openFile(plan);
    if (!this.#ports.has(transfer)) {
      if (typeof file !== 'string') await file.close();
      return;
    }
    if (typeof file === 'string') this.#fail(transfer, file);
    else await this.#serve(plan, home, file);
  }

  async #openFile({ verb, id, from, to }: KeptPlan): Promise<FileHandle | KeptFailure> {
    const { folder } = this.#shared.settings;
    if (folder === undefined) return 'lost';
    try {
      const file =
        verb === 'UPLOAD' ? await openToWrite(folder, id, from) : await openToRead(folder, id, to);
      return file ?? 'lost';
    } catch (error) {
      this.#warn(error, 'a kept file could not be opened');
      return 'no-room';
    }
  }

  async #serve(plan: KeptPlan, home: Origin, file: FileHandle): Promise<void> {
    const { transfer } = plan;
    const { sockets, ports, log } = this.#shared;
    const ticket = parseTicket(randomBytes(32).toString('base64url'));
    invariant(ticket, 'tickets have this form');
    let ended: (end: KeptPortEnd) => void = () => {};
    const end = new Promise<KeptPortEnd>((resolve) => (ended = resolve));
    const port = new KeptPort(plan, ticket, home, file, this.#shared, {
      moved: (have) => this.#report({ type: 'keptMoved', transfer, have }),
      ended,
    });
    this.#ports.set(transfer, port);
    const accept: AcceptVisitor = (socket, web) => {
      sockets.add(socket);
      port.accept(socket, web);
    };
    const opened = await ports.open([home.listenerHost], accept);
    if (opened === undefined) {
      log.warn({ transfer }, 'no port is free for a kept file');
      port.close();
      await end;
      this.#fail(transfer, 'no-port');
      return;
    }
    port.opened(opened);
    this.#report({ type: 'keptOpened', transfer, port: opened.number, ticket });
    const result = await end;
    log.info({ transfer, verb: plan.verb, ...result }, 'a transfer of a kept file is over');
    this.#ports.delete(transfer);
    this.#over(transfer, result);
  }

  #fail(transfer: TransferId, why: KeptFailure): void {
    this.#ports.delete(transfer);
    this.#report({ type: 'keptFailed', transfer, why });
  }

  #over(transfer: TransferId, { have, why }: KeptPortEnd): void {
    this.#report({ type: 'keptOver', transfer, have, why });
  }

  #warn(error: unknown, message: string): void {
    this.#shared.log.warn({ code: systemCode(error), reason: systemReason(error) }, message);
  }
}
