// Who answered over TLS: the certificate of a server is pinned at the first visit, or given with the address [7.1].

import { equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { refuseCertificate } from '../certificate-check.ts';
import type { CloseReason } from '../client-state.ts';
import type { KnownServers, ServerProof } from '../ports.ts';
import { serverKeyOf, type ServerAddress } from '../server-address.ts';

/** Whoever answered is who they should be, as far as anything proves it. */
export interface Identified {
  /** The person has given the certificate anew, with the address: then the server's identity may be new too. */
  readonly isVouchedFor: boolean;
  /** The fingerprint that is remembered from this visit on. */
  readonly remembered: Uint8Array | undefined;
}

const nothingNew: Identified = { isVouchedFor: false, remembered: undefined };

/** Whether to go on with whoever answered, or the reason to turn away. */
export async function identifyServer(
  address: ServerAddress,
  proof: ServerProof,
  knownServers: KnownServers,
): Promise<Result<Identified, CloseReason>> {
  if (address.transport !== 'tls' || proof.kind !== 'tls') return ok(nothingNew);
  const presented = proof.fingerprint;
  const key = serverKeyOf(address);
  try {
    const known = await knownServers.fingerprintOf(key);
    const refusal = refuseCertificate(address, presented, known);
    if (refusal !== undefined) return err(refusal);
    if (known !== undefined && equalBytes(known, presented)) return ok(nothingNew);
    // Either the first visit, or the person has given the new fingerprint with the address.
    await knownServers.remember(key, presented);
    const isVouchedFor = address.fingerprint !== undefined && known !== undefined;
    return ok({ isVouchedFor, remembered: presented });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return err({ code: 'store-failed', failure: { code: 'EIO', detail } });
  }
}
