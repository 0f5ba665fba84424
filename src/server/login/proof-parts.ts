// What a login brings besides the proof: a link that the hub checks against the account's chain, and words for what the
// client can.

import type { Can } from '../../hub/records.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { parseLink, type ChainLink } from '../../wire/statements/chain-link.ts';
import { checkStatement, type Checked } from '../../wire/statements/statement.ts';
import { signatureCost, statementCiphers } from './statement-ciphers.ts';

/** What checking a link costs in flood control: an `add` has the signatures of two. */
export const linkCost = 2 * signatureCost;

/** The link of a text, its signatures checked; undefined where it is none. */
export function linkOf(text: string): Checked<ChainLink> | undefined {
  const bytes = decodeBase64url(text);
  const parsed = bytes && parseLink(bytes);
  return parsed && checkStatement(parsed, statementCiphers);
}

/** The same of several; undefined where one of them is none. */
export function linksOf(texts: readonly string[] = []): readonly Checked<ChainLink>[] | undefined {
  const links = texts.map(linkOf).filter((link) => link !== undefined);
  return links.length > 0 && links.length === texts.length ? links : undefined;
}

/**
 * Of a chain that a device brings, the links behind the one with the hash `last`, or all of them where the account has none;
 * checked. Undefined where `last` is not among them, and where one of them is none.
 */
export function linksBehind(
  texts: readonly string[],
  last: Uint8Array | undefined,
): readonly Checked<ChainLink>[] | undefined {
  if (last === undefined) return linksOf(texts);
  const at = texts.findIndex((text) => {
    const bytes = decodeBase64url(text);
    return bytes !== undefined && equalBytes(statementCiphers.sha256(bytes), last);
  });
  return at < 0 ? undefined : linksOf(texts.slice(at + 1));
}

export function canOf(words: readonly string[] = []): Can {
  return {
    sealed: words.includes('sealed'),
    ...(words.includes('devices') && { devices: true }),
    ...(words.includes('rooms') && { rooms: true }),
    ...(words.includes('roles') && { roles: true }),
  };
}
