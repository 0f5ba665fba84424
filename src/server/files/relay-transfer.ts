// One file from one person to another, from the opened port to the closed one [7.11]. Owns the two places, their time
// limit, and the last lines to each side. Invariant: a taken place is never given to another connection while its own
// is open. Others are closed without any effect on the two.

import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { TransferPlan } from '../../hub/effects.ts';
import { formatFileStatus, type FileStatus } from '../../wire/transfer.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import {
  refuseReceiver,
  refuseSender,
  type LoginOrigins,
  type RelayOrigin,
  type VisitorRefusal,
} from './admission.ts';
import { sayFarewell } from './farewell.ts';
import { IntroductionReader, type Introduction } from './introduction.ts';
import type { TransferPort } from './port.ts';
import type { ReadBuffers } from './read-buffers.ts';
import { Relay } from './relay.ts';
import { Visitors } from './visitors.ts';

export interface RelayLimits {
  /** How long both people may take to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long nothing may move once both are connected, in milliseconds. */
  readonly stallTimeoutMs: number;
}

type Stage =
  | { readonly phase: 'waiting'; sender: SenderSeat | undefined; receiver: Duplex | undefined }
  | { readonly phase: 'passing'; readonly relay: Relay; readonly receiver: Duplex }
  | { readonly phase: 'over' };

interface SenderSeat {
  readonly socket: Duplex;
  /** The bytes of the file that came with the header. */
  readonly rest: Uint8Array;
}

export interface RelayTransferContext {
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly buffers: ReadBuffers;
  /** Called with every socket that a connection is moved to. */
  readonly opened: (socket: Duplex) => void;
  /** For TLS. Undefined if the server has no TLS. */
  readonly secureContext: SecureContext | undefined;
}

export class RelayTransfer {
  readonly #plan: TransferPlan;
  readonly #homes: LoginOrigins;
  readonly #context: RelayTransferContext;
  readonly #ended: () => void;
  readonly #visitors: Visitors<Introduction>;
  readonly #cancelTimeout: () => void;
  #port: TransferPort | undefined;
  #stage: Stage = { phase: 'waiting', sender: undefined, receiver: undefined };

  /** @param ended called once, when it ends by itself; not after `close` */
  constructor(
    plan: TransferPlan,
    homes: LoginOrigins,
    context: RelayTransferContext,
    ended: () => void,
  ) {
    this.#plan = plan;
    this.#homes = homes;
    this.#context = context;
    this.#ended = ended;
    this.#visitors = new Visitors({
      clock: context.clock,
      secureContext: context.secureContext,
      makeReader: () => new IntroductionReader(plan),
      admit: (...arrived) => this.#admit(...arrived),
      refused: (reason) => this.#logRefusal(reason),
    });
    this.#cancelTimeout = context.clock.after(context.limits.connectTimeoutMs, () => {
      this.#finish('corrupted', 'nobody-came');
      this.#ended();
    });
  }

  /** The port for this transfer. It is closed with it. */
  opened(port: TransferPort): void {
    if (this.#stage.phase === 'over') port.close();
    else this.#port = port;
  }

  /** Receives a connection to the port. */
  accept(socket: Duplex, web?: RelayOrigin): void {
    if (this.#stage.phase === 'over') socket.destroy();
    else this.#visitors.accept(socket, web);
  }

  /** Ends it because one of the two people left the chat, or the server closes. */
  close(): void {
    this.#finish('corrupted', 'person-gone');
  }

  #admit(
    socket: Duplex,
    introduction: Introduction,
    arrival: RelayOrigin,
  ): VisitorRefusal | undefined {
    const stage = this.#stage;
    if (introduction.role === 'sender') {
      const refusal = refuseSender(this.#plan, this.#homes, arrival);
      if (refusal !== undefined) return refusal;
      if (stage.phase !== 'waiting' || stage.sender !== undefined) return 'taken';
      this.#seatSender(stage, { socket, rest: introduction.rest });
    } else {
      const refusal = refuseReceiver(this.#plan, this.#homes, arrival, introduction.proof);
      if (refusal !== undefined) return refusal;
      if (stage.phase !== 'waiting' || stage.receiver !== undefined) return 'taken';
      // A receiver has nothing to send before the file.
      if (introduction.rest.length > 0) return 'stranger';
      this.#seatReceiver(stage, socket);
    }
    if (stage.sender !== undefined && stage.receiver !== undefined) {
      this.#start(stage.sender, stage.receiver);
    }
    return undefined;
  }

  /** A sender that has disconnected frees its place for the next connection. */
  #seatSender(stage: Stage & { phase: 'waiting' }, seat: SenderSeat): void {
    stage.sender = seat;
    seat.socket.on('close', () => {
      if (stage.sender === seat) stage.sender = undefined;
    });
  }

  /** A receiver that disconnects, or sends bytes before the file, frees its place for the next connection. */
  #seatReceiver(stage: Stage & { phase: 'waiting' }, socket: Duplex): void {
    stage.receiver = socket;
    const leave = () => {
      if (this.#stage !== stage || stage.receiver !== socket) return;
      stage.receiver = undefined;
      socket.destroy();
    };
    socket.on('data', leave);
    socket.on('end', leave);
    socket.on('close', leave);
    socket.resume();
  }

  #start({ socket, rest }: SenderSeat, receiver: Duplex): void {
    this.#cancelTimeout();
    receiver.removeAllListeners('data');
    const { clock, limits, buffers, opened } = this.#context;
    const sides = { sender: socket, senderRest: rest, receiver };
    const relay = new Relay(this.#plan, sides, {
      clock,
      buffers,
      stallTimeoutMs: limits.stallTimeoutMs,
      ended: (status, end) => {
        this.#finish(status, end);
        this.#ended();
      },
    });
    opened(relay.sender);
    this.#stage = { phase: 'passing', relay, receiver };
  }

  #finish(status: FileStatus, reason: string): void {
    const stage = this.#stage;
    if (stage.phase === 'over') return;
    this.#stage = { phase: 'over' };
    this.#cancelTimeout();
    this.#port?.close();
    this.#visitors.destroy();
    const { clock, log } = this.#context;
    const lastWords = formatFileStatus(status);
    if (stage.phase === 'passing') {
      stage.relay.stop();
      sayFarewell(stage.relay.sender, clock, lastWords, stage.relay.flushed);
    } else if (stage.sender !== undefined) sayFarewell(stage.sender.socket, clock, lastWords);
    if (stage.receiver !== undefined) sayFarewell(stage.receiver, clock);
    log.info({ transfer: this.#plan.transfer, status, reason }, 'a file transfer is over');
  }

  #logRefusal(reason: VisitorRefusal): void {
    const { transfer } = this.#plan;
    this.#context.log.info({ transfer, reason }, 'closed a connection to a transfer port');
  }
}
