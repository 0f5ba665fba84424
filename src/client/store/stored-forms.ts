// The forms of stored contents (stored-content.ts), for stores that check what they read. A store that only this program
// can write needs none of it.
import * as v from 'valibot';
import { decodeBase64url } from '../../lib/base64url.ts';
import { isKeptCode } from '../content.ts';
import type { StoredOutboxContent } from './stored-content.ts';

const bytes = v.pipe(
  v.string(),
  v.check((text) => decodeBase64url(text) !== undefined),
);
const unknown = v.object({ code: v.pipe(v.number(), v.check(isKeptCode)), bytes });

/** The fields of a message in the history. It has one of the two. */
export const storedMessageFields = { text: v.optional(v.string()), unknown: v.optional(unknown) };

/** A content in the outbox. */
export const storedContents: v.GenericSchema<unknown, StoredOutboxContent> = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: v.string() }),
  v.object({ kind: v.literal('ask'), numbers: v.pipe(v.array(v.number()), v.readonly()) }),
  v.object({ kind: v.literal('again'), number: v.number(), id: v.string(), text: v.string() }),
  v.object({ kind: v.literal('group-step') }),
  v.object({ kind: v.literal('unknown'), ...unknown.entries }),
]);
