// One transfer of a kept file, from the opened port to the closed one [13.8]. Owns the place of the one who may come, its
// time limit, and the end. Invariant: one connection alone is ever admitted, by the ticket.

import { timingSafeEqual } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { KeptPlan } from '../../../hub/effects.ts';
import type { Ticket } from '../../../wire/kept-files.ts';
import type { Origin } from '../../transport/transport.ts';
import type { RelayOrigin, VisitorRefusal } from '../admission.ts';
import { sayFarewell } from '../farewell.ts';
import type { PortContext } from '../port-context.ts';
import type { TransferPort } from '../port.ts';
import { Visitors } from '../visitors.ts';
import { FileSender } from './file-sender.ts';
import { FileWriter } from './file-writer.ts';
import { PortLineReader, type PortIntroduction } from './port-line-reader.ts';

/** How it ended. `have`: of an upload that somebody brought, how much is on the disk. */
export interface KeptPortEnd {
  readonly have: number | undefined;
  readonly why: 'no-room' | undefined;
}

export interface KeptPortListener {
  moved(have: number): void;
  /** Called once, when the file is closed. */
  ended(end: KeptPortEnd): void;
}

type KeptPortStage =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'moving'; readonly mover: FileWriter | FileSender }
  | { readonly phase: 'over' };

export class KeptPort {
  readonly #plan: KeptPlan;
  readonly #ticket: Ticket;
  readonly #home: Origin;
  readonly #file: FileHandle;
  readonly #shared: PortContext;
  readonly #listener: KeptPortListener;
  readonly #visitors: Visitors<PortIntroduction>;
  readonly #cancelTimeout: () => void;
  #port: TransferPort | undefined;
  #stage: KeptPortStage = { phase: 'waiting' };

  /** @param file open, and closed by this */
  constructor(
    plan: KeptPlan,
    ticket: Ticket,
    home: Origin,
    file: FileHandle,
    shared: PortContext,
    listener: KeptPortListener,
  ) {
    this.#plan = plan;
    this.#ticket = ticket;
    this.#home = home;
    this.#file = file;
    this.#shared = shared;
    this.#listener = listener;
    const { clock, secureContext, settings } = shared;
    this.#visitors = new Visitors({
      clock,
      secureContext,
      makeReader: () => new PortLineReader(),
      admit: (...arrived) => this.#admit(...arrived),
      refused: (reason) => this.#logRefusal(reason),
    });
    this.#cancelTimeout = clock.after(settings.connectTimeoutMs, () => this.close());
  }

  /** The port for this transfer. It is closed with it. */
  opened(port: TransferPort): void {
    if (this.#stage.phase === 'over') port.close();
    else this.#port = port;
  }

  /** Receives a connection to the port. */
  accept(socket: Duplex, web?: RelayOrigin): void {
    if (this.#stage.phase === 'waiting') this.#visitors.accept(socket, web);
    else socket.destroy();
  }

  /** Ends it, in any state. */
  close(): void {
    const stage = this.#stage;
    if (stage.phase === 'moving') stage.mover.stop();
    if (stage.phase !== 'waiting') return;
    this.#leave();
    this.#stage = { phase: 'over' };
    const ended = () => this.#listener.ended({ have: undefined, why: undefined });
    this.#file.close().then(ended, ended);
  }

  /** Nobody else is admitted. */
  #leave(): void {
    this.#cancelTimeout();
    this.#port?.close();
    this.#visitors.destroy();
  }

  #admit(
    socket: Duplex,
    { line, rest }: PortIntroduction,
    { secure }: RelayOrigin,
  ): VisitorRefusal | undefined {
    const { verb, id } = this.#plan;
    if (this.#home.secure && !secure) return 'needs-tls';
    if (!isSame(line.ticket, this.#ticket)) return 'wrong-proof';
    if (line.verb !== verb || line.id !== id) return 'stranger';
    if (this.#stage.phase !== 'waiting') return 'taken';
    // Who fetches has nothing to say.
    if (verb === 'FETCH' && rest.length > 0) return 'stranger';
    this.#leave();
    const mover = verb === 'UPLOAD' ? this.#write(socket, rest) : this.#send(socket);
    this.#stage = { phase: 'moving', mover };
    return undefined;
  }

  #write(socket: Duplex, rest: Uint8Array): FileWriter {
    const { clock, buffers, settings, sockets } = this.#shared;
    const writer = new FileWriter(this.#file, this.#plan, socket, rest, {
      clock,
      buffers,
      stallTimeoutMs: settings.stallTimeoutMs,
      moved: (have) => this.#listener.moved(have),
      ended: (end) => {
        this.#over(end);
        sayFarewell(writer.socket, clock);
      },
    });
    sockets.add(writer.socket);
    return writer;
  }

  #send(socket: Duplex): FileSender {
    const { clock, buffers, settings } = this.#shared;
    return new FileSender(this.#file, this.#plan, socket, {
      clock,
      buffers,
      stallTimeoutMs: settings.stallTimeoutMs,
      ended: () => {
        this.#over({ have: undefined, why: undefined });
        sayFarewell(socket, clock);
      },
    });
  }

  #over(end: KeptPortEnd): void {
    this.#stage = { phase: 'over' };
    this.#listener.ended(end);
  }

  #logRefusal(reason: VisitorRefusal): void {
    const { transfer } = this.#plan;
    this.#shared.log.info({ transfer, reason }, 'closed a connection to the port of a kept file');
  }
}

/** In constant time. All tickets have the same length. */
function isSame(one: Ticket, other: Ticket): boolean {
  return timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'));
}
