// Contents as a client's store has them, in JSON or in a form like it (stored-forms.ts checks that). A text of the history
// is the field `text`, as before, because the index of words is made from it. Other kinds are beside it as `unknown`, with
// their code and their bytes in base64url: an earlier version reads them as unknown, and a later one as what they are.
import {
  decodeContent,
  encodeContent,
  isMessage,
  textContent,
  type Content,
  type OutboxContent,
  type MessageContent,
  type UnknownContent,
} from '../content.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';

interface StoredUnknown {
  readonly code: number;
  readonly bytes: string;
}

/** A content in the history: one of the two. A text that is more than that has both: the words are found in the first. */
export interface StoredMessage {
  readonly text?: string | undefined;
  readonly unknown?: StoredUnknown | undefined;
}

/** A content in the outbox. */
export type StoredOutboxContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ask'; readonly numbers: readonly number[] }
  | { readonly kind: 'again'; readonly number: number; readonly id: string; readonly text: string }
  | { readonly kind: 'group-step' }
  | ({ readonly kind: 'unknown' } & StoredUnknown);

export function storedMessage(content: MessageContent): StoredMessage {
  if (content.kind === 'text' && content.ttl === undefined) return { text: content.text };
  const unknown = storedBytes(content);
  return 'text' in content ? { text: content.text, unknown } : { unknown };
}

export function messageContentOf(fields: StoredMessage): MessageContent {
  if (fields.unknown === undefined) return textContent(fields.text ?? '');
  const content = keptOf(fields.unknown);
  return isMessage(content) ? content : unknownOf(fields.unknown);
}

export function storedContent(content: OutboxContent): StoredOutboxContent {
  if (content.kind === 'text' && content.ttl !== undefined)
    return { kind: 'unknown', ...storedBytes(content) };
  switch (content.kind) {
    case 'text':
    case 'ask':
    case 'again':
    case 'group-step':
      return content;
    default:
      return { kind: 'unknown', ...storedBytes(content) };
  }
}

export function contentOf(stored: StoredOutboxContent): OutboxContent {
  return stored.kind === 'unknown' ? keptOf(stored) : stored;
}

function storedBytes(content: Content): StoredUnknown {
  const { code, bytes } = encodeContent(content);
  return { code, bytes: encodeBase64url(bytes) };
}

/** What this version knows of what was kept as it came. */
function keptOf(stored: StoredUnknown): Content {
  const unknown = unknownOf(stored);
  return decodeContent(unknown) ?? unknown;
}

function unknownOf({ code, bytes }: StoredUnknown): UnknownContent {
  return { kind: 'unknown', code, bytes: decodeBase64url(bytes) ?? new Uint8Array(0) };
}
