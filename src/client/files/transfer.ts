// A transfer as a view sees it: who, what, its state. Values only.

/** Where a transfer stands. The last four are ends. */
export type TransferState =
  /** The file is read for its checksum. */
  | { readonly phase: 'hashing' }
  /** Others move; it waits for its turn. */
  | { readonly phase: 'queued' }
  /** The other person's client has not answered yet. */
  | { readonly phase: 'offering' }
  /** The key of the other person has changed: nothing is said to them until this person decides. */
  | { readonly phase: 'held' }
  /** A person has to decide: this one about a file that comes (with the reason), or the other one. */
  | { readonly phase: 'asking'; readonly why: AskReason | undefined }
  /** What is here already is read again, or the port is being opened. */
  | { readonly phase: 'preparing' }
  | { readonly phase: 'moving' }
  /** All has been sent; the receiver has not confirmed yet. */
  | { readonly phase: 'confirming' }
  /** Interrupted; goes on by itself when it can. */
  | { readonly phase: 'paused'; readonly why: PauseReason }
  /** The receiver's client has it, whole and verified. */
  | { readonly phase: 'delivered' }
  | { readonly phase: 'saved'; readonly path: string }
  /** Nothing was delivered, and nothing is kept. */
  | {
      readonly phase: 'ended';
      readonly by: 'me' | 'peer';
      readonly reason: EndReason;
      /** The words of the system, where it was the system. */
      readonly detail?: string;
    };

/** Why this person is asked before a file is taken. */
export type AskReason =
  /** More than is taken unasked, alone or together with what that person sent before. */
  | 'large'
  /** Nobody to whom this person has ever written. */
  | 'stranger'
  /** The offer came under a changed key. */
  | 'key-changed';

export type PendingReason =
  /** The person is asked. */
  | 'asked'
  /** Others move. */
  | 'busy'
  /** What is there already is read again. */
  | 'reading';

export type PauseReason =
  /** The connection of the transfer broke off, or nobody came. */
  | 'interrupted'
  /** The other person is not here. */
  | 'away'
  /** This login has ended. */
  | 'logged-out';

export type EndReason =
  | 'declined'
  | 'cancelled'
  /** The receiver's client has too many files waiting. */
  | 'busy'
  | 'no-space'
  /** The receiver's folder cannot be written. */
  | 'unwritable'
  /** What came is not what the sender described. */
  | 'corrupted'
  /** The sender's file is not the one any more that was offered. */
  | 'changed'
  /** The sender's file cannot be read. */
  | 'unreadable'
  /** The sender's file, or what was remembered of the transfer, is gone. */
  | 'gone'
  | 'no-such-user'
  /** The other person's client knows no encryption, and files are never sent without. */
  | 'cannot-encrypt'
  | 'not-confirmed';

/** A transfer at one moment. */
export interface Transfer {
  /** By which people name it, from 1 on in each program. */
  readonly number: number;
  readonly direction: 'outgoing' | 'incoming';
  readonly peer: string;
  /** For one that comes: what its sender wrote, to be made harmless before it is shown. */
  readonly name: string;
  readonly size: number;
  readonly state: TransferState;
  /** Bytes that are done, of those that an earlier attempt has brought too. */
  readonly doneBytes: number;
  /** Of the last seconds; undefined where that cannot be told yet. */
  readonly bytesPerSecond: number | undefined;
}

/** What is told about transfers. */
export type TransferEvent =
  /** It stands elsewhere than before. */
  | {
      readonly type: 'transfer';
      readonly change: 'state' | 'progress';
      readonly transfer: Transfer;
    }
  /** [7.11] Somebody sends a file in a form that cannot be verified. Nothing is taken. */
  | { readonly type: 'unverifiable-file'; readonly from: string }
  /** It goes on without being remembered: after a crash it will not be. */
  | { readonly type: 'transfer-not-kept'; readonly cause: unknown };

export function isOver({ phase }: TransferState): boolean {
  return phase === 'delivered' || phase === 'saved' || phase === 'ended';
}
