// The roster of a sealed group from what was stored of its log. Signatures were checked before it was stored, and are not
// checked again.

import { decodeBase64url } from '../../../lib/base64url.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';
import { foldChain, type AccountChain } from '../../../wire/statements/account-chain.ts';
import { parseLink } from '../../../wire/statements/chain-link.ts';
import { parseRecord, type RosterRecord } from '../../../wire/statements/roster-record.ts';
import { foldRoster, type RosterEvent } from '../../../wire/statements/roster-fold.ts';
import type { SignedRoster } from '../../../wire/statements/roster.ts';
import {
  checkStatement,
  type Checked,
  type SignedStatement,
  type StatementCiphers,
} from '../../../wire/statements/statement.ts';

export type Sha256 = StatementCiphers['sha256'];

/** The roster that `items` fold to; undefined where one of them can't be read, or may not stand there. */
export function rosterFrom(items: readonly RosterItem[], sha256: Sha256): SignedRoster | undefined {
  const events: RosterEvent[] = [];
  for (const item of items) {
    const event = eventOf(item, sha256);
    if (event === undefined) return undefined;
    events.push(event);
  }
  const { roster, refused } = foldRoster(events);
  return refused.length === 0 ? roster : undefined;
}

function eventOf(item: RosterItem, sha256: Sha256): RosterEvent | undefined {
  if ('out' in item) return { kind: 'server-out', ...item.out };
  if ('record' in item) {
    const record = recordOf(item.record, sha256);
    return record && { kind: 'record', record };
  }
  if ('entry' in item) {
    const account = chainOf(item.entry.chain, sha256);
    const device = decodeBase64url(item.entry.device);
    return account && device && { kind: 'entered', account, device };
  }
  if ('account' in item) {
    const account = chainOf(item.account.chain, sha256);
    return account && { kind: 'account', account };
  }
  const record = recordOf(item.founded.record, sha256);
  const account = chainOf(item.founded.chain, sha256);
  return record && account && { kind: 'founded', record, account };
}

function recordOf(text: string, sha256: Sha256): Checked<RosterRecord> | undefined {
  const bytes = decodeBase64url(text);
  return checked(bytes && parseRecord(bytes), sha256);
}

function chainOf(texts: readonly string[], sha256: Sha256): AccountChain | undefined {
  const links = texts.map((text) => {
    const bytes = decodeBase64url(text);
    return checked(bytes && parseLink(bytes), sha256);
  });
  const whole = links.filter((link) => link !== undefined);
  const folded = whole.length === links.length ? foldChain(whole) : undefined;
  return folded?.ok === true ? folded.value : undefined;
}

function checked<S extends SignedStatement>(
  statement: S | undefined,
  sha256: Sha256,
): Checked<S> | undefined {
  return statement && checkStatement(statement, { verify: () => true, sha256 });
}
