// The file transfer server of version 1 [7.11], as its author would have written it: it reads lines, holds the file's
// line as a whole, and recognises the two sockets by what they send. Shares no code with src/.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** Starts the server for one file on a port of its own, and returns the port. It ends with the file, or the test. */
export async function startV1FileServer(t: TestContext): Promise<number> {
  let receiver: Socket | undefined;
  let sender: Socket | undefined;
  let file: string | undefined;
  const sockets = new Set<Socket>();

  const pass = (): void => {
    if (file === undefined || receiver === undefined) return;
    receiver.write(`${file}\n`);
    file = undefined;
  };
  const heard = (socket: Socket, line: string): void => {
    const [verb = '', ...words] = line.split(' ');
    if (verb === 'OPEN_PORT_TO_RECEIVE') receiver = socket;
    if (verb === 'FILE') {
      const [from = '', , ...rest] = words;
      sender = socket;
      file = `FILE ${from} @${from.slice(1)} ${rest.join(' ')}`;
    }
    if (verb === 'FILE_STATUS') {
      sender?.end(`FILE_STATUS ${words.slice(0, -1).join(' ')}\n`);
      receiver?.end();
      server.close();
    }
    pass();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    createInterface({ input: socket, crlfDelay: Infinity })
      .on('line', (line) => heard(socket, line))
      .on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
