// A proxy between clients and a server, like an attacker on the network, that records every byte.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Listener } from '../program.ts';

export interface RecordingProxy extends Listener {
  /** Everything that has passed so far, one stream after the other, with each direction of a connection separately. */
  recorded(): readonly Buffer[];
}

/** Passes connections on to `server`. Ends with the test. */
export async function startRecordingProxy(
  t: TestContext,
  server: Listener,
): Promise<RecordingProxy> {
  const streams: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    const chunks: Buffer[] = [];
    streams.push(chunks);
    sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      to.write(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  };
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const onward = connect({ host: server.host, port: server.port, allowHalfOpen: true });
    pass(client, onward);
    pass(onward, client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    host: '127.0.0.1',
    port: (proxy.address() as AddressInfo).port,
    recorded: () => streams.map((chunks) => Buffer.concat(chunks)),
  };
}
