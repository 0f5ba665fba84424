// `helo web` as a process, and the page in a browser as far as it can tell: a WebSocket with an origin, and lines over
// it.
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { startProgram, type Program, type ProgramOptions } from './program.ts';
import type { Scope } from './scope.ts';
import { withinLimit } from './time-limit.ts';

export interface WebProgram extends Program {
  readonly port: number;
}

/** Starts `helo web` for the server at `address`, and waits for its link. */
export async function startWeb(
  t: Scope,
  address: string,
  { args = [], ...options }: ProgramOptions = {},
): Promise<WebProgram> {
  const program = await startProgram(t, {
    ...options,
    args: ['web', '--server', address, ...args],
  });
  const [, port] = await program.shows('stdout', /^http:\/\/127\.0\.0\.1:(\d+)\/$/m);
  return { ...program, port: Number(port) };
}

export interface PageTab {
  readonly socket: WebSocket;
  /** The message of text that came first. Undefined if there was none. */
  readonly said: () => string | undefined;
  send(line: string): void;
  /** The next line but PING. */
  line(): Promise<string>;
}

/** A WebSocket to the page's own program. It may open, or be refused. Ends with the test. */
export function webSocketTo(t: Scope, port: number, options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, {
    origin: `http://127.0.0.1:${port}`,
    perMessageDeflate: false,
    ...options,
  });
  t.after(() => socket.terminate());
  // 'close' follows every error.
  socket.on('error', () => {});
  return socket;
}

/** The status with which a WebSocket is refused. */
export async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await withinLimit(once(socket, 'unexpected-response'), 'a refusal');
  return response.statusCode;
}

/** A page in a tab of its own. */
export async function openPage(t: Scope, port: number): Promise<PageTab> {
  const socket = webSocketTo(t, port);
  let text: string | undefined;
  let rest = '';
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (message: Buffer, isBinary) => {
    if (!isBinary) {
      text = message.toString();
      return;
    }
    const parts = `${rest}${message.toString('latin1')}`.split(/\r?\n/);
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const look of waiting.splice(0)) look();
  });
  await withinLimit(once(socket, 'open'), 'a WebSocket');
  const next = async (): Promise<string> => {
    for (;;) {
      const found = lines.shift();
      if (found === 'PING') continue;
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return {
    socket,
    said: () => text,
    send: (line) => socket.send(Buffer.from(`${line}\n`)),
    line: () => withinLimit(next(), 'a line'),
  };
}
