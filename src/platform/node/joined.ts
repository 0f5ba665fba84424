// What a data directory keeps when it has become a device of an account, besides the key.
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import type { VerifiedChain } from '../../client/account/verified-chain.ts';
import { isDeviceOf } from '../../wire/statements/account-chain.ts';
import type { Username } from '../../wire/text.ts';
import { openPins } from './pin-files.ts';
import { placeOfAccount } from './server-place.ts';

export interface JoinedAt {
  readonly server: ServerAddress;
  readonly data: string;
}

type Ports = Parameters<typeof placeOfAccount>[3];

/**
 * The chain of the account holds here from now on, whatever the server shows later; and the account is at that server.
 * Returns the key of the server.
 */
export async function keepJoined(
  { server, data }: JoinedAt,
  name: Username,
  { chain, links }: VerifiedChain,
  ports: Ports,
): Promise<string> {
  const place = await placeOfAccount(data, server, name, ports);
  await openPins(data, place.key).putChain(name, { chain, links, accepted: links.length });
  await ports.knownServers.rememberCame(serverKeyOf(server), name, 'account');
  return place.key;
}

/** Whether this data directory is a device of the account already, with that key. */
export async function hasJoined(
  { server, data }: JoinedAt,
  name: Username,
  key: Uint8Array,
  ports: Ports,
): Promise<boolean> {
  if ((await ports.knownServers.cameAs(serverKeyOf(server), name)) === 'account') return true;
  const place = await placeOfAccount(data, server, name, ports);
  const known = await openPins(data, place.key).chain(name);
  return known !== undefined && isDeviceOf(known.chain, key);
}
