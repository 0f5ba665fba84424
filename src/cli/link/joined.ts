// What is stored when this has become a device of an account, besides the key.
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import type { VerifiedChain } from '../../client/account/verified-chain.ts';
import type { Environment } from '../../platform/node/home.ts';
import { openPins } from '../../platform/node/pin-files.ts';
import { placeOfAccount } from '../../platform/node/server-place.ts';
import type { Username } from '../../wire/text.ts';
import { rememberedPath, rememberVisit } from '../chat/remembered.ts';
import { isInteractive } from '../chat/streams.ts';

interface JoinedAt {
  readonly server: ServerAddress;
  readonly data: string;
}

/**
 * The chain of the account holds here from now on, whatever the server shows later; and the account is at that server.
 * Returns the key of the server.
 */
export async function rememberJoined(
  { server, data }: JoinedAt,
  env: Environment,
  name: Username,
  { chain, links }: VerifiedChain,
  ports: Parameters<typeof placeOfAccount>[3],
): Promise<string> {
  const place = await placeOfAccount(data, server, name, ports);
  await openPins(data, place.key).putChain(name, { chain, links, accepted: links.length });
  await ports.knownServers.rememberCame(serverKeyOf(server), name, 'account');
  if (isInteractive(process)) await rememberVisit(rememberedPath(data, env), server, name);
  return place.key;
}
