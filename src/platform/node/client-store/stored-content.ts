// Contents as the JSON of a client's store has them. A text of the history is the field `text`, as before, because the
// index of words is made from it. The bytes of an unknown content are beside it, in base64url.
import * as v from 'valibot';
import {
  isUnknownCode,
  textContent,
  type Content,
  type MessageContent,
  type UnknownContent,
} from '../../../client/content.ts';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';

const bytes = v.pipe(
  v.string(),
  v.check((text) => decodeBase64url(text) !== undefined),
);
const unknown = v.object({ code: v.pipe(v.number(), v.check(isUnknownCode)), bytes });
type StoredUnknown = v.InferOutput<typeof unknown>;

/** The fields of a message in the history. It has one of the two. */
export const storedMessageFields = { text: v.optional(v.string()), unknown: v.optional(unknown) };

/** A content in the outbox. */
export const storedContents = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: v.string() }),
  v.object({ kind: v.literal('ask'), numbers: v.array(v.number()) }),
  v.object({ kind: v.literal('again'), number: v.number(), id: v.string(), text: v.string() }),
  v.object({ kind: v.literal('unknown'), ...unknown.entries }),
]);

export function storedMessage(content: MessageContent): object {
  return content.kind === 'text' ? { text: content.text } : { unknown: storedUnknown(content) };
}

export function messageContentOf(fields: {
  readonly text?: string | undefined;
  readonly unknown?: StoredUnknown | undefined;
}): MessageContent {
  return fields.unknown === undefined ? textContent(fields.text ?? '') : unknownOf(fields.unknown);
}

export function storedContent(content: Content): object {
  return content.kind === 'unknown' ? { kind: 'unknown', ...storedUnknown(content) } : content;
}

export function contentOf(stored: v.InferOutput<typeof storedContents>): Content {
  return stored.kind === 'unknown' ? unknownOf(stored) : stored;
}

function storedUnknown({ code, bytes }: UnknownContent): StoredUnknown {
  return { code, bytes: encodeBase64url(bytes) };
}

function unknownOf({ code, bytes }: StoredUnknown): UnknownContent {
  return { kind: 'unknown', code, bytes: decodeBase64url(bytes) ?? new Uint8Array(0) };
}
