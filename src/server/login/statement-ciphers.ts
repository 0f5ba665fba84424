// The ciphers that check signed statements, by node:crypto, and what that costs.

import { createHash } from 'node:crypto';
import type { StatementCiphers } from '../../wire/statements/statement.ts';
import { isSignedBy } from './ed25519.ts';

/** What checking a signature costs in flood control, in bytes: about a tenth of a millisecond. */
export const signatureCost = 512;

export const statementCiphers: StatementCiphers = {
  verify: isSignedBy,
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
};
