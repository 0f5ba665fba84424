// A WebSocket in front of a server's TCP port, for clients in a browser: bytes both ways, and the end of either side.
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebAddress } from '../../../src/client/connection/server-address.ts';
import type { Listener } from '../program.ts';
import type { Scope } from '../scope.ts';

/** The address of a bridge to `server`, until the test ends. */
export async function openSocketBridge(t: Scope, { host, port }: Listener): Promise<WebAddress> {
  const bridge = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/socket' });
  bridge.on('connection', (web) => {
    const socket = connect({ host, port });
    socket.on('error', () => web.terminate());
    socket.on('data', (bytes) => web.send(bytes));
    socket.once('end', () => web.close());
    web.on('message', (bytes: Buffer) => void socket.write(bytes));
    web.once('close', () => socket.destroy());
  });
  await once(bridge, 'listening');
  t.after(() => {
    for (const web of bridge.clients) web.terminate();
    bridge.close();
  });
  const { port: own } = bridge.address() as AddressInfo;
  return { transport: 'web', scheme: 'http', host: '127.0.0.1', port: own };
}
