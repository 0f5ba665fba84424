// The text in a row about a kept file, decoded: what does not fit is damaged.

import * as v from 'valibot';
import type { AccountId, KeptFileRecord } from '../../../hub/records.ts';
import { blobKind, conversation } from '../../../wire/extended/fields.ts';
import { decodeJson } from '../../../wire/extended/json-line.ts';

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const state = v.object({
  conversation,
  bytes: number,
  since: number,
  upload: v.optional(v.object({ bound: number })),
  blob: v.optional(v.object({ of: blobKind, bound: number })),
  sent: v.optional(
    v.object({
      seq: v.optional(number),
      people: v.array(
        v.object({ account: number, taken: v.boolean(), devices: v.optional(v.array(v.string())) }),
      ),
    }),
  ),
});

type KeptFileState = Omit<KeptFileRecord, 'id' | 'owner'>;

export function asKeptFile(text: string): KeptFileState | undefined {
  const found = decodeJson(state, text);
  if (found === undefined) return undefined;
  const { conversation, bytes, since, upload, blob, sent } = found;
  return {
    conversation,
    bytes,
    since,
    ...(upload && { upload }),
    ...(blob && { blob }),
    ...(sent && {
      sent: {
        ...(sent.seq !== undefined && { seq: sent.seq }),
        people: sent.people.map(({ account, taken, devices }) => ({
          account: account as AccountId,
          taken,
          ...(devices && { devices }),
        })),
      },
    }),
  };
}

/** The inverse of `asKeptFile`. */
export function keptFileText({ id: _id, owner: _owner, ...state }: KeptFileRecord): string {
  return JSON.stringify(state);
}
