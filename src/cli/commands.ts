// The commands of the program. Each is a file of its own, loaded when it is asked for and not before.
import type { Run } from './command.ts';

export interface Command {
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Run }>;
}

export const commands: Readonly<Record<string, Command>> = {
  chat: { summary: 'join a chat', load: () => import('./chat.ts') },
  send: { summary: 'send files to somebody, for scripts', load: () => import('./send.ts') },
  serve: { summary: 'run a server', load: () => import('./serve.ts') },
};
