// The name under which data about a server is stored on this device: the identity that it has proven, so that every
// spelling of its address leads to the same history and pins; the address if it has no identity (version 1), or
// nothing is known of it.
import type { ClientPorts } from '../../client/chat-client.ts';
import { askIdentity } from '../../client/login/ask-proof.ts';
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import { formatHex } from '../../lib/bytes.ts';
import { adoptFiles, adoptStore } from './client-store/adopt.ts';
import { addressesOf, openKnownServers } from './known-servers.ts';
import { hasStore, serversWithStore } from './client-store/open.ts';
import type { Username } from '../../wire/text.ts';

export interface ServerPlace {
  /** Of pins and transfers. */
  readonly key: string;
  /** Of the store: another one while a program of an earlier version has it open. */
  readonly storeKey: string;
}

type AskingPorts = Pick<ClientPorts, 'dial' | 'timers' | 'random' | 'suite' | 'knownServers'>;

/** Of guests: nothing is asked, and no account has a store. */
export async function placeOfGuest(
  data: string,
  address: ServerAddress,
  user: Username,
): Promise<string> {
  const identity = await identityAt(data, address);
  if (identity === undefined) return serverKeyOf(address);
  const key = keyOf(identity);
  await adoptFiles(data, await spellings(data, address, identity), key, user);
  return key;
}

/** Of the account `user`. A server at an address that is new here is asked who it is where that may be one that is known. */
export async function placeOfAccount(
  data: string,
  address: ServerAddress,
  user: Username,
  ports: AskingPorts,
): Promise<ServerPlace> {
  const own = serverKeyOf(address);
  let identity = await identityAt(data, address);
  if (identity === undefined && !hasStore(data, own, user)) {
    const isKnownElsewhere = (await serversWithStore(data, user)).length > 0;
    if (isKnownElsewhere) identity = await knownIdentityAt(data, address, user, ports);
  }
  if (identity === undefined) return { key: own, storeKey: own };
  const key = keyOf(identity);
  const from = await spellings(data, address, identity);
  await adoptFiles(data, from, key, user);
  return { key, storeKey: await adoptStore(data, from, key, user) };
}

/**
 * The identity that is proven there, if this device knows it from elsewhere: it is remembered of the address, and the login
 * holds to it. A stranger's is not, before somebody has come in.
 */
async function knownIdentityAt(
  data: string,
  address: ServerAddress,
  user: Username,
  ports: AskingPorts,
): Promise<Uint8Array | undefined> {
  const identity = await askIdentity({ address, username: user }, ports);
  if (identity === undefined) return undefined;
  const isKnown =
    hasStore(data, keyOf(identity), user) || (await addressesOf(data, identity)).length > 0;
  if (!isKnown) return undefined;
  try {
    await ports.knownServers.rememberIdentity(serverKeyOf(address), identity);
    return identity;
  } catch {
    // The disk of the device says it at the login, which ends there.
    return undefined;
  }
}

/** Whether the device has something of the account `user` at that server. */
export async function isKnownThere(
  data: string,
  address: ServerAddress,
  user: Username,
): Promise<boolean> {
  const identity = await identityAt(data, address);
  const keys = [serverKeyOf(address), ...(identity === undefined ? [] : [keyOf(identity)])];
  return keys.some((key) => hasStore(data, key, user));
}

/** One that can't be read is told at the login, which ends there. */
async function identityAt(data: string, address: ServerAddress): Promise<Uint8Array | undefined> {
  return openKnownServers(data)
    .identityOf(serverKeyOf(address))
    .catch(() => undefined);
}

async function spellings(
  data: string,
  address: ServerAddress,
  identity: Uint8Array,
): Promise<string[]> {
  return [...new Set([serverKeyOf(address), ...(await addressesOf(data, identity))])];
}

function keyOf(identity: Uint8Array): string {
  return `identity-${formatHex(identity)}`;
}
