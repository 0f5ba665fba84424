// A text that answers a message or mentions accounts, as bytes. A plain text is a content of its own. One encoding for
// each; anything else is refused.
//   said:     flags (1) | target (24), if flags is 1 | mentions | text
//   mentions: count (1) | root (16) | offset (4) | length (2) | ...
// Offsets and lengths count UTF-16 code units of the text. Mentions are in the order of the text, and none overlap.
import { concatBytes, decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../lib/bytes.ts';
import type { Expiring } from '../expiring/expiring-content.ts';
import { decodeTarget, encodeTarget, targetBytes, type Target } from './target.ts';

/** An account that is named in a text: by its root, so that a name that another one has later is not meant. */
export interface Mention {
  /** The first 16 bytes of its hash, in hex. */
  readonly root: string;
  readonly offset: number;
  readonly length: number;
}

/** A text and whom it mentions. */
export interface MentioningText {
  readonly text: string;
  readonly mentions: readonly Mention[];
}

export interface SaidContent extends MentioningText, Expiring {
  readonly kind: 'said';
  /** What it answers. */
  readonly reply: Target | undefined;
}

/** More accounts than this are mentioned by no text. */
export const maxMentions = 20;

const rootBytes = 16;
const mentionBytes = rootBytes + 4 + 2;

export function encodeSaid({ reply, ...said }: SaidContent): Uint8Array {
  const target = reply === undefined ? [] : [encodeTarget(reply)];
  return concatBytes(Uint8Array.of(target.length), ...target, encodeMentioning(said));
}

export function decodeSaid(bytes: Uint8Array): SaidContent | undefined {
  const [flags = 2] = bytes;
  if (flags > 1) return undefined;
  const reply = flags === 0 ? undefined : decodeTarget(bytes.subarray(1));
  if (flags === 1 && reply === undefined) return undefined;
  const said = decodeMentioning(bytes.subarray(reply === undefined ? 1 : 1 + targetBytes));
  return said && { kind: 'said', reply, ...said };
}

export function encodeMentioning({ text, mentions }: MentioningText): Uint8Array {
  return concatBytes(
    Uint8Array.of(mentions.length),
    ...mentions.map(encodeMention),
    encodeUtf8(text),
  );
}

export function decodeMentioning(bytes: Uint8Array): MentioningText | undefined {
  const [count = maxMentions + 1] = bytes;
  const textAt = 1 + count * mentionBytes;
  if (count > maxMentions || bytes.length <= textAt) return undefined;
  const text = decodeUtf8(bytes.subarray(textAt));
  // A line break is LF alone.
  if (text === undefined || text.includes('\r') || text.includes('\0')) return undefined;
  const mentions: Mention[] = [];
  let end = 0;
  for (let at = 1; at < textAt; at += mentionBytes) {
    const mention = decodeMention(bytes.subarray(at, at + mentionBytes));
    if (mention.length === 0 || mention.offset < end) return undefined;
    end = mention.offset + mention.length;
    mentions.push(mention);
  }
  return end > text.length ? undefined : { text, mentions };
}

function encodeMention({ root, offset, length }: Mention): Uint8Array {
  const place = new Uint8Array(6);
  const view = new DataView(place.buffer);
  view.setUint32(0, offset);
  view.setUint16(4, length);
  return concatBytes(parseHex(root), place);
}

function decodeMention(bytes: Uint8Array): Mention {
  const view = new DataView(bytes.buffer, bytes.byteOffset + rootBytes);
  const root = formatHex(bytes.subarray(0, rootBytes));
  return { root, offset: view.getUint32(0), length: view.getUint16(4) };
}
