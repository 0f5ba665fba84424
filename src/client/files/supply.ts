// Where the content of an incoming file is: with its sender, who offers it while both are there (live/offered.ts), or at
// the server, which keeps it (kept/fetched.ts). What incoming.ts asks of either.

import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { SentEndReason } from './notes/file-note.ts';
import type { Landing, ReceiveOrder } from './ports.ts';
import type { IncomingRecord } from './records.ts';
import type { AskReason } from './transfer.ts';

/** The answer to a request for content. */
export type Opening =
  | { readonly kind: 'open'; readonly order: ReceiveOrder }
  /** Not now. */
  | { readonly kind: 'interrupted' }
  /** It is kept no more. */
  | { readonly kind: 'expired' };

export interface OpeningSteps {
  /** It waits for the person's word about a key. */
  readonly held: () => void;
  /** The request is on its way. */
  readonly asked: () => void;
  readonly opened: (opening: Opening) => void;
}

/** One way to the content, for one attempt. */
export interface Approach {
  /** Existing content is read again, which takes a while. */
  reading(): void;
  /**
   * Asks for what is behind the content of `landing`. The returned function takes the request back: then nothing is
   * called any more.
   */
  open(landing: Landing, steps: OpeningSteps): () => void;
}

export interface Supply {
  /** Kept: the content can be fetched at any time. Offered: only from a sender who is there, after another offer. */
  readonly kind: 'offered' | 'kept';
  /** Undefined until there is an offer. */
  readonly approach: Approach | undefined;
  /** What a record needs beside the file itself. */
  readonly forRecord: Pick<IncomingRecord, 'kept'>;
  /** Why this user must be asked about it, or undefined. What is accepted without asking is counted. */
  judge(): AskReason | undefined;
  /** How the key stands that the file came under. */
  standing(): Promise<KeyStanding>;
  /** The answer takes a while. */
  pending(why: 'asked' | 'busy'): void;
  /** Asks the sender to offer it again. */
  want(): void;
  /** This user gives it up. */
  ended(reason: SentEndReason): void;
  /** This user has it. */
  saved(): void;
  /**
   * Nobody needs to keep it for this user any more. Resolves to whether they know: otherwise they are told in another
   * login, for which the record stays.
   */
  release(): Promise<boolean>;
}
