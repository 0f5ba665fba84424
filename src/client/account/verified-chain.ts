// Links of a chain as they come over the wire, verified: all signatures checked, folded, and of the account that they
// are said to be of. Knows nothing of what was known before.

import { isSignedBy } from '../../e2ee/device-signature.ts';
import type { Suite } from '../../e2ee/suite.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { foldChain, type AccountChain } from '../../wire/statements/account-chain.ts';
import { parseLink, type ChainLink } from '../../wire/statements/chain-link.ts';
import {
  checkStatementLater,
  type Checked,
  type LaterStatementCiphers,
} from '../../wire/statements/statement.ts';
import type { HashSha256 } from '../ports.ts';

/** A chain whose links have been verified. */
export interface VerifiedChain {
  readonly chain: AccountChain;
  readonly root16: Uint8Array;
  /** As on the wire, the root first. */
  readonly links: readonly string[];
}

/** What checks statements. */
export function statementCiphers(suite: Suite, sha256: HashSha256): LaterStatementCiphers {
  return {
    verify: (key, bytes, signature) => isSignedBy(suite, key, bytes, signature),
    sha256,
  };
}

/** The chain of `links`; undefined where they are none of `user`. */
export async function verifiedChain(
  ciphers: LaterStatementCiphers,
  user: string,
  links: readonly string[],
): Promise<VerifiedChain | undefined> {
  const checked: Checked<ChainLink>[] = [];
  for (const text of links) {
    const bytes = decodeBase64url(text);
    const link = bytes && parseLink(bytes);
    const valid = link && (await checkStatementLater(link, ciphers));
    if (valid === undefined) return undefined;
    checked.push(valid);
  }
  const folded = foldChain(checked);
  if (!folded.ok || folded.value.name !== user) return undefined;
  return withLinks(folded.value, links);
}

/** A chain that was verified before. */
export function withLinks(chain: AccountChain, links: readonly string[]): VerifiedChain {
  return { chain, root16: chain.root16, links };
}
