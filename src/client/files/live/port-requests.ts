// Requests ports from the server [7.11]. The answer to READY_FOR_FILE names a port and nothing else, so one request
// at a time is made and any answer belongs to it. Owns that order and its time limit.

import { encodeBase64url } from '../../../lib/base64url.ts';
import type { Command } from '../../../wire/commands.ts';
import type { SoftCode } from '../../../wire/replies.ts';
import type { LineText, Username } from '../../../wire/text.ts';
import { formatProof, type Proof } from '../../../wire/transfer.ts';
import type { RandomBytes, Timers } from '../../ports.ts';
import { portTimeoutMs } from '../limits.ts';

/** A port, with the receiver's proof for it; or why there is none. */
export type PortAnswer =
  | { readonly kind: 'port'; readonly port: number; readonly proof: Proof | undefined }
  /** The sender has left, or has made another offer. */
  | { readonly kind: 'no-offer' }
  /** The server, or the sender, is too busy. */
  | { readonly kind: 'later' }
  | { readonly kind: 'silent' };

interface Request {
  readonly from: Username;
  readonly token: LineText;
  readonly answered: (answer: PortAnswer) => void;
}

const proofBytes = 32;

/** Refusals that can only be about READY_FOR_FILE. */
const refusals: Readonly<Partial<Record<SoftCode, 'no-offer' | 'later'>>> = {
  'no-such-offer': 'no-offer',
  'too-many-transfers': 'later',
  'sender-busy': 'later',
  'transfers-full': 'later',
  'guest-transfers-full': 'later',
  'address-transfers-full': 'later',
  'no-free-port': 'later',
};

export class PortRequests {
  readonly #timers: Timers;
  readonly #say: (command: Command) => void;
  readonly #makeProof: () => Proof | undefined;
  #waiting: Request[] = [];
  #open: { readonly request: Request; readonly proof: Proof | undefined } | undefined;
  #cancelTimer: () => void = () => {};

  constructor(
    { timers, random, proves }: { timers: Timers; random: RandomBytes; proves: boolean },
    say: (command: Command) => void,
  ) {
    this.#timers = timers;
    this.#say = say;
    this.#makeProof = () => (proves ? formatProof(encodeBase64url(random(proofBytes))) : undefined);
  }

  /** Requests a port for the offer `token` of `from`. The returned function cancels the request. */
  request(from: Username, token: LineText, answered: (answer: PortAnswer) => void): () => void {
    const request = { from, token, answered };
    this.#waiting.push(request);
    this.#next();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== request);
      // Sent already: the answer still belongs to this request, and must not go to the next one.
      if (this.#open?.request === request) {
        this.#open = { ...this.#open, request: { ...request, answered: () => {} } };
      }
    };
  }

  /** `OPEN_PORT_TO_RECEIVE port` came. */
  opened(port: number): void {
    this.#answer({ kind: 'port', port, proof: this.#open?.proof });
  }

  /** A refusal of the server. Returns whether it was about a port. */
  refused(code: SoftCode | undefined): boolean {
    const kind = code === undefined ? undefined : refusals[code];
    if (kind === undefined || this.#open === undefined) return false;
    this.#answer({ kind });
    return true;
  }

  /** The login ends: nobody gets an answer any more. */
  close(): void {
    this.#cancelTimer();
    this.#waiting = [];
    this.#open = undefined;
  }

  #next(): void {
    if (this.#open !== undefined) return;
    const request = this.#waiting.shift();
    if (request === undefined) return;
    const proof = this.#makeProof();
    this.#open = { request, proof };
    this.#cancelTimer = this.#timers.after(portTimeoutMs, () => this.#answer({ kind: 'silent' }));
    const { from, token: metadata } = request;
    this.#say({ verb: 'READY_FOR_FILE', from, metadata, proof });
  }

  #answer(answer: PortAnswer): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#cancelTimer();
    this.#open = undefined;
    open.request.answered(answer);
    this.#next();
  }
}
