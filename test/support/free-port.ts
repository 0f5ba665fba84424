// A port that was free a moment ago, for programs that cannot choose one themselves and say which. Somebody else may take it
// meanwhile: whoever uses it tries again with another one.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
