// Who may use a transfer port. Owns the rules, and nothing else:
//
// - Who is connected to the chat over TLS must use TLS here too. Otherwise somebody on the network could read from a
//   plain connection what TLS has hidden, and pose as that person.
// - The receiver proves itself by the secret that it sent to the server in its READY_FOR_FILE. If it sent none, as in
//   version 1, it must come from the address that it is logged in from.
// - The sender proves itself by the metadata, which it sent to the server and the server to the receiver, and must
//   come from the address that it is logged in from. Metadata too long to be guessed is enough from any address.

import { timingSafeEqual } from 'node:crypto';
import type { TransferPlan } from '../../hub/effects.ts';
import type { Proof } from '../../wire/transfer.ts';
import type { Origin } from '../transport/transport.ts';

/**
 * Metadata of this length is taken for a secret, in bytes. Encrypted metadata is several hundred bytes long; name,
 * size and checksum of a file, as in version 1, seldom are that long, and hold a checksum nobody guesses when so.
 */
const unguessableBytes = 64;

/** Why somebody was not let in. For the log. */
export type VisitorRefusal =
  'stranger' | 'needs-tls' | 'other-address' | 'wrong-proof' | 'taken' | 'silent' | 'too-many';

/** How somebody has come to the port. */
export type RelayOrigin = Pick<Origin, 'address' | 'secure'>;

/** Where the two people are logged in from. */
export interface LoginOrigins {
  readonly sender: Origin;
  readonly receiver: Origin;
}

/** Why a connection with the sender's header is not the sender; undefined where it is. */
export function refuseSender(
  { metadata }: TransferPlan,
  { sender }: LoginOrigins,
  arrival: RelayOrigin,
): VisitorRefusal | undefined {
  if (sender.secure && !arrival.secure) return 'needs-tls';
  if (metadata.length >= unguessableBytes || sender.address === arrival.address) return undefined;
  return 'other-address';
}

/** Why a connection with the receiver's line is not the receiver; undefined where it is. */
export function refuseReceiver(
  plan: TransferPlan,
  { receiver }: LoginOrigins,
  arrival: RelayOrigin,
  proof: Proof | undefined,
): VisitorRefusal | undefined {
  if (receiver.secure && !arrival.secure) return 'needs-tls';
  if (plan.proof !== undefined) {
    return proof !== undefined && sameProof(plan.proof, proof) ? undefined : 'wrong-proof';
  }
  return receiver.address === arrival.address ? undefined : 'other-address';
}

/** Proofs all have one length. Takes the same time wherever they differ. */
function sameProof(a: Proof, b: Proof): boolean {
  return timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}
