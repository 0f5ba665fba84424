// A piece of history on its way from one device of an account to another: consecutive messages of one conversation, as
// the first stores them, and which log of the conversation their numbers belong to. Owns its form: JSON in UTF-8, with a
// version. What is read was checked; of contents that this version does not know, the bytes are kept.
//
// There are no keys in it, no sessions, and nothing of the state of a group: two devices that go on from one state would
// use its keys twice.

import { encodeAmendments } from '../amending/encode-amendments.ts';
import * as v from 'valibot';
import { decodeAmendments } from '../amending/amendments.ts';
import { deletionOf } from '../amending/current.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { parseConversation, type ConversationName } from '../../wire/extended/names.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import {
  decodeContent,
  encodeContent,
  isKeptCode,
  isMessage,
  textContent,
  type MessageContent,
} from '../content.ts';
import type { ConversationRecord, FiledRecord } from '../store/store-port.ts';

/** A message without what the piece says of all. */
export type PieceRow = Omit<FiledRecord, 'conversation' | 'epoch'>;

export interface HistoryPiece extends Pick<
  ConversationRecord,
  'log' | 'earlier' | 'cursor' | 'read'
> {
  readonly conversation: ConversationName;
  /** How many logs of that name before the current one the messages are of. 0: their numbers are valid in the current log. */
  readonly back: number;
  /** In display order. */
  readonly rows: readonly PieceRow[];
}

/** The device that has made a piece: one of the account, or one that was one. */
export type PieceSource = 'own device' | 'revoked device';

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const shortText = v.pipe(v.string(), v.maxLength(256));

const row = v.object({
  place: natural,
  seq: v.optional(number),
  localId: v.optional(shortText),
  at: natural,
  from: v.optional(v.custom<Username>((text) => isText(text, parseUsername))),
  guest: v.optional(v.literal(true)),
  text: v.optional(v.string()),
  code: v.optional(v.pipe(v.number(), v.check(isKeptCode))),
  bytes: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => decodeBase64url(text) !== undefined),
    ),
  ),
  encrypted: v.optional(v.literal(true)),
  key: v.optional(v.picklist(['verified', 'pinned', 'changed'])),
  textId: v.optional(shortText),
  sealedFor: v.optional(shortText),
  unreadable: v.optional(v.string()),
  // What waits is in no piece.
  state: v.optional(v.picklist(['stored', 'delivered', 'refused'])),
  reason: v.optional(v.string()),
  imported: v.optional(v.literal(true)),
  // Earlier versions leave it out.
  amended: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => decodeAmendments(text) !== undefined),
    ),
  ),
});
type EncodedRow = v.InferOutput<typeof row>;

const piece = v.object({
  helo: v.literal('history 1'),
  conversation: v.custom<ConversationName>((text) => isText(text, parseConversation)),
  log: natural,
  earlier: v.array(v.object({ log: natural, last: natural })),
  back: natural,
  cursor: natural,
  read: natural,
  rows: v.array(row),
});

export function encodePiece({ rows, ...others }: HistoryPiece): Uint8Array {
  return encodeUtf8(JSON.stringify({ helo: 'history 1', ...others, rows: rows.map(encodeRow) }));
}

/** The piece in `content`, or undefined if it is none of a version that is known here. */
export function decodePiece(content: Uint8Array): HistoryPiece | undefined {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(content) ?? '');
  } catch {
    // Whatever is no JSON is no piece.
    return undefined;
  }
  const read = v.safeParse(piece, value);
  if (!read.success) return undefined;
  const { helo: _, rows, ...others } = read.output;
  return { ...others, rows: rows.map(decodeRow) };
}

/** The same without the word of its device that somebody's key was compared. */
export function asPinned(piece: HistoryPiece): HistoryPiece {
  const rows = piece.rows.map((row) =>
    row.key === 'verified' ? { ...row, key: 'pinned' as const } : row,
  );
  return { ...piece, rows };
}

/** What is not there is left out. */
function encodeRow(row: PieceRow): EncodedRow {
  const { guest, encrypted, content, state, amended, ...others } = row;
  const { code, bytes } = encodeContent(content);
  return {
    ...others,
    ...(amended !== undefined && { amended: encodeAmendments(amended) }),
    ...(isDeleted(row) && { unreadable: deletedForOlder }),
    ...(guest && { guest }),
    ...(encrypted && { encrypted }),
    ...(state !== undefined && state !== 'waiting' && { state }),
    ...(content.kind === 'text' && content.ttl === undefined
      ? { text: content.text }
      : { code, bytes: encodeBase64url(bytes) }),
  };
}

/** Earlier versions would show an empty text, and know nothing of deletions. */
const deletedForOlder = 'it was deleted';

function isDeleted(row: Pick<PieceRow, 'from' | 'guest' | 'amended' | 'unreadable'>): boolean {
  const { amended, unreadable } = row;
  return (
    unreadable === undefined && amended !== undefined && deletionOf(row, amended) !== undefined
  );
}

function decodeRow(read: EncodedRow): PieceRow {
  const { text, code, bytes, textId, sealedFor, ...others } = read;
  const amended = others.amended === undefined ? undefined : decodeAmendments(others.amended);
  const who = { from: others.from, guest: others.guest === true, amended, unreadable: undefined };
  const isGone = others.unreadable === deletedForOlder && isDeleted(who);
  return {
    ...(amended !== undefined && { amended }),
    place: others.place,
    seq: others.seq,
    localId: others.localId,
    at: others.at,
    from: others.from,
    guest: others.guest === true,
    content: contentOf(text, code, bytes),
    encrypted: others.encrypted === true,
    key: others.key,
    ...(textId !== undefined && { textId }),
    ...(sealedFor !== undefined && { sealedFor }),
    unreadable: isGone ? undefined : others.unreadable,
    state: others.state,
    reason: others.reason,
    ...(others.imported === true && { imported: true as const }),
  };
}

function contentOf(text = '', code?: number, bytes?: string): MessageContent {
  if (code === undefined) return textContent(text);
  const encoded = { code, bytes: decodeBase64url(bytes ?? '') ?? new Uint8Array(0) };
  const content = decodeContent(encoded);
  return content === undefined || !isMessage(content) ? { kind: 'unknown', ...encoded } : content;
}

function isText(value: unknown, parse: (text: string) => unknown): boolean {
  return typeof value === 'string' && parse(value) !== undefined;
}
