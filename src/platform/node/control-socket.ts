// The control socket of an account: a socket in the data directory, over which other programs of the same person ask the
// one that has the account open. Whoever can open it is that person: there is no other proof, so only its owner can open
// it from the moment it exists. Knows nothing of what is said (client/control/).

import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEventSink } from '../../client/client-event.ts';
import { ControlCaller, type ControlCallerPorts } from '../../client/control/control-caller.ts';
import {
  ControlHandler,
  type ControlHandlerOptions,
} from '../../client/control/control-handler.ts';
import { maxControlConnections, maxControlLineBytes } from '../../client/control/limits.ts';
import { linkWords } from '../../client/wording/linking-words.ts';
import { decodeUtf8 } from '../../lib/bytes.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import { nodeTimers } from './runtime.ts';
import { controlSocketName, serverFileName, userFileName } from './file-names.ts';

/** The longest path of a socket that every system accepts, in bytes (macOS; Linux accepts four more). */
const maxPathBytes = 103;
/** So much longer is the name under which a socket is made. */
const madeSuffixBytes = 5;
/** With more unread bytes than this no progress of files is told. */
const behindBytes = 64 * 1024;

/** Where it is. Short, because systems take no long paths of sockets. */
export function controlSocketPath(data: string, storeKey: string, user: string): string {
  const account = `${serverFileName(storeKey)}/${userFileName(user)}`;
  const digest = createHash('sha256').update(account).digest('hex').slice(0, 16);
  return join(data, controlSocketName(digest));
}

export interface ControlSocket {
  close(): void;
}

/**
 * Opens the socket for `handler`. The caller has the account's store, so an existing socket is from a program that has
 * ended, and is replaced. Undefined where this file system has no sockets, or takes no path of that length: then no
 * other program is heard.
 */
export async function openControlSocket(
  path: string,
  handler: ControlHandler,
): Promise<ControlSocket | undefined> {
  if (Buffer.byteLength(path) + madeSuffixBytes > maxPathBytes) return undefined;
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    converse(socket, handler);
  });
  server.maxConnections = maxControlConnections;
  // Made under another name: Node removes the path that it listened at when it closes, and by then another program may
  // have its socket there.
  const made = `${path}.${randomBytes(2).toString('hex')}`;
  let own: number;
  try {
    await listen(server, made);
    own = (await lstat(made)).ino;
    await rename(made, path);
  } catch {
    server.close();
    await rm(made, { force: true }).catch(() => {});
    return undefined;
  }
  // Out of descriptors: this program is not heard.
  server.on('error', () => {});
  server.unref();
  return {
    close: () => {
      server.close();
      removeOwn(path, own);
      for (const connection of connections) connection.destroySoon();
    },
  };
}

/** At once, because the program may be about to exit. */
function removeOwn(path: string, own: number): void {
  try {
    if (lstatSync(path).ino === own) rmSync(path);
  } catch {
    // It is gone, or stays: the next program replaces it.
  }
}

/**
 * Makes a client with `make`, for a view that hears `sink`, and hears other programs for it at `path`, until it is closed.
 * Without a path, none are heard.
 */
export function underControl(
  path: string | undefined,
  options: Omit<ControlHandlerOptions, 'sink' | 'timers'>,
  sink: ClientEventSink,
  make: (sink: ClientEventSink) => ChatClient,
): ChatClient {
  if (path === undefined) return make(sink);
  const handler = new ControlHandler({ ...options, sink, timers: nodeTimers });
  let isClosed = false;
  let socket: ControlSocket | undefined;
  const open = async () => {
    socket = await openControlSocket(path, handler);
    if (isClosed) socket?.close();
  };
  void open();
  const client = make((event) => {
    sink(event);
    handler.receive(event);
    if (event.type === 'state' && event.state.phase === 'closed') {
      isClosed = true;
      socket?.close();
    }
  });
  handler.serve(client, (typed) => linkWords(client, typed));
  return client;
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

function converse(socket: Socket, handler: ControlHandler): void {
  const call = handler.open({
    write: (line) => socket.writable && socket.write(`${line}\n`),
    isBehind: () => socket.writableLength > behindBytes,
    end: () => socket.destroySoon(),
  });
  socket.on('close', () => call.gone());
  void readLines(socket, (line) => call.line(line));
}

/** A connection to the program that has the account open. */
export interface OpenedCall {
  readonly caller: ControlCaller;
  readonly leave: () => void;
}

/** Connects to the program that has the account open. Undefined where none is heard there. */
export async function callControl(
  path: string,
  warn: ControlCallerPorts['warn'],
): Promise<OpenedCall | undefined> {
  // A socket that somebody else has put there would get what is private.
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true || found.uid !== process.getuid?.()) return undefined;
  const socket = createConnection(path);
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (!connected) return undefined;
  const caller = new ControlCaller({
    write: (line) => {
      if (socket.writable) socket.write(`${line}\n`);
    },
    warn,
  });
  void readLines(socket, (line) => {
    if (!caller.receive(line)) socket.destroy();
  }).then(() => caller.ended());
  return { caller, leave: () => socket.destroySoon() };
}

/** Reads no faster than lines are taken. Resolves at the end. */
async function readLines(
  socket: Socket,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  const splitter = new LineSplitter(maxControlLineBytes);
  try {
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      const lines: (string | undefined)[] = [];
      const isShort = splitter.push(chunk, (line) => void lines.push(decodeUtf8(line)));
      for (const line of lines) {
        if (line === undefined) return;
        await take(line);
      }
      if (!isShort) return;
    }
  } catch {
    // The other program has ended. That is known by the end of the connection.
  } finally {
    socket.destroy();
  }
}
