// What refusals of a server about kept files mean for a transfer.

import type { RequestFailure } from '../../pending-requests.ts';
import type { EndReason } from '../transfer.ts';

type Refusal = Exclude<RequestFailure, { readonly code: 'gone' }>;

/** Refusals that pass by themselves. */
const passing: ReadonlySet<string> = new Set([
  'no-port',
  'too-many-transfers',
  'too-many-requests',
  'store-failed',
  'file-shorter',
]);

export function passes({ code }: Refusal): boolean {
  return passing.has(code);
}

const ends: Readonly<Record<string, EndReason>> = {
  'file-quota': 'over-quota',
  'too-many-files': 'over-quota',
  'file-too-large': 'too-large',
  'files-full': 'server-full',
  'no-room': 'server-full',
  'not-a-member': 'not-a-member',
  'no-such-place': 'not-a-member',
  'not-sealed': 'not-sealed',
  'file-unknown': 'expired',
  'file-gone': 'expired',
};

/** How a transfer ends that the server refuses for good. */
export function endOf({ code }: Refusal): EndReason {
  return ends[code] ?? 'refused';
}
