// The commands of the program, each in a few words. Knows none of their files, so that all that is made of the commands
// together can know this.

export const summaries = {
  admin: 'accounts and invites of a running server',
  backup: 'write a running server to a file',
  chat: 'join a chat',
  completion: 'what a shell needs to complete',
  restore: 'make a server of such a file',
  send: 'send files to somebody, for scripts',
  serve: 'run a server',
} as const;

export type CommandName = keyof typeof summaries;
