// Whether a server's certificate is the one that it must have: the one in the address, else the one of earlier visits.
// Pure; knows no connection.

import { equalBytes } from '../lib/bytes.ts';
import type { CloseReason } from './client-state.ts';
import type { TlsAddress } from './server-address.ts';

/** The reason to turn away from whoever presented it; `known` is the one of earlier visits. */
export function refuseCertificate(
  address: TlsAddress,
  presented: Uint8Array,
  known: Uint8Array | undefined,
): CloseReason | undefined {
  const expected = address.fingerprint ?? known;
  if (expected === undefined || equalBytes(expected, presented)) return undefined;
  const expectedBy = address.fingerprint === undefined ? 'earlier-visit' : 'address';
  return { code: 'untrusted', what: 'certificate', expected, presented, expectedBy };
}
