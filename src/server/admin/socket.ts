// The admin socket: `admin.sock` in the data directory. Whoever can open it is the operator. There is no other proof,
// so only its owner can open it from the moment it exists. Knows nothing of the requests; the admin handler does.

import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { crashFields } from '../../lib/crash.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { systemProblem, type SetupProblem } from '../config/problem.ts';
import type { Logger } from '../log.ts';
import type { AdminHandler } from './admin-handler.ts';
import { formatAnswer, maxRequestBytes, parseRequest } from './messages.ts';

/** Where it is in the data directory. */
export function adminSocketPath(dataDirectory: string): string {
  return join(dataDirectory, 'admin.sock');
}

/** The longest path of a socket that every system accepts, in bytes (macOS; Linux accepts four more). */
const maxPathBytes = 103;

/** The operator is one person. A script that hangs must not use up descriptors. */
const maxConnections = 16;

/** How long a connection may take to send its request, in milliseconds. */
const requestTimeoutMs = 10_000;

export interface AdminSocket {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/**
 * Opens the socket. The caller holds the lock on the store, so an existing socket is from a server that has ended, and
 * is replaced.
 */
export async function openAdminSocket(
  dataDirectory: string,
  handler: AdminHandler,
  log: Logger,
): Promise<Result<AdminSocket, SetupProblem>> {
  const path = adminSocketPath(dataDirectory);
  if (Buffer.byteLength(path) > maxPathBytes) {
    const message = `the path of the admin socket is longer than systems take (${maxPathBytes} bytes): ${path}`;
    return err(
      systemProblem(message, 'Name a data directory with a shorter path, with --data DIR.'),
    );
  }
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    converse(socket, handler, log);
  });
  server.maxConnections = maxConnections;
  try {
    await rm(path, { force: true });
    await listen(server, path);
  } catch (error) {
    server.close();
    return err(systemProblem(`the admin socket ${path} cannot be opened: ${reasonOf(error)}`));
  }
  // Out of descriptors: this request is lost, the server continues.
  server.on('error', () => {});
  return ok({
    close: () =>
      new Promise((resolve) => {
        // Node removes the socket as well.
        server.close(() => resolve());
        for (const connection of connections) connection.destroy();
      }),
  });
}

/** The mode comes from the umask at the moment when `listen` makes the socket: others can never open it. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

/** One request and one answer, then the end. */
function converse(socket: Socket, handler: AdminHandler, log: Logger): void {
  let heard = '';
  const answer = (line: string) => socket.end(`${line}\n`);
  socket.setEncoding('utf8');
  socket.setTimeout(requestTimeoutMs, () => socket.destroy());
  // The command was interrupted. Its request is carried out anyway.
  socket.on('error', () => socket.destroy());
  socket.on('data', function hear(text: string) {
    heard += text;
    const end = heard.indexOf('\n');
    if (end < 0) {
      if (heard.length > maxRequestBytes) socket.destroy();
      return;
    }
    socket.off('data', hear);
    socket.resume();
    socket.setTimeout(0);
    void respond(heard.slice(0, end), handler, log).then(answer);
  });
}

async function respond(line: string, handler: AdminHandler, log: Logger): Promise<string> {
  const request = parseRequest(line);
  if (!('act' in request)) return formatAnswer({ ok: false, refusal: request });
  try {
    const result = await handler.carryOut(request);
    log.info({ act: request.act, done: result.ok }, 'the operator has asked for something');
    return formatAnswer(
      result.ok ? { ok: true, value: result.value } : { ok: false, refusal: result.error },
    );
  } catch (error) {
    log.error({ ...crashFields(error), act: request.act }, 'an act of the operator has failed');
    return formatAnswer({ ok: false, refusal: { message: 'it failed by a bug of the server' } });
  }
}

function reasonOf(error: unknown): string {
  return systemCode(error) === 'EADDRINUSE' ? 'another server has it' : systemReason(error);
}
