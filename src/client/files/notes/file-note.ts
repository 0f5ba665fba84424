// What two clients tell each other about a file, inside an encrypted note (encryption/): one small record.
//   version 1 | kind | transfer id (16) | body
// One encoding for each; anything else is refused. Only the two can read it: the server sees neither names nor keys,
// and a status line of version 1 is believed only as far as a note says the same.

import { fileHashBytes, fileKeyBytes, maxFileBytes } from '../../../e2ee/files/file-layout.ts';
import { concatBytes, decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../../lib/bytes.ts';
import { maxNameBytes } from '../limits.ts';
import type { ContentForm } from '../ports.ts';
import type { EndReason, PendingReason } from '../transfer.ts';

export const idBytes = 16;
/** The word `metadata` of an attempt, as bytes: 64 characters of base64url, which nobody can guess [7.11]. */
export const tokenBytes = 48;
/** The beginning of the token, by which an answer names its attempt. */
const attemptBytes = 8;

const version = 1;
const headBytes = 2 + idBytes;
const kinds = { offer: 1, pending: 2, accept: 3, end: 4, done: 5, want: 6 } as const;
const forms = ['text', 'bytes'] as const;
const pendingReasons = ['asked', 'busy', 'reading'] as const satisfies readonly PendingReason[];
const endReasons = [
  'declined',
  'cancelled',
  'busy',
  'no-space',
  'unwritable',
  'corrupted',
  'changed',
  'unreadable',
  'gone',
] as const satisfies readonly EndReason[];

/** Reasons that are sent. The others are known on this side only. */
export type SentEndReason = (typeof endReasons)[number];

export function isSent(reason: EndReason): reason is SentEndReason {
  return (endReasons as readonly EndReason[]).includes(reason);
}

export type FileNoteBody =
  /** Offers a file. Sent again, with a new token, for each attempt. */
  | {
      readonly kind: 'offer';
      /** The word in the FILE_TRANS that follows. */
      readonly token: Uint8Array;
      /** The best form that the sender's server accepts. */
      readonly form: ContentForm;
      readonly size: number;
      readonly sha256: Uint8Array;
      readonly key: Uint8Array;
      readonly name: string;
    }
  /** The answer will take a while. */
  | { readonly kind: 'pending'; readonly attempt: string; readonly why: PendingReason }
  /** Requests the content, from that chunk on, in that form. READY_FOR_FILE follows. */
  | {
      readonly kind: 'accept';
      readonly attempt: string;
      readonly form: ContentForm;
      readonly fromChunk: number;
    }
  /** The transfer is over, also for the receiver of this note. */
  | { readonly kind: 'end'; readonly reason: SentEndReason }
  /** The file has arrived, whole and verified. */
  | { readonly kind: 'done' }
  /** An interrupted transfer can be resumed: requests another offer. */
  | { readonly kind: 'want' };

export interface FileNote {
  /** In hex. */
  readonly id: string;
  readonly body: FileNoteBody;
}

/** The name of the attempt with that token, for answers. */
export function attemptOf(token: Uint8Array): string {
  return formatHex(token.subarray(0, attemptBytes));
}

/** The bytes of a note. */
export function encodeFileNote({ id, body }: FileNote): Uint8Array {
  const head = concatBytes(Uint8Array.of(version, kinds[body.kind]), parseHex(id));
  switch (body.kind) {
    case 'offer': {
      const { token, form, size, sha256, key, name } = body;
      const formByte = Uint8Array.of(forms.indexOf(form));
      return concatBytes(head, token, formByte, count(size), sha256, key, encodeUtf8(name));
    }
    case 'pending':
      return concatBytes(
        head,
        parseHex(body.attempt),
        Uint8Array.of(pendingReasons.indexOf(body.why)),
      );
    case 'accept': {
      const formByte = Uint8Array.of(forms.indexOf(body.form));
      return concatBytes(head, parseHex(body.attempt), formByte, count(body.fromChunk));
    }
    case 'end':
      return concatBytes(head, Uint8Array.of(endReasons.indexOf(body.reason)));
    case 'done':
    case 'want':
      return head;
  }
}

/** The note in `bytes`, or undefined if it is not one of this version. */
export function decodeFileNote(bytes: Uint8Array): FileNote | undefined {
  if (bytes.length < headBytes || bytes[0] !== version) return undefined;
  const body = decodeBody(bytes[1], new Reader(bytes.subarray(headBytes)));
  return body && { id: formatHex(bytes.subarray(2, headBytes)), body };
}

function decodeBody(kind: number | undefined, reader: Reader): FileNoteBody | undefined {
  switch (kind) {
    case kinds.offer:
      return decodeOffer(reader);
    case kinds.pending: {
      const attempt = formatHex(reader.take(attemptBytes));
      const why = reader.oneOf(pendingReasons);
      return reader.isDone && why ? { kind: 'pending', attempt, why } : undefined;
    }
    case kinds.accept: {
      const attempt = formatHex(reader.take(attemptBytes));
      const form = reader.oneOf(forms);
      const fromChunk = reader.count();
      if (!reader.isDone || form === undefined || fromChunk === undefined) return undefined;
      return { kind: 'accept', attempt, form, fromChunk };
    }
    case kinds.end: {
      const reason = reader.oneOf(endReasons);
      return reader.isDone && reason ? { kind: 'end', reason } : undefined;
    }
    case kinds.done:
      return reader.isDone ? { kind: 'done' } : undefined;
    case kinds.want:
      return reader.isDone ? { kind: 'want' } : undefined;
    default:
      return undefined;
  }
}

function decodeOffer(reader: Reader): FileNoteBody | undefined {
  const token = reader.take(tokenBytes);
  const form = reader.oneOf(forms);
  const size = reader.count();
  const sha256 = reader.take(fileHashBytes);
  const key = reader.take(fileKeyBytes);
  const rest = reader.rest();
  // Senders cut a name to this; anything longer is not a name.
  const name = rest.length > maxNameBytes ? undefined : decodeUtf8(rest);
  if (!reader.isDone || form === undefined || size === undefined || name === undefined) {
    return undefined;
  }
  return { kind: 'offer', token, form, size, sha256, key, name };
}

const countBytes = 8;

function count(value: number): Uint8Array {
  const bytes = new Uint8Array(countBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Reads fields in order. After the end it returns nothing, and is no longer done. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  rest(): Uint8Array {
    return this.take(Math.max(0, this.#bytes.length - this.#at));
  }

  oneOf<T>(values: readonly T[]): T | undefined {
    const [at] = this.take(1);
    return at === undefined ? undefined : values[at];
  }

  count(): number | undefined {
    const bytes = this.take(countBytes);
    if (bytes.length < countBytes) return undefined;
    const value = new DataView(bytes.buffer).getBigUint64(0);
    return value <= BigInt(maxFileBytes) ? Number(value) : undefined;
  }
}
