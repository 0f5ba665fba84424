// The roster of a sealed group as its log says it: each item is checked and folded in the order of the log. Every member
// folds the same items, so all of them know the same roster. An item that is void changes nothing, for everybody.
import { decodeBase64url } from '../../../lib/base64url.ts';
import { err, type Result } from '../../../lib/result.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';
import { foldChain, type AccountChain } from '../../../wire/statements/account-chain.ts';
import { parseLink } from '../../../wire/statements/chain-link.ts';
import { applyRosterEvent, type RosterEvent } from '../../../wire/statements/roster-fold.ts';
import type { RosterRefusal, SignedRoster } from '../../../wire/statements/roster.ts';
import { parseRecord } from '../../../wire/statements/roster-record.ts';
import {
  checkStatementLater,
  type LaterStatementCiphers,
} from '../../../wire/statements/statement.ts';
import type { GroupPorts } from './ports.ts';

export type ItemRefusal = RosterRefusal | 'malformed';

/**
 * Accounts by their chains in base64url, all their signatures checked; undefined for a chain that is not valid. Whoever
 * enters needs each twice, for the roster and for the leaf in the tree, and checks it once.
 */
export type CheckedChains = Map<string, AccountChain | undefined>;

/** What checks the items, and who hears of the revokes in them that count. */
type Reader = Pick<GroupPorts, 'ciphers' | 'heard'>;

/** `roster` after `item`; or why that is void. */
export async function applyItem(
  { ciphers, heard }: Reader,
  roster: SignedRoster | undefined,
  item: RosterItem,
  chains?: CheckedChains,
): Promise<Result<SignedRoster, ItemRefusal>> {
  const event = await eventOf(ciphers, item, chains);
  if (event === undefined) return err('malformed');
  const applied = applyRosterEvent(roster, event);
  if (applied.ok && 'account' in event && event.account.revoked.length > 0) {
    const { account: chain } = event;
    heard?.({ chain, root16: chain.root16, links: linksOf(item) });
  }
  return applied;
}

/** `start` after the items that count, in their order, and those of them that have changed it. */
export async function foldItems(
  reader: Reader,
  start: SignedRoster | undefined,
  items: readonly RosterItem[],
  chains?: CheckedChains,
): Promise<{ readonly roster: SignedRoster | undefined; readonly items: readonly RosterItem[] }> {
  let roster = start;
  const kept: RosterItem[] = [];
  for (const item of items) {
    const next = await applyItem(reader, roster, item, chains);
    // Somebody who comes in again and again, or is put out without being in, changes nothing, and leaves nothing behind.
    if (!next.ok || next.value === roster) continue;
    roster = next.value;
    kept.push(item);
  }
  return { roster, items: kept };
}

/** The account of a chain in base64url, all its signatures checked, or found in `chains`, where it is left. */
export async function accountOf(
  ciphers: LaterStatementCiphers,
  tokens: readonly string[],
  chains: CheckedChains = new Map(),
): Promise<AccountChain | undefined> {
  const chain = tokens.join(' ');
  if (!chains.has(chain)) chains.set(chain, await checkedAccount(ciphers, tokens));
  return chains.get(chain);
}

async function checkedAccount(
  ciphers: LaterStatementCiphers,
  tokens: readonly string[],
): Promise<AccountChain | undefined> {
  const links = [];
  for (const token of tokens) {
    const bytes = decodeBase64url(token);
    const link = bytes && parseLink(bytes);
    const checked = link && (await checkStatementLater(link, ciphers));
    if (checked === undefined) return undefined;
    links.push(checked);
  }
  const folded = foldChain(links);
  return folded.ok ? folded.value : undefined;
}

async function eventOf(
  ciphers: LaterStatementCiphers,
  item: RosterItem,
  chains: CheckedChains | undefined,
): Promise<RosterEvent | undefined> {
  if ('out' in item) return { kind: 'server-out', ...item.out };
  if ('record' in item) {
    const record = await recordOf(ciphers, item.record);
    return record && { kind: 'record', record };
  }
  if ('founded' in item) {
    const { record: token, chain } = item.founded;
    const record = await recordOf(ciphers, token);
    const account = await accountOf(ciphers, chain, chains);
    return record && account && { kind: 'founded', record, account };
  }
  if ('account' in item) {
    const account = await accountOf(ciphers, item.account.chain, chains);
    return account && { kind: 'account', account };
  }
  const device = decodeBase64url(item.entry.device);
  const account = await accountOf(ciphers, item.entry.chain, chains);
  return device && account && { kind: 'entered', account, device };
}

/** The chain that an item has, as it came. */
function linksOf(item: RosterItem): readonly string[] {
  if ('founded' in item) return item.founded.chain;
  if ('account' in item) return item.account.chain;
  return 'entry' in item ? item.entry.chain : [];
}

async function recordOf(ciphers: LaterStatementCiphers, token: string) {
  const bytes = decodeBase64url(token);
  const record = bytes && parseRecord(bytes);
  return record && checkStatementLater(record, ciphers);
}
