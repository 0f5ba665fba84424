// A proxy between clients and a server that loses a line of the server: the connection ends in place of it.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Listener } from '../program.ts';

export interface LossyProxy extends Listener {
  /** From now on connections end before the first line of the server that matches. */
  loses(line: RegExp | undefined): void;
}

/** Passes connections on to `server`. Ends with the test. */
export async function startLossyProxy(t: TestContext, server: Listener): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let lost: RegExp | undefined;
  const proxy = createServer((client) => {
    const onward = connect({ host: server.host, port: server.port });
    let heard = '';
    const end = () => {
      client.destroy();
      onward.destroy();
    };
    for (const socket of [client, onward]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk: Buffer) => onward.write(chunk));
    onward.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (lost?.test(heard) === true) end();
      else client.write(chunk);
    });
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
    loses: (line) => void (lost = line),
  };
}
