// Two users of helo who agree on files, and the delay of a line to oneself meanwhile.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Somebody who has logged in, and reads line by line. */
export class Talker {
  readonly #socket: Socket;
  readonly #lines: string[] = [];
  #partial = '';
  #changed = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#changed();
    });
    socket.on('error', () => {});
  }

  static async login(port: number, name: string): Promise<Talker> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const talker = new Talker(socket);
    await talker.next();
    await talker.ask(`HELO ${name}`);
    return talker;
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async next(): Promise<string> {
    while (this.#lines.length === 0)
      await new Promise<void>((resolve) => (this.#changed = resolve));
    return this.#lines.shift() ?? '';
  }

  ask(line: string): Promise<string> {
    this.say(line);
    return this.next();
  }

  leave(): void {
    this.#socket.destroy();
  }
}

/** alice offers bob a file, and he accepts it. Returns the port. */
export async function agree(alice: Talker, bob: Talker): Promise<number> {
  alice.say('FILE_TRANS /send_file @bob m');
  await bob.next();
  bob.say('READY_FOR_FILE @alice m');
  const [ready] = await Promise.all([alice.next(), bob.next()]);
  return Number(ready.split(' ').at(-1));
}

/**
 * Sends lines to oneself, one after the other with pauses, until told to stop. Returns how long each took, in ms,
 * sorted.
 */
export async function echoes(
  port: number,
  name: string,
  until: Promise<unknown>,
): Promise<readonly number[]> {
  const talker = await Talker.login(port, name);
  const times: number[] = [];
  const over = new AbortController();
  const stop = () => over.abort();
  void until.then(stop, stop);
  while (!over.signal.aborted) {
    const began = performance.now();
    await talker.ask(`PM @${name} x`);
    times.push(performance.now() - began);
    await wait(2);
  }
  talker.leave();
  return times.sort((a, b) => a - b);
}
