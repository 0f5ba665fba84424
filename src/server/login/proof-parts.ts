// What a login brings besides the proof: a link that the hub checks against the account's chain, and words for what the
// client can.

import type { Can } from '../../hub/records.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
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

export function canOf(words: readonly string[] = []): Can {
  return {
    sealed: words.includes('sealed'),
    ...(words.includes('devices') && { devices: true }),
    ...(words.includes('rooms') && { rooms: true }),
  };
}
