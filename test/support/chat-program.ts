// `helo chat` in a pipe, as a script would use it: the real program over real sockets.
import type { Scope } from './scope.ts';
import { startProgram, type Ended, type Listener, type Program } from './program.ts';
import { withinLimit } from './time-limit.ts';

export interface ChatProgram extends Program {
  /** Types a line. */
  type(line: string): void;
  /** Waits until `text` was printed on stdout as a whole line, once more than before, after any mark of a place. */
  prints(text: string): Promise<void>;
  /** Waits until a line on stderr matches. */
  tells(pattern: RegExp): Promise<void>;
  /** Ends the input and waits for the end. */
  eof(): Promise<Ended>;
  /** Resolves at its end. */
  end(): Promise<Ended>;
}

export interface ChatOptions {
  readonly server: Listener | string;
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The `helo.js` of another build. */
  readonly program?: string;
}

/**
 * Starts `helo chat`. Input that is typed at once waits for the login, and nobody can write to a new name before it:
 * `enterChat` waits.
 */
export async function startChat(
  t: Scope,
  { server, name, args = [], env = {}, program: build }: ChatOptions,
): Promise<ChatProgram> {
  const address = typeof server === 'string' ? server : `${server.host}:${server.port}`;
  const program = await startProgram(t, {
    args: ['chat', '--server', address, '--name', name, ...args],
    env,
    ...(build !== undefined && { program: build }),
  });
  const end = () =>
    withinLimit(program.ended, 'the end of the chat', () => program.stdout() + program.stderr());
  const seen = new Map<string, number>();
  return {
    ...program,
    type: (line) => void program.process.stdin.write(`${line}\n`),
    prints: async (text) => {
      const count = (seen.get(text) ?? 0) + 1;
      seen.set(text, count);
      const line = `^(?:@@?[\\w?]+ )?${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
      await program.shows('stdout', new RegExp(`(?:${line}[^]*?){${count}}`, 'm'));
    },
    tells: async (pattern) => void (await program.shows('stderr', pattern)),
    eof: () => {
      program.process.stdin.end();
      return end();
    },
    end,
  };
}

/** Starts `helo chat`, and waits until it is logged in, by a list of who is here. */
export async function enterChat(t: Scope, options: ChatOptions): Promise<ChatProgram> {
  const chat = await startChat(t, options);
  chat.type('*all');
  await chat.shows('stdout', new RegExp(`^\\[.*\\b${options.name}\\b.*\\]$`, 'm'));
  return chat;
}
