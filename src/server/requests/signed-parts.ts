// Checks the signed parts of a request before the hub sees it: records, chains, and the outline of a commit. The hub has no
// ciphers; it decides what the parts mean.

import type { CheckedParts, HubRequest } from '../../hub/inputs.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { outlineOf } from '../../wire/mls-outline.ts';
import { foldChain, type AccountChain } from '../../wire/statements/account-chain.ts';
import { parseLink } from '../../wire/statements/chain-link.ts';
import { parseRecord } from '../../wire/statements/roster-record.ts';
import {
  checkStatement,
  type Checked,
  type SignedStatement,
} from '../../wire/statements/statement.ts';
import { signatureCost, statementCiphers } from '../login/statement-ciphers.ts';

export const { sha256 } = statementCiphers;

/** The signed parts of a request; undefined for one that has none. */
export function checkParts(request: HubRequest): CheckedParts | undefined {
  switch (request.verb) {
    case 'COMMIT': {
      const bytes = request.commit === undefined ? undefined : decodeBase64url(request.commit);
      return {
        outline: bytes && outlineOf(bytes),
        records: checkAll(request.records ?? [], parseRecord),
        chain: request.chain && chainOf(request.chain),
      };
    }
    case 'INVITE':
    case 'HAND_OVER':
    case 'RULES': {
      if (request.records === undefined) return undefined;
      const records = checkAll(request.records, parseRecord);
      return { outline: undefined, records, chain: undefined };
    }
    default:
      return undefined;
  }
}

/** What the checks of a request cost, in bytes. */
export function costOfParts(request: HubRequest): number {
  if (!('records' in request || 'chain' in request)) return 0;
  const { records, chain }: Partial<Record<'records' | 'chain', readonly string[] | undefined>> =
    request;
  return ((records?.length ?? 0) + (chain?.length ?? 0)) * signatureCost;
}

function chainOf(texts: readonly string[]): AccountChain | undefined {
  const links = checkAll(texts, parseLink);
  const folded = links && foldChain(links);
  return folded?.ok === true ? folded.value : undefined;
}

/** The statements of `texts`; undefined where one is malformed, or not signed by whom it says. */
function checkAll<S extends SignedStatement>(
  texts: readonly string[],
  parse: (bytes: Uint8Array) => S | undefined,
): readonly Checked<S>[] | undefined {
  const found: Checked<S>[] = [];
  for (const text of texts) {
    const bytes = decodeBase64url(text);
    const statement = bytes && parse(bytes);
    const checked = statement && checkStatement(statement, statementCiphers);
    if (checked === undefined) return undefined;
    found.push(checked);
  }
  return found;
}
