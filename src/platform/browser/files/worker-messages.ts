// What a page and its worker for files say to each other. Plain values: they are copied between the two. A file goes as
// itself, which copies nothing of its content.
import type {
  Cancelled,
  DiskProblem,
  LandingOrder,
  LandingOutcome,
  ReceiveOrder,
  ReceiveOutcome,
  SendOrder,
  SendOutcome,
} from '../../../client/files/ports.ts';
import type { ServerAddress } from '../../../client/connection/server-address.ts';
import type { SourceFile, SourceProblem } from '../../../client/files/source.ts';
import type { Result } from '../../../lib/result.ts';
import type { KeptForm } from './hidden-place.ts';

/** What is asked, by its name: what is given, and the outcome. */
export interface WorkerTasks {
  hash: {
    readonly given: { readonly file: File | undefined; readonly source: SourceFile };
    readonly outcome: Result<Uint8Array, SourceProblem | Cancelled>;
  };
  send: {
    readonly given: { readonly file: File | undefined; readonly order: SendOrder };
    readonly outcome: SendOutcome;
  };
  land: {
    readonly given: { readonly order: LandingOrder };
    readonly outcome: Result<LandedPlace, DiskProblem | Cancelled>;
  };
  receive: {
    readonly given: { readonly landing: number; readonly order: ReceiveOrder };
    readonly outcome: ReceiveOutcome;
  };
  finish: { readonly given: { readonly landing: number }; readonly outcome: LandingOutcome };
  close: { readonly given: { readonly landing: number }; readonly outcome: undefined };
  discard: { readonly given: { readonly landing: number }; readonly outcome: undefined };
  /** Its progress is from 0 to 1. */
  turn: {
    readonly given: { readonly form: KeptForm };
    readonly outcome: Result<undefined, DiskProblem>;
  };
}

/** A place that the worker has open, by a number. */
export interface LandedPlace {
  readonly landing: number;
  readonly chunks: number;
}

/** Where files come to. */
export interface WorkerPlace {
  /** Names the place of its files. */
  readonly account: string;
  /** Of a store that is locked: what comes is kept encrypted. */
  readonly filesKey: Uint8Array | undefined;
}

export type TaskName = keyof WorkerTasks;

export type ToWorker =
  /** Comes first. Without an address nothing is sent and nothing comes. */
  | ({ readonly say: 'begin'; readonly address: ServerAddress | undefined } & WorkerPlace)
  | { readonly say: 'do'; readonly id: number; readonly task: TaskName; readonly given: unknown }
  | { readonly say: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly say: 'progress'; readonly id: number; readonly done: number }
  | { readonly say: 'done'; readonly id: number; readonly outcome: unknown }
  /** A fault of the program. */
  | { readonly say: 'failed'; readonly id: number; readonly reason: string };
