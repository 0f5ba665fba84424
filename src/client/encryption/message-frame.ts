// The frame of an encrypted message between accounts: an id and a content (content.ts).
//   version 2 | code | id | body
// Frames with a question or a repeated message have no id: they are no messages. Version 1 is that of live
// conversations (live/frame/live-frame.ts), whose sessions end with a login. Here the server's log orders messages,
// once each, so no frame says which session follows which, and none confirms. One encoding for each frame; anything
// else is refused.
import { concatBytes, formatHex, parseHex } from '../../lib/bytes.ts';
import {
  contentCodes,
  contentVersion,
  decodeContent,
  encodeContent,
  isIdless,
  messageIdBytes,
  type AgainContent,
  type AskContent,
  type FileNoteContent,
  type HeadContent,
  type OwnNoteContent,
  type SpokenContent,
} from '../content.ts';
import type { ToldTimerContent } from '../expiring/told-timer.ts';

const headBytes = 2;
const idless: ReadonlySet<number> = new Set([contentCodes.ask, contentCodes.again]);

export type MessageFrame =
  /** `id` is random, in hex, and the same each time the message comes. */
  | {
      readonly id: string;
      readonly content:
        SpokenContent | FileNoteContent | OwnNoteContent | HeadContent | ToldTimerContent;
    }
  | { readonly id?: undefined; readonly content: AskContent | AgainContent };

export function encodeFrame({ id, content }: MessageFrame): Uint8Array {
  const { code, bytes } = encodeContent(content);
  const head = Uint8Array.of(contentVersion, code);
  return id === undefined ? concatBytes(head, bytes) : concatBytes(head, parseHex(id), bytes);
}

/** The frame in `bytes`, or why there is none. */
export function decodeFrame(bytes: Uint8Array): MessageFrame | 'malformed' | 'newer-version' {
  const [version, code] = bytes;
  if (version === undefined || code === undefined) return 'malformed';
  if (version !== contentVersion) return version > contentVersion ? 'newer-version' : 'malformed';
  const bodyAt = headBytes + (idless.has(code) ? 0 : messageIdBytes);
  if (bytes.length < bodyAt) return 'malformed';
  const content = decodeContent({ code, bytes: bytes.subarray(bodyAt) });
  if (content === undefined) return 'malformed';
  if (isIdless(content)) return { content };
  return { id: formatHex(bytes.subarray(headBytes, bodyAt)), content };
}
