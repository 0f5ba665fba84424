// Who may use a transfer port. Owns the rules, and nothing else:
//
// - A person who is connected to the chat over TLS must use TLS here too. Otherwise somebody on the network could read
//   from a plain connection what TLS has hidden, and pose as that person.
// - The receiver proves itself by the secret that it sent to the server in its READY_FOR_FILE. If it sent none, as in
//   version 1, it must come from the address of its login.
// - The sender proves itself by the metadata, which it sent to the server and the server to the receiver, and must
//   come from the address of its login. Metadata too long to be guessed is enough from any address.

import { timingSafeEqual } from 'node:crypto';
import type { TransferPlan } from '../../hub/effects.ts';
import type { Proof } from '../../wire/transfer.ts';
import type { Origin } from '../transport/transport.ts';

/**
 * Metadata of this length counts as a secret, in bytes. Encrypted metadata is several hundred bytes long. Version 1's
 * name, size and checksum are seldom this long, and if they are, nobody can guess the checksum.
 */
const unguessableBytes = 64;

/** Why a connection was refused. For the log. */
export type VisitorRefusal =
  'stranger' | 'needs-tls' | 'other-address' | 'wrong-proof' | 'taken' | 'silent' | 'too-many';

/** How a connection came to the port. */
export type RelayOrigin = Pick<Origin, 'address' | 'secure'>;

/** The origins of the two people's logins. */
export interface LoginOrigins {
  readonly sender: Origin;
  readonly receiver: Origin;
}

/** Why a connection with the sender's header is not the sender, or undefined if it is. */
export function refuseSender(
  { metadata }: TransferPlan,
  { sender }: LoginOrigins,
  arrival: RelayOrigin,
): VisitorRefusal | undefined {
  if (sender.secure && !arrival.secure) return 'needs-tls';
  if (metadata.length >= unguessableBytes || sender.address === arrival.address) return undefined;
  return 'other-address';
}

/** Why a connection with the receiver's line is not the receiver, or undefined if it is. */
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

/** In constant time. All proofs have the same length. */
function sameProof(a: Proof, b: Proof): boolean {
  return timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}
