// The name under which data about a server is stored on this device: its proven identity, so that every spelling of its
// address leads to the same history and pins. It is the address if the server has no identity (version 1), or nothing
// is known of it.
import type { ClientPorts } from '../../client/chat-client.ts';
import { askIdentity } from '../../client/login/ask-proof.ts';
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import { formatHex } from '../../lib/bytes.ts';
import { adoptFiles, adoptStore } from './client-store/adopt.ts';
import { addressesOf, openKnownServers } from './known-servers.ts';
import { hasStore, serversWithStore } from './client-store/open.ts';
import { openPins } from './pin-files.ts';
import type { Username } from '../../wire/text.ts';

export interface ServerPlace {
  /** For pins and transfers. */
  readonly key: string;
  /** For the store. It differs while a program of an earlier version has the store open. */
  readonly storeKey: string;
}

type AskingPorts = Pick<ClientPorts, 'dial' | 'timers' | 'random' | 'suite' | 'knownServers'>;

/** For guests: no server is asked, and there is no account's store. */
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

/**
 * For the account `user`. If the address is new here and the server may be a known one, the server is asked for its
 * identity.
 */
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
 * The identity that the server proves, if this device knows it from elsewhere: it is remembered for the address, and
 * the login requires it. An unknown identity is remembered only after a login.
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
    // The login finds the same disk error, and reports it.
    return undefined;
  }
}

/** Whether the device has data of the account `user` at that server, or was made a device of it by another one. */
export async function isKnownThere(
  data: string,
  address: ServerAddress,
  user: Username,
): Promise<boolean> {
  const keys = await keysAt(data, address);
  if (keys.some((key) => hasStore(data, key, user))) return true;
  const chains = keys.map((key) => openPins(data, key).chain(user));
  // One that is damaged is told by the login.
  return (await Promise.allSettled(chains)).some(
    (chain) => chain.status === 'rejected' || chain.value !== undefined,
  );
}

/** The names under which data about that server may be stored. */
export async function keysAt(data: string, address: ServerAddress): Promise<readonly string[]> {
  const identity = await identityAt(data, address);
  return [serverKeyOf(address), ...(identity === undefined ? [] : [keyOf(identity)])];
}

/** If it cannot be read, the login reports that and ends. */
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
