// Signed records as somebody brings them: each must be by their own device, and go on from the last one.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import type { RosterRecord } from '../../../wire/statements/roster-record.ts';
import { applyRecord, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { Checked } from '../../../wire/statements/statement.ts';
import type { Visit } from '../../state.ts';

/** The records of a request whose signatures are valid; undefined where one is not. */
export type BroughtRecords = readonly Checked<RosterRecord>[] | undefined;

/** The roster behind `records` that a visit brings; undefined where one of them may not stand there. */
export function withRecords(
  roster: SignedRoster,
  records: BroughtRecords,
  { device }: Visit,
): SignedRoster | undefined {
  let next = roster;
  for (const record of records ?? []) {
    // What is signed for another MLS group needs a group of its own.
    if (encodeBase64url(record.device) !== device || record.body.kind === 'refound')
      return undefined;
    const applied = applyRecord(next, record);
    if (!applied.ok) return undefined;
    next = applied.value;
  }
  return records === undefined ? undefined : next;
}

/** Whether all are of the account of that root. */
export function areOf(root16: Uint8Array, records: readonly RosterRecord[]): boolean {
  return records.every((record) => equalBytes(record.root16, root16));
}
