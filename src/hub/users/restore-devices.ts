// The devices and the chains of accounts, from what was stored. A device is valid only if both say so, the chain and the
// devices that were stored: where a row is damaged, nobody is let in by what is left.

import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import {
  endOf,
  foldChain,
  linkBehind,
  type ChainEnd,
} from '../../wire/statements/account-chain.ts';
import { parseLink, type ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { AccountId, AccountRecord, DeviceRecord, LinkRecord, Records } from '../records.ts';
import type { AccountDevice, Hub, StoredChain } from '../state.ts';
import { deviceOf, newDevice } from './devices.ts';

/** For a hub whose accounts are there already. */
export function restoreDevices(hub: Hub, { accounts, devices, links, starts }: Records): void {
  const devicesOf = byAccount(devices);
  const linksOf = byAccount(links);
  for (const record of accounts) {
    const account = hub.accounts.get(record.id)?.account;
    if (account === undefined) continue;
    const found = linksOf.get(record.id);
    account.chain = found && chainOf(found);
    account.devices = devicesFrom(record, devicesOf.get(record.id) ?? [], account.chain?.end);
  }
  for (const { account, device: key, start } of starts) {
    const owner = hub.accounts.get(account)?.account;
    const device = owner && deviceOf(owner, key);
    if (device !== undefined) device.start = start;
  }
}

function byAccount<T extends { readonly account: AccountId }>(
  rows: readonly T[],
): ReadonlyMap<AccountId, readonly T[]> {
  const lists = new Map<AccountId, T[]>();
  for (const row of rows) {
    const list = lists.get(row.account);
    if (list === undefined) lists.set(row.account, [row]);
    else list.push(row);
  }
  return lists;
}

function chainOf(links: readonly LinkRecord[]): StoredChain {
  const [first] = links;
  return { root: first?.hash ?? '', links: links.length, end: endBehind(links) };
}

/** Their signatures were checked before they were stored. Undefined where they are no chain, or not all of it. */
function endBehind(links: readonly LinkRecord[]): ChainEnd | undefined {
  const [root, ...rest] = links.map(linkOf);
  const begun = root === undefined ? undefined : foldChain([root]);
  let end = begun?.ok === true ? endOf(begun.value) : undefined;
  for (const link of rest) {
    const next = link && end && linkBehind(end, link);
    end = next?.ok === true ? next.value : undefined;
  }
  return end;
}

function linkOf({ link, hash: text }: LinkRecord): Checked<ChainLink> | undefined {
  const [bytes, hash] = [decodeBase64url(link), decodeBase64url(text)];
  const parsed = bytes && parseLink(bytes);
  return parsed && hash && ({ ...parsed, hash } as Checked<ChainLink>);
}

function devicesFrom(
  { device: first, createdAt }: AccountRecord,
  records: readonly DeviceRecord[],
  end: ChainEnd | undefined,
): readonly AccountDevice[] {
  if (first === undefined) return [];
  const known = new Map(records.map((record) => [record.device, record]));
  const restored = (key: string, form?: AccountDevice['form']): AccountDevice => {
    const record = known.get(key);
    if (record === undefined) return newDevice(key, createdAt, form);
    const { addedAt, seenAt, can } = record;
    return { key, form, addedAt, seenAt, can };
  };
  if (end === undefined) {
    return [...new Set([first, ...known.keys()])].map((key) => restored(key));
  }
  return end.devices.flatMap(({ key: bytes, form }) => {
    const key = encodeBase64url(bytes);
    return key === first || known.has(key) ? [restored(key, form)] : [];
  });
}
