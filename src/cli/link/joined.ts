// What is stored when this has become a device of an account, besides the key.
import type { VerifiedChain } from '../../client/account/verified-chain.ts';
import type { Environment } from '../../platform/node/home.ts';
import { keepJoined, type JoinedAt } from '../../platform/node/joined.ts';
import type { Username } from '../../wire/text.ts';
import { rememberedPath, rememberVisit } from '../chat/remembered.ts';
import { isInteractive } from '../chat/streams.ts';

/** As `keepJoined`; and where it was done by a person, who they are at that server. */
export async function rememberJoined(
  at: JoinedAt,
  env: Environment,
  name: Username,
  chain: VerifiedChain,
  ports: Parameters<typeof keepJoined>[3],
): Promise<string> {
  const { server, data } = at;
  const serverKey = await keepJoined(at, name, chain, ports);
  if (isInteractive(process)) await rememberVisit(rememberedPath(data, env), server, name);
  return serverKey;
}
