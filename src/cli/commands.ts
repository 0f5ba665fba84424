// The commands of the program. Each is a file of its own, loaded when it is asked for and not before.
import type { Run } from './command.ts';

export interface Command {
  readonly summary: string;
  readonly load: () => Promise<{ readonly run: Run }>;
}

export const commands: Readonly<Record<string, Command>> = {
  admin: { summary: 'accounts and invites of a running server', load: () => import('./admin.ts') },
  backup: { summary: 'write a running server to a file', load: () => import('./backup.ts') },
  chat: { summary: 'join a chat', load: () => import('./chat.ts') },
  restore: { summary: 'make a server of such a file', load: () => import('./restore.ts') },
  send: { summary: 'send files to somebody, for scripts', load: () => import('./send.ts') },
  serve: { summary: 'run a server', load: () => import('./serve.ts') },
};
