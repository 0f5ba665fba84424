// The content of an encrypted private message: one small versioned frame.
//   version 1 | kind | incarnation (8) | generation (4) | body
// The incarnation is random and new at each login of the sender: a different one means that the sender's earlier
// sessions are gone. The generation orders the sessions of two logins (session-book.ts). One encoding for each frame;
// anything else is refused.
import { concatBytes, decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../../../lib/bytes.ts';
import { unreachable } from '../../../../lib/invariant.ts';
import { frameHeadBytes, incarnationBytes, sealHashBytes, textIdBytes } from './frame-sizes.ts';

/** Most ids or hashes in one frame. */
export const maxFrameEntries = 64;

const version = 1;
const kinds = { text: 1, receipt: 2, resend: 3, note: 4 } as const;

export type LiveFrameBody =
  | { readonly kind: 'text'; readonly id: string; readonly text: string }
  /** For another part of the other person's client, not for the person. That part knows the content. */
  | { readonly kind: 'note'; readonly id: string; readonly bytes: Uint8Array }
  /** The texts with these ids were shown, the notes received. An empty one only says "I can read this session". */
  | { readonly kind: 'receipt'; readonly ids: readonly string[] }
  /** The messages with these hashes could not be read: their content should be sent again. */
  | { readonly kind: 'resend'; readonly hashes: readonly string[] };

export interface LiveFrame {
  /** In hex, like ids and hashes. */
  readonly incarnation: string;
  readonly generation: number;
  readonly body: LiveFrameBody;
}

export type LiveFrameRefusal = 'malformed' | 'newer-version';

/** The bytes of a frame. Ids and hashes are hex of their full length. */
export function encodeFrame({ incarnation, generation, body }: LiveFrame): Uint8Array {
  const head = new Uint8Array(frameHeadBytes);
  head.set([version, kinds[body.kind]]);
  head.set(parseHex(incarnation), 2);
  new DataView(head.buffer).setUint32(2 + incarnationBytes, generation);
  switch (body.kind) {
    case 'text':
      return concatBytes(head, parseHex(body.id), encodeUtf8(body.text));
    case 'note':
      return concatBytes(head, parseHex(body.id), body.bytes);
    case 'receipt':
      return concatBytes(head, Uint8Array.of(body.ids.length), ...body.ids.map(parseHex));
    case 'resend':
      return concatBytes(head, Uint8Array.of(body.hashes.length), ...body.hashes.map(parseHex));
    default:
      return unreachable(body);
  }
}

/** The frame in `bytes`, or why they are not a frame. */
export function decodeFrame(bytes: Uint8Array): LiveFrame | LiveFrameRefusal {
  if (bytes.length < frameHeadBytes) return 'malformed';
  if (bytes[0] !== version) return bytes[0] === 0 ? 'malformed' : 'newer-version';
  const body = decodeBody(bytes[1], bytes.subarray(frameHeadBytes));
  if (body === undefined) return 'malformed';
  return {
    incarnation: formatHex(bytes.subarray(2, 2 + incarnationBytes)),
    generation: new DataView(bytes.buffer, bytes.byteOffset).getUint32(2 + incarnationBytes),
    body,
  };
}

function decodeBody(kind: number | undefined, bytes: Uint8Array): LiveFrameBody | undefined {
  switch (kind) {
    case kinds.text: {
      const text = decodeUtf8(bytes.subarray(textIdBytes));
      if (bytes.length <= textIdBytes || text === undefined) return undefined;
      return { kind: 'text', id: formatHex(bytes.subarray(0, textIdBytes)), text };
    }
    case kinds.note: {
      if (bytes.length <= textIdBytes) return undefined;
      const id = formatHex(bytes.subarray(0, textIdBytes));
      return { kind: 'note', id, bytes: bytes.slice(textIdBytes) };
    }
    case kinds.receipt: {
      const ids = decodeEntries(bytes, textIdBytes);
      return ids === undefined ? undefined : { kind: 'receipt', ids };
    }
    case kinds.resend: {
      const hashes = decodeEntries(bytes, sealHashBytes);
      return hashes === undefined || hashes.length === 0 ? undefined : { kind: 'resend', hashes };
    }
    default:
      return undefined;
  }
}

function decodeEntries(bytes: Uint8Array, size: number): string[] | undefined {
  const count = bytes[0];
  if (count === undefined || count > maxFrameEntries || bytes.length !== 1 + count * size) {
    return undefined;
  }
  return Array.from({ length: count }, (_, entry) =>
    formatHex(bytes.subarray(1 + entry * size, 1 + (entry + 1) * size)),
  );
}
