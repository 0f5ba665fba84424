// A transfer as a view sees it: who, what, its state. Values only.

/** The state of a transfer. The last four are ends. */
export type TransferState =
  /** The file is read for its checksum. */
  | { readonly phase: 'hashing' }
  /** Others are moving; it waits for its turn. */
  | { readonly phase: 'queued' }
  /** The other person's client has not answered yet. */
  | { readonly phase: 'offering' }
  /** The key of the other person has changed: nothing is sent to them until this person decides. */
  | { readonly phase: 'held' }
  /** A person must decide: this one about an incoming file (with the reason), or the other one. */
  | { readonly phase: 'asking'; readonly why: AskReason | undefined }
  /** Existing content is read again, or the port is being opened. */
  | { readonly phase: 'preparing' }
  | { readonly phase: 'moving' }
  /** Everything was sent; the receiver has not confirmed yet. */
  | { readonly phase: 'confirming' }
  /** Interrupted; resumes automatically when possible. */
  | { readonly phase: 'paused'; readonly why: PauseReason }
  /** The receiver's client has it, whole and verified. */
  | { readonly phase: 'delivered' }
  /** The server keeps it for those whom it is for. */
  | { readonly phase: 'kept' }
  | { readonly phase: 'saved'; readonly path: string }
  /** Nothing was delivered, and nothing is kept. */
  | {
      readonly phase: 'ended';
      readonly by: 'me' | 'peer';
      readonly reason: EndReason;
      /** The system's reason, if it was the system. */
      readonly detail?: string;
    };

/** Why this person is asked before a file is accepted. */
export type AskReason =
  /** More than is accepted without asking, alone or together with what that person sent before. */
  | 'large'
  /** A person to whom this one has never written. */
  | 'stranger'
  /** The offer came under a changed key. */
  | 'key-changed';

export type PendingReason =
  /** The person is asked. */
  | 'asked'
  /** Others are moving. */
  | 'busy'
  /** Existing content is read again. */
  | 'reading';

export type PauseReason =
  /** The connection of the transfer broke off, or nobody connected. */
  | 'interrupted'
  /** The other person is offline. */
  | 'away'
  /** This login has ended. */
  | 'logged-out';

export const endReasons = [
  'declined',
  'cancelled',
  /** The receiver's client has too many files waiting. */
  'busy',
  'no-space',
  /** The receiver's folder cannot be written. */
  'unwritable',
  /** The content is not what the sender described. */
  'corrupted',
  /** The sender's file has changed since it was offered. */
  'changed',
  /** The sender's file cannot be read. */
  'unreadable',
  /** The sender's file, or the record of the transfer, is gone. */
  'gone',
  'no-such-user',
  /** The other person's client has no encryption, and files are never sent without. */
  'cannot-encrypt',
  'not-confirmed',
  /** The server keeps it no more. */
  'expired',
  /** The server keeps as many files of this user as it does. */
  'over-quota',
  /** It is larger than all that the server keeps of one user. */
  'too-large',
  /** The server has no room for it. */
  'server-full',
  'not-a-member',
  /** The group is open. */
  'not-sealed',
  /** The server has refused it, or the message about it, for another reason. */
  'refused',
] as const;
export type EndReason = (typeof endReasons)[number];

/** A transfer at one moment. */
export interface Transfer {
  /** The number by which people name it, from 1 on in each program. */
  readonly number: number;
  readonly direction: 'outgoing' | 'incoming';
  /** Who sends it, or whom it is for: a person, or a group with its `#`. */
  readonly peer: string;
  /** In which group, if it is in one. */
  readonly group?: string;
  /** Whether it goes through a server that keeps it. Otherwise both people must be there at once. */
  readonly isKept: boolean;
  /** For an incoming one: the sender's text, to be made harmless before it is shown. */
  readonly name: string;
  readonly size: number;
  /** The SHA-256 of its content in hex, which its message says too. Undefined while an own file is read for it. */
  readonly digest?: string;
  /** One that comes: the conversation has a message that says so. */
  readonly isSaid?: boolean;
  readonly state: TransferState;
  /** Bytes that are done, with those of earlier attempts. */
  readonly doneBytes: number;
  /** Over the last seconds. Undefined if unknown yet. */
  readonly bytesPerSecond: number | undefined;
}

/** Events about transfers. */
export type TransferEvent =
  /** Its state has changed. */
  | {
      readonly type: 'transfer';
      readonly change: 'state' | 'progress';
      readonly transfer: Transfer;
    }
  /** [7.11] Somebody offers a file in a form that cannot be verified. Nothing is accepted. */
  | { readonly type: 'unverifiable-file'; readonly from: string }
  /** It continues without being stored: after a crash it will be lost. */
  | { readonly type: 'transfer-not-kept'; readonly cause: unknown };

export function isOver({ phase }: TransferState): boolean {
  return ['delivered', 'kept', 'saved', 'ended'].includes(phase);
}
