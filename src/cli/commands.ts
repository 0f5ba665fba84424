// The commands of the program. Each is a file of its own, loaded only when needed.
import type { RunCommand } from './command.ts';
import type { CommandName } from './summaries.ts';

export type Load = () => Promise<{ readonly run: RunCommand }>;

const commands: Readonly<Record<CommandName, Load>> = {
  admin: () => import('./admin.ts'),
  backup: () => import('./backup.ts'),
  chat: () => import('./chat.ts'),
  completion: () => import('./completion.ts'),
  export: () => import('./export.ts'),
  forget: () => import('./forget.ts'),
  import: () => import('./import.ts'),
  link: () => import('./link.ts'),
  recover: () => import('./recover.ts'),
  recv: () => import('./recv.ts'),
  restore: () => import('./restore.ts'),
  send: () => import('./send.ts'),
  serve: () => import('./serve.ts'),
  web: () => import('./web.ts'),
};

/** The command of that name, or undefined. */
export function commandOf(name: string): Load | undefined {
  return Object.hasOwn(commands, name) ? commands[name as CommandName] : undefined;
}
