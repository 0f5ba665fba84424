import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import type { ServerAddress } from '../../src/client/connection/server-address.ts';
import { dial } from '../../src/platform/node/connection.ts';
import {
  MemoryNetwork,
  type RemoteEnd,
  type RemoteHandlers,
} from '../support/memory/memory-network.ts';
import { dialConformance, type DialUnderTest } from './dial.ts';

dialConformance('in memory', async () => {
  const network = new MemoryNetwork();
  const at = (port: number): ServerAddress => ({ transport: 'plain', host: 'h', port });
  return {
    dial: network.dial,
    listen: async (accept) => {
      network.listen(at(1), accept);
      return at(1);
    },
    nobody: async () => at(2),
    proof: 'plain',
  };
});
dialConformance('over TCP', async (t) => onNode(t, 'plain', (serve) => createServer(sides, serve)));
dialConformance('over TLS', async (t) => {
  const { private: key, cert } = await generate([], { keyType: 'ec', curve: 'P-256' });
  return onNode(t, 'tls', (serve) => createTlsServer({ key, cert, ...sides }, serve));
});

// A side that has received the last byte can still send.
const sides = { allowHalfOpen: true };

function onNode(
  t: TestContext,
  transport: 'plain' | 'tls',
  make: (serve: (socket: Socket) => void) => Server,
): DialUnderTest {
  const open = async (accept: (end: RemoteEnd) => RemoteHandlers) => {
    const server = make((socket) => serve(t, socket, accept));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { server, address: addressOf(transport, port) };
  };
  return {
    dial,
    listen: async (accept) => (await open(accept)).address,
    nobody: async () => {
      const { server, address } = await open(() => ({ data: () => {}, ended: () => {} }));
      server.close();
      await once(server, 'close');
      return address;
    },
    proof: transport,
  };
}

function addressOf(transport: 'plain' | 'tls', port: number): ServerAddress {
  const host = '127.0.0.1';
  return transport === 'tls'
    ? { transport, host, port, fingerprint: undefined }
    : { transport, host, port };
}

function serve(t: TestContext, socket: Socket, accept: (end: RemoteEnd) => RemoteHandlers): void {
  t.after(() => void socket.destroy());
  const heard = accept({ write: (text) => socket.write(text), end: () => socket.end() });
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => heard.data(bytes.toString()));
  socket.once('end', () => heard.ended());
  socket.once('close', () => heard.ended());
}
