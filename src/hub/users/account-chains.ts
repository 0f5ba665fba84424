// The chains of accounts. So far an account has one device, so its chain has one link: the root, signed by that device.
// The shell has verified the signature. The server decides nothing by a chain: clients check it.

import { encodeBase64url } from '../../lib/base64url.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { HubInput } from '../inputs.ts';
import type { Account, Visit } from '../state.ts';
import { change, fail, report, type Turn } from '../turn.ts';

type Chaining = Extract<HubInput, { type: 'chain' }>;

/** Stores a link of the account's chain, or says why not. The same link again is confirmed again. */
export function addLink(turn: Turn, visit: Visit, { label, link }: Chaining): void {
  const { connection, user } = visit;
  const { account } = user;
  const request = { verb: 'CHAIN', label } as const;
  if (account === undefined || link === undefined || !isRootOf(visit, account, link)) {
    fail(turn, connection, request, 'link-refused');
    return;
  }
  const hash = encodeBase64url(link.hash);
  const refusal = account.chain === undefined ? store(turn, account, hash, link) : undefined;
  if (refusal !== undefined) fail(turn, connection, request, refusal);
  else if (account.chain?.root !== hash) fail(turn, connection, request, 'other-root');
  else report(turn, connection, { verb: 'CHAINED', label, links: account.chain.links });
}

function isRootOf({ user }: Visit, { device }: Account, { body }: ChainLink): boolean {
  if (body.kind !== 'root' || body.name !== user.name) return false;
  return encodeBase64url(body.device) === device;
}

function store(
  turn: Turn,
  account: Account,
  hash: string,
  { bytes }: Checked<ChainLink>,
): FailureCode | undefined {
  if (!turn.hub.storing) return 'store-failed';
  account.chain = { root: hash, links: 1 };
  const link = { account: account.id, n: 0, hash, link: encodeBase64url(bytes) };
  change(turn, { type: 'link', link });
  return undefined;
}
