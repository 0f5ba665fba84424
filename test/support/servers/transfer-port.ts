// A transfer port of version 1 [7.11] for one file: the sender's line goes to the receiver, the receiver's status back.
// Shares no code with src/. A test may change what passes, or cut it.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface TransferPortOptions {
  readonly tls?: TlsOptions;
  /** What passes instead of a piece of content. `at` is how much has passed before. Undefined cuts the connection. */
  readonly tamper?: (piece: Buffer, at: number) => Buffer | undefined;
}

export interface TransferPort {
  readonly port: number;
  /** The lines in which both introduced themselves, without the content. */
  readonly openings: readonly string[];
  /** The receiver's status at the end. */
  readonly status: Promise<string>;
  /** Everything that passed as content. */
  passed(): Buffer;
}

/** Opens a port that ends with the test. */
export async function openTransferPort(
  t: TestContext,
  { tls, tamper = (piece) => piece }: TransferPortOptions = {},
): Promise<TransferPort> {
  const openings: string[] = [];
  const passed: Buffer[] = [];
  const sockets = new Set<Socket>();
  let said = (_line: string): void => {};
  const status = new Promise<string>((resolve) => (said = resolve));
  let come: (side: Socket) => void = () => {};
  const receiver = new Promise<Socket>((resolve) => (come = resolve));
  let sender: Socket | undefined;
  let isAnswered = false;

  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    let head = Buffer.alloc(0);
    const introduce = (bytes: Buffer): void => {
      head = Buffer.concat([head, bytes]);
      const text = head.toString('latin1');
      const [file] = /^FILE \S+ \S+ \S+ /.exec(text) ?? [];
      const [opening] = /^OPEN_PORT_TO_RECEIVE [^\n]*\n/.exec(text) ?? [];
      if (file !== undefined) {
        socket.off('data', introduce);
        openings.push(file);
        sender = socket;
        void relay(socket, file, head.subarray(file.length));
      } else if (opening !== undefined) {
        socket.off('data', introduce);
        openings.push(opening);
        socket.setEncoding('latin1');
        let answer = '';
        socket.on('data', (text: string) => {
          answer += text;
          if (!answer.includes('\n')) return;
          isAnswered = true;
          // What is still on its way is read, or the sender would never get the answer.
          sender?.resume();
          said(answer);
          sender?.end(answer.replace(/ @\w+(?=\r?\n)/, ''));
          socket.end();
        });
        come(socket);
      }
    };
    socket.on('data', introduce);
  };

  const relay = async (socket: Socket, header: string, first: Buffer): Promise<void> => {
    socket.pause();
    const to = await receiver;
    const [, from = '', , metadata = ''] = header.split(' ');
    to.write(`FILE ${from} @${from.slice(1)} ${metadata} `);
    let at = 0;
    const pass = (piece: Buffer): void => {
      if (isAnswered) return;
      const instead = tamper(piece, at);
      at += piece.length;
      if (instead === undefined) {
        socket.destroy();
        to.destroy();
        return;
      }
      passed.push(instead);
      if (!to.write(instead)) socket.pause();
    };
    to.on('drain', () => socket.resume());
    socket.on('data', pass);
    socket.on('close', () => to.end());
    to.on('close', () => isAnswered || socket.destroy());
    if (first.length > 0) pass(first);
    socket.resume();
  };

  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { port, openings, status, passed: () => Buffer.concat(passed) };
}
